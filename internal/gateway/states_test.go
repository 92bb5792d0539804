package gateway_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

func TestStatesAreThoseOfTheAccountsTask(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	made := h.submit(t, "a cat")
	who := apikey.Key{Account: made.Account}
	ended, err := h.Cancel(t.Context(), who, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.States(t.Context(), who, made.ID)
	if err != nil || len(got) != 2 || got[0] != (task.Reached{State: task.Queued, At: made.Created}) || got[1] != (task.Reached{State: task.Cancelled, At: ended.Finished}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := h.States(t.Context(), apikey.Key{Account: made.Account + 1}, made.ID); task.CodeOf(err) != task.NotFound {
		t.Errorf("another account is answered %v", err)
	}
}
