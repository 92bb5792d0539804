package gateway_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

func TestUsageIsThatOfTheAccount(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	made := h.submit(t, "a cat")
	for account, want := range map[int64]int{made.Account: 1, made.Account + 1: 0} {
		q := task.UsageQuery{Account: made.Account, From: made.Created, To: made.Created.Add(task.UsageDay), By: task.UsageByDay}
		got, err := h.Usage(t.Context(), apikey.Key{Account: account}, q)
		if err != nil || len(got) != want {
			t.Errorf("account %d has used %+v, %v; want %d days", account, got, err, want)
		}
	}
}
