package task

import (
	"cmp"
	"time"
)

// Turn says which account is next where accounts take turns. They come in the order of their numbers, from the first again after the
// last. An account of weight n is served n times in a row if it has so many tasks. The zero value is before the first turn.
type Turn struct {
	Account int64 // the account that was served last
	Served  int   // how often in a row, less than its weight
}

// Serve records that an account was served.
func (t *Turn) Serve(account int64, weight int) {
	if t.Account != account {
		*t = Turn{Account: account}
	}
	if t.Served++; t.Served >= weight {
		t.Served = 0
	}
}

// After returns the number of which the next account has a greater one, if there is any.
func (t Turn) After() int64 {
	if t.Served > 0 {
		return t.Account - 1
	}
	return t.Account
}

// Before reports whether account a comes before account b.
func (t Turn) Before(a, b int64) bool {
	if late := a > t.After(); late != (b > t.After()) {
		return late
	}
	return a < b
}

// Waiter is a task that waits for its turn at an engine.
type Waiter struct {
	ID      string
	Engine  string
	Account int64
	Weight  int  // of the account
	Low     bool // it comes after all that are not
	Created time.Time
}

// Waiter returns what decides about the task's turn. weight is that of its account.
func (t Task) Waiter(weight int) Waiter {
	return Waiter{ID: t.ID, Engine: t.Engine, Account: t.Account, Weight: weight, Low: t.Request.LowPriority, Created: t.Created}
}

// First reports whether a comes before b: tasks of low priority after all others, one account after the other, and an account's
// oldest task first.
func (t Turn) First(a, b Waiter) bool {
	switch {
	case a.Low != b.Low:
		return b.Low
	case a.Account != b.Account:
		return t.Before(a.Account, b.Account)
	}
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) < 0
}
