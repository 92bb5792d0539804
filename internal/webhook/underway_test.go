package webhook

import (
	"errors"
	"testing"
	"testing/synctest"
)

func TestSixteenRequestsAreUnderWayAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUnderWay()
		begun, end := make(chan struct{}, 20), make(chan struct{})
		for range 20 {
			u.begin(func(sent func(error)) error {
				begun <- struct{}{}
				<-end
				sent(nil)
				<-end
				return nil
			})
		}
		synctest.Wait()
		if len(begun) != 16 {
			t.Errorf("%d are under way", len(begun))
		}
		for range 4 { // end their requests, and wait for their records
			end <- struct{}{}
		}
		synctest.Wait()
		if len(begun) != 20 || u.none() {
			t.Errorf("then %d have begun", len(begun))
		}
		close(end)
		u.attempts.Wait()
		if !u.none() {
			t.Error("some are left")
		}
	})
}

func TestHowManyAreClaimed(t *testing.T) {
	for name, c := range map[string]struct{ ended, claimed, unrecorded, atOnce, want int }{
		"at the beginning":                        {0, 0, 0, maxAtOnce, 16},
		"beside others":                           {0, 10, 10, maxAtOnce, 6},
		"if as many have ended as there are":      {16, 0, 0, maxAtOnce, 32},
		"if a few have ended":                     {3, 13, 16, maxAtOnce, 3},
		"if many have ended":                      {100, 8, 8, maxAtOnce, 40},
		"if many wait for their records":          {100, 8, 60, maxAtOnce, 4},
		"of a webhook that failed":                {100, 0, 0, 1, 1},
		"of a webhook that failed, beside others": {100, 3, 3, 1, -2},
	} {
		u := underWay{ended: c.ended, claimed: c.claimed, unrecorded: c.unrecorded}
		if got := u.claim(c.atOnce); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
		if c.want > 0 && u.ended > 0 {
			t.Errorf("%s: %d ends are counted for the next claim too", name, u.ended)
		}
	}
}

func TestErrorsOfAttemptsAreKept(t *testing.T) {
	failed := errors.New("failed")
	for name, attempt := range map[string]func(sent func(error)) error{
		"of the request": func(sent func(error)) error { sent(failed); return nil },
		"of the record":  func(sent func(error)) error { sent(nil); return failed },
	} {
		u := newUnderWay()
		u.begin(attempt)
		u.attempts.Wait()
		if !errors.Is(u.failed(), failed) {
			t.Errorf("%s: %v", name, u.failed())
		}
	}
}
