package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// awkwardTexts returns texts that people write or that break databases. Each must be stored unchanged and differ from the
// others.
func awkwardTexts() []string {
	return []string{
		"plain", "Plain", "PLAIN", // case matters
		"café", "cafe\u0301", "cafe", // so does the form of a letter
		"Straße", "STRASSE", "ﬁ", "fi", "İ", "i̇", "ｶﾞ", "ガ",
		"日本語の映画", "العربية", "עברית", "हिन्दी", "ไทย", "한국어",
		"👩\u200d👩\u200d👧\u200d👦", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "🎬", "\U0010FFFF",
		"a b", "a  b", " a b", "a b ", "a\tb", "a\nb", "a\r\nb", "a\u00a0b", "a\u2028b", "a\u200bb", "\u202eabc",
		"'; DROP TABLE tasks; --", `"quoted"`, "`ticks`", "$1", "?", ":name", "%", "_", "%s", `\`, `\u0041`, "\ufeffmark", "\x01\x1f\x7f", "\ufffd",
		"null", "NULL", "0", "1e5", "true", "{}", "[]", "--", "/* */",
		strings.Repeat("long ", 2000), strings.Repeat("é", 5000),
	}
}

func runTexts(t *testing.T, open Open) {
	t.Run("every text column", func(t *testing.T) { runTextColumns(t, openStore(t, open)) })
	t.Run("group names", func(t *testing.T) { runTextGroups(t, openStore(t, open)) })
	t.Run("idempotency keys", func(t *testing.T) { runTextIdempotencyKeys(t, openStore(t, open)) })
	t.Run("filters", func(t *testing.T) { runTextFilters(t, openStore(t, open)) })
}

func runTextColumns(t *testing.T, s store.Store) {
	for n, text := range awkwardTexts() {
		tk := newTask(n)
		tk.Request.Prompt, tk.Request.NegativePrompt, tk.Request.Name, tk.Request.Model = text, text, text, text
		tk.Engine, tk.Handle, tk.ProgressText = text, text, text
		tk.Failure = &task.Failure{Reason: task.Internal, Text: text, Detail: text}
		tk.Artifacts = []task.Artifact{{ID: id(n), Task: tk.ID, Account: 1, Filename: text, Group: text, Share: fmt.Sprint(n, " ", text), Created: at(n), Updated: at(n)}}
		history := []task.Event{{At: at(n), Kind: text, Text: text}}
		tk = apply(t, s, task.Change{Task: tk, Events: history})
		checkEqual(t, get(t, s, tk.ID), tk)
		checkEqual(t, events(t, s, tk.ID), history)
		checkEqual(t, artifacts(t, s, task.ArtifactQuery{Share: fmt.Sprint(n, " ", text)}), tk.Artifacts)
		key := apikey.Key{ID: fmt.Sprint("key ", n), Hash: fmt.Sprint("hash ", n), Name: text, Created: at(n)}
		checkError(t, "PutKey", s.PutKey(t.Context(), key), nil)
		found, err := s.Keys(t.Context(), apikey.Query{Hash: key.Hash})
		checkError(t, "Keys", err, nil)
		checkEqual(t, found, []apikey.Key{key})
		d := task.Dataset{ID: id(n), Account: 1, Key: text, Type: text, Upload: &task.Upload{Filename: text}, Created: at(n)}
		checkError(t, "PutDataset", s.PutDataset(t.Context(), d), nil)
		read, err := s.Datasets(t.Context(), task.DatasetQuery{ID: d.ID})
		checkError(t, "Datasets", err, nil)
		checkEqual(t, read, []task.Dataset{d})
		secret, err := s.Secret(t.Context(), text, []byte(text))
		if err != nil || string(secret) != text {
			t.Errorf("the secret named %.40q is %.40q, %v", text, secret, err)
		}
	}
}

func runTextGroups(t *testing.T, s store.Store) {
	var all []task.AssetGroup
	for n, name := range awkwardTexts() {
		g := task.AssetGroup{ID: id(n), Account: 1, Name: name, Created: at(n)}
		checkError(t, fmt.Sprintf("PutGroup %.40q", name), s.PutGroup(t.Context(), g), nil)
		all = append(all, g)
	}
	for _, g := range all {
		found, err := s.Groups(t.Context(), 1, g.Name)
		checkError(t, "Groups", err, nil)
		checkEqual(t, found, []task.AssetGroup{g})
		checkError(t, "another group of that name", s.PutGroup(t.Context(), task.AssetGroup{ID: id(999), Account: 1, Name: g.Name}), store.ErrExists)
	}
	found, err := s.Groups(t.Context(), 1, "")
	checkError(t, "Groups", err, nil)
	checkEqual(t, found, all)
}

func runTextIdempotencyKeys(t *testing.T, s store.Store) {
	for n, key := range awkwardTexts() {
		r := task.IdempotencyRecord{Account: 1, Key: key, Fingerprint: key, Task: id(n), Created: at(1)}
		apply(t, s, task.Change{Task: newTask(n), Idempotency: &r})
		found, err := s.Idempotency(t.Context(), 1, key)
		checkError(t, "Idempotency", err, nil)
		checkEqual(t, found, r)
	}
}

func runTextFilters(t *testing.T, s store.Store) {
	for n, text := range awkwardTexts() {
		tk := newTask(n)
		tk.Request.Model, tk.Request.Dialect = text, text
		tk.Artifacts = []task.Artifact{{ID: id(n), Task: tk.ID, Account: 1, Group: text, Created: at(n)}}
		put(t, s, tk)
	}
	for n, text := range awkwardTexts() {
		for name, q := range map[string]task.Query{"model": {Model: text}, "dialect": {Dialect: text}, "both": {Model: text, Dialect: text}} {
			if got := ids(tasks(t, s, q)); len(got) != 1 || got[0] != id(n) {
				t.Errorf("%s %.40q: %v, want %s", name, text, got, id(n))
			}
		}
		if got := artifacts(t, s, task.ArtifactQuery{Group: text}); len(got) != 1 || got[0].ID != id(n) {
			t.Errorf("group %.40q: %+v", text, got)
		}
	}
}

// runSizes checks rows that are larger than the pages and packets of databases.
func runSizes(t *testing.T, open Open) {
	s := openStore(t, open)
	tk := newTask(1)
	tk.Request.Prompt = strings.Repeat("日本語 <&> \"\\\n", 100_000) // 2 MB
	for n := range 500 {
		tk.Attempts = append(tk.Attempts, task.Attempt{Engine: "e", Handle: strings.Repeat("h", 500), Begun: at(n), Failure: strings.Repeat("f", 500)})
	}
	a := task.Artifact{ID: id(1), Task: tk.ID, Account: 1, Created: at(1)}
	for n := range 500 {
		a.Files = append(a.Files, task.File{Role: task.Preview, Key: fmt.Sprint("cdn/", n), SHA256: strings.Repeat("0", 64), Size: 1 << 40})
	}
	tk.Artifacts = []task.Artifact{a}
	var history []task.Event
	for n := range 300 {
		history = append(history, task.Event{At: at(n), Kind: "state", Text: strings.Repeat("t", 2000)})
	}
	tk = apply(t, s, task.Change{Task: tk, Events: history})
	checkEqual(t, get(t, s, tk.ID), tk)
	checkEqual(t, events(t, s, tk.ID), history)
	checkEqual(t, artifacts(t, s, task.ArtifactQuery{Artifact: a.ID}), tk.Artifacts)
	t.Run("a large row shrinks again", func(t *testing.T) {
		tk.Request.Prompt, tk.Attempts, tk.Artifacts = "", nil, nil
		tk = put(t, s, tk)
		checkEqual(t, get(t, s, tk.ID), tk)
		checkEqual(t, events(t, s, tk.ID), history)
	})
}

// runWriters checks that concurrent writers lose nothing: each adds its own attempt to the newest version.
func runWriters(t *testing.T, open Open) {
	s := openStore(t, open)
	first := put(t, s, newTask(1))
	const writers, each = 6, 5
	var all sync.WaitGroup
	errs := make(chan error, writers*each)
	for w := range writers {
		all.Go(func() {
			for n := range each {
				errs <- addMark(t, s, first.ID, fmt.Sprint(w, ".", n))
			}
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		checkError(t, "a writer", err, nil)
	}
	got, history := get(t, s, first.ID), events(t, s, first.ID)
	marks := map[string]bool{}
	for i, a := range got.Attempts {
		marks[a.Key] = true
		if history[i].Text != a.Key {
			t.Errorf("event %d is %q, the attempt %q", i, history[i].Text, a.Key)
		}
	}
	if len(marks) != writers*each || len(history) != writers*each || got.Version != first.Version+writers*each {
		t.Errorf("%d marks, %d events, version %d after %d writes over version %d", len(marks), len(history), got.Version, writers*each, first.Version)
	}
}

// addMark adds an attempt and an event named mark to the task. It tries again until no other writer comes between.
func addMark(t *testing.T, s store.Store, id, mark string) error {
	for {
		tk, err := s.Task(t.Context(), id)
		if err != nil {
			return err
		}
		tk.Attempts = append(tk.Attempts, task.Attempt{Key: mark, Begun: at(0)})
		_, err = s.Apply(t.Context(), task.Change{Task: tk, Events: []task.Event{{At: at(0), Kind: "mark", Text: mark}}})
		if !errors.Is(err, store.ErrStale) {
			return err
		}
	}
}

// runTimes checks times in the far past and future, and the zero time.
func runTimes(t *testing.T, open Open) {
	s := openStore(t, open)
	moments := []time.Time{{}, time.Unix(0, 0), time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999e6, time.UTC),
		at(1), time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}
	for n, m := range moments {
		tk := newTask(n)
		tk.Created, tk.Updated, tk.Started, tk.NotBefore, tk.Deadline = m, m, m, m, m
		tk = apply(t, s, task.Change{Task: tk, Events: []task.Event{{At: m}}})
		got := get(t, s, tk.ID)
		checkEqual(t, got, tk)
		if got.Deadline.IsZero() != m.IsZero() || events(t, s, tk.ID)[0].At.IsZero() != m.IsZero() {
			t.Errorf("%v: a zero time was stored as another, or another as zero", m)
		}
	}
	t.Run("lists sort them", func(t *testing.T) {
		checkList(t, s, task.Query{}, []string{id(6), id(5), id(4), id(1), id(3), id(2), id(0)})
	})
}
