package storetest

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// RunEarlierPrompts checks that prompts of an earlier version are found once they are in the index. s has five tasks of account 7 with the
// prompt "Der Große Hafen", none of which is.
func RunEarlierPrompts(t *testing.T, s interface {
	store.Store
	store.Prompts
},
) {
	t.Helper()
	for step, c := range []struct{ added, found int }{{2, 2}, {2, 4}, {1, 5}, {0, 5}} {
		added, err := s.IndexPrompts(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Tasks(t.Context(), task.Query{Account: 7, Prompt: "grosse"})
		if err != nil || added != c.added || len(found) != c.found {
			t.Errorf("step %d adds %d and then %d are found, %v; want %+v", step, added, len(found), err, c)
		}
	}
}

// RunEarlierUsage checks that ended tasks of an earlier version are counted once CountUsage has come to them. u has five failed tasks of
// account 7, created at the Unix epoch with the model "m", none of which is.
func RunEarlierUsage(t *testing.T, u store.Usage) {
	t.Helper()
	for step, c := range []struct {
		added int
		found int64
	}{{2, 2}, {2, 4}, {1, 5}, {0, 5}} {
		added, err := u.CountUsage(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		found, err := u.Usage(t.Context(), task.UsageQuery{Account: 7, From: time.UnixMilli(0), To: time.UnixMilli(1), By: task.UsageByModel})
		if err != nil || added != c.added || len(found) != 1 || found[0].Failed != c.found || found[0].Model != "m" {
			t.Errorf("step %d counts %d and then there are %+v, %v; want %+v", step, added, found, err, c)
		}
	}
}
