package storetest

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// putPrompts writes tasks from 1 on with these prompts.
func putPrompts(t *testing.T, s store.Store, prompts ...string) {
	t.Helper()
	for n, prompt := range prompts {
		tk := newTask(n + 1)
		tk.Request.Prompt = prompt
		put(t, s, tk)
	}
}

func runPrompts(t *testing.T, open Open) {
	t.Run("words", func(t *testing.T) { runPromptWords(t, open) })
	t.Run("with other conditions", func(t *testing.T) { runPromptsFiltered(t, open) })
	t.Run("of a deleted task", func(t *testing.T) { runPromptDeleted(t, open) })
}

func runPromptWords(t *testing.T, open Open) {
	s := openStore(t, open)
	putPrompts(t, s,
		"Slow zoom over a HARBOUR at dawn", "fishing boats in the harbour, dusk", "", "Ночь над ГОРОДОМ", "夜の港、船が三隻", "die Straße im Regen", "caf\u00e9 at dawn", "a\x00b 100% _under_ \\ 'quote'", "harbour "+strings.Repeat("x", 9000))
	for _, c := range []struct {
		name, query string
		want        []int
	}{
		{"no words select all", " \t", []int{9, 8, 7, 6, 5, 4, 3, 2, 1}},
		{"a word, newest first", "harbour", []int{9, 2, 1}},
		{"in any case of letters", "hArBoUr", []int{9, 2, 1}},
		{"all words, in any order", "dawn harbour", []int{1}},
		{"a part of a word", "arbou", []int{9, 2, 1}},
		{"in Cyrillic", "городом ночь", []int{4}},
		{"in Japanese, which has no spaces", "港", []int{5}},
		{"letters that fold to two", "STRASSE", []int{6}},
		{"a composed letter", "CAFÉ", []int{7}},
		{"a decomposed letter", "cafe\u0301", []int{7}},
		{"signs stand for themselves", "% _u \\ '", []int{8}},
		{"a sign that nothing has", "_%", nil},
		{"the character 0", "a\x00b", []int{8}},
		{"far into a long prompt", "x" + strings.Repeat("x", 150), []int{9}},
		{"a word that no prompt has", "lighthouse", nil},
		{"words that no prompt has together", "harbour regen", nil},
	} {
		want := []string{}
		for _, n := range c.want {
			want = append(want, id(n))
		}
		t.Run(c.name, func(t *testing.T) { checkList(t, s, task.Query{Account: 1, Prompt: c.query}, want) })
	}
}

func runPromptsFiltered(t *testing.T, open Open) {
	s := openStore(t, open)
	for n, change := range []func(tk *task.Task){
		func(tk *task.Task) { tk.State = task.Failed },
		func(tk *task.Task) { tk.Account = 2 },
		func(tk *task.Task) { tk.Deleted = true },
		func(tk *task.Task) { tk.Created = at(4) },
		func(tk *task.Task) { tk.Request.Model = "ray-2" },
	} {
		tk := newTask(n + 1)
		tk.Request.Prompt = "a harbour"
		change(&tk)
		put(t, s, tk)
	}
	for name, c := range map[string]struct {
		q    task.Query
		want []string
	}{
		"of all accounts":  {task.Query{}, []string{id(5), id(4), id(2), id(1)}},
		"of another":       {task.Query{Account: 2}, []string{id(2)}},
		"in a state":       {task.Query{Account: 1, States: []task.State{task.Failed}}, []string{id(1)}},
		"of a model":       {task.Query{Account: 1, Model: "ray-2"}, []string{id(5)}},
		"of a time":        {task.Query{Account: 1, CreatedFrom: at(4), CreatedTo: at(5)}, []string{id(4)}},
		"with the deleted": {task.Query{Account: 1, Deleted: true}, []string{id(5), id(4), id(3), id(1)}},
	} {
		c.q.Prompt = "harbour"
		t.Run(name, func(t *testing.T) { checkList(t, s, c.q, c.want) })
	}
}

// A task that is gone leaves nothing in the index: a task of the same id and time is found by its own prompt only.
func runPromptDeleted(t *testing.T, open Open) {
	s, r := openRetention(t, open)
	tk := newTask(1)
	tk.State, tk.Request.Prompt = task.Succeeded, "a harbour"
	checkError(t, "DeleteTask", r.DeleteTask(t.Context(), put(t, s, tk)), nil)
	tk.Request.Prompt = "a lighthouse"
	put(t, s, tk)
	checkList(t, s, task.Query{Prompt: "harbour"}, []string{})
	checkList(t, s, task.Query{Prompt: "lighthouse"}, []string{id(1)})
}
