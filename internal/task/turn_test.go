package task_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestTurnsFollowTheWeights(t *testing.T) {
	weights := map[int64]int{1: 1, 2: 3, 5: 2}
	left := map[int64]int{1: 4, 2: 5, 5: 9} // tasks of each account
	var turn task.Turn
	var got string
	for range 14 {
		next := int64(0)
		for account, n := range left {
			if n > 0 && (next == 0 || turn.Before(account, next)) {
				next = account
			}
		}
		left[next]--
		turn.Serve(next, weights[next])
		got += fmt.Sprint(next)
	}
	if want := "12225512255155"; got != want { // the second has only two tasks left in its second round
		t.Errorf("served in the order %s, want %s", got, want)
	}
}

func TestTasksOfAnAccountAreInOrder(t *testing.T) {
	old, young := task.Waiter{ID: "b", Account: 1, Created: time.UnixMilli(1)}, task.Waiter{ID: "a", Account: 1, Created: time.UnixMilli(2)}
	low := task.Waiter{ID: "c", Account: 2, Low: true}
	for _, turn := range []task.Turn{{}, {Account: 1}} {
		if !turn.First(old, young) || turn.First(young, old) || !turn.First(young, low) || turn.First(low, old) {
			t.Errorf("the order after account %d is wrong", turn.After())
		}
	}
}
