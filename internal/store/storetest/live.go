package storetest

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

func runLive(t *testing.T, open Open) {
	s := openStore(t, open)
	count := func() []store.LiveTasks {
		t.Helper()
		all, err := s.(store.Live).CountLive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if all := count(); len(all) != 0 {
		t.Errorf("without tasks: %+v", all)
	}
	put := func(n int, state task.State, model, engine string, cancelling bool) {
		tk := newTask(n)
		tk.Account, tk.State, tk.Engine, tk.Request.Model, tk.Cancelling = int64(n), state, engine, model, cancelling
		tk.Request.Prompt = "a \x00 \xff \"}{\\ prompt"
		apply(t, s, task.Change{Task: tk})
	}
	put(1, task.Succeeded, "gen4", "team", false)
	put(2, task.Cancelled, "gen4", "team", true)
	put(4, task.Queued, "gen4", "team", false)
	put(3, task.Queued, "gen4", "team", false)
	put(5, task.Queued, "gen4", "", false)
	put(6, task.Running, "gen4", "team", false)
	put(7, task.Running, "", "it's \"one\"", false)
	row := func(state task.State, model, engine string, tasks, oldest int) store.LiveTasks {
		return store.LiveTasks{State: state, Model: model, Engine: engine, Tasks: tasks, Oldest: at(oldest).UTC().Truncate(time.Millisecond)}
	}
	checkEqual(t, count(), []store.LiveTasks{
		row(task.Queued, "gen4", "", 1, 5), row(task.Queued, "gen4", "team", 2, 3),
		row(task.Running, "", "it's \"one\"", 1, 7), row(task.Running, "gen4", "team", 1, 6),
	})
}
