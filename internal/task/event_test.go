package task_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestTypesOfEvents(t *testing.T) {
	for _, one := range []struct {
		event task.Event
		want  task.EventType
	}{
		{task.Event{Kind: "created", To: task.Queued}, task.EventCreated},
		{task.Event{Kind: "state", From: task.Pending, To: task.Running}, task.EventRunning},
		{task.Event{Kind: "state", From: task.Running, To: task.Succeeded}, task.EventSucceeded},
		{task.Event{Kind: "state", From: task.Queued, To: task.Failed}, task.EventFailed},
		{task.Event{Kind: "state", From: task.Queued, To: task.Cancelled}, task.EventCancelled},
		{task.Event{Kind: "state", From: task.Throttled, To: task.Queued}, ""}, // it still waits
		{task.Event{Kind: "state", From: task.Queued, To: task.Throttled}, ""},
		{task.Event{Kind: "state", From: task.Queued, To: task.Pending}, ""},
		{task.Event{Kind: "note", From: task.Running, To: task.Running}, ""}, // for people
		{task.Event{Kind: "cancel", From: task.Cancelled, To: task.Cancelled}, ""},
		{task.ProgressOf(task.Task{State: task.Running}), task.EventProgress},
	} {
		if got := one.event.Type(); got != one.want {
			t.Errorf("%s to %s: %q, want %q", one.event.Kind, one.event.To, got, one.want)
		}
	}
}

// at returns the time that is so many seconds after a task was created.
func at(seconds int) time.Time { return time.Date(2026, 11, 29, 10, 0, seconds, 0, time.UTC) }

// retried returns a task that was created in second 0, failed at one engine in second 5, was running from second 7 and succeeded in
// second 9.
func retried() task.Task {
	return task.Task{ID: "a", State: task.Succeeded, Progress: 1, Created: at(0), Started: at(7), Finished: at(9), Updated: at(9),
		Artifacts: []task.Artifact{{ID: "x"}}, Understood: &task.Understood{}, Attempts: []task.Attempt{
			{Engine: "first", Begun: at(1), Ended: at(5), Reason: task.VendorUnavailable, Failure: "It is away.", Unconfirmed: true},
			{Engine: "second", Begun: at(6), Ended: at(9), Credits: 2, Cost: 0.5, Currency: "USD"},
		}}
}

func TestATaskIsShownAsItWas(t *testing.T) {
	now := retried()
	created := task.Task{ID: "a", State: task.Queued, Created: at(0), Updated: at(0)}
	running := task.Task{ID: "a", State: task.Running, Created: at(0), Started: at(7), Updated: at(7), Attempts: []task.Attempt{
		now.Attempts[0], {Engine: "second", Begun: at(6)}}}
	submitted := task.Task{ID: "a", State: task.Pending, Created: at(0), Updated: at(2), Attempts: []task.Attempt{{Engine: "first", Begun: at(1)}}}
	for name, one := range map[string]struct {
		event task.Event
		want  task.Task
	}{
		"when it was created":          {task.Event{At: at(0), Kind: "created", To: task.Queued}, created},
		"while its first attempt went": {task.Event{At: at(2), Kind: "state", To: task.Pending}, submitted},
		"when it began to run":         {task.Event{At: at(7), Kind: "state", From: task.Pending, To: task.Running}, running},
		"when it ended":                {task.Event{At: at(9), Kind: "state", From: task.Running, To: task.Succeeded}, now},
		"by a change without a state":  {task.Event{At: at(9)}, now},
	} {
		if got := now.AsOf(one.event); !reflect.DeepEqual(got, one.want) {
			t.Errorf("%s it is\n%+v, want\n%+v", name, got, one.want)
		}
	}
	if !reflect.DeepEqual(now, retried()) {
		t.Error("the task itself has changed")
	}
}

func TestStatesAreThoseOfTheHistory(t *testing.T) {
	now := retried()
	kept := []task.Event{
		{At: at(0), Kind: "created", To: task.Queued},
		{At: at(1), Kind: "state", From: task.Queued, To: task.Throttled},
		{At: at(2), Kind: "note", From: task.Throttled, To: task.Throttled, Text: "for people"},
		{At: at(6), Kind: "state", From: task.Throttled, To: task.Pending},
		{At: at(7), Kind: "state", From: task.Pending, To: task.Running},
		{At: at(9), Kind: "state", From: task.Running, To: task.Succeeded},
		{At: at(10), Kind: "cancel", From: task.Succeeded, To: task.Succeeded},
	}
	cancelled := task.Task{State: task.Cancelled, Created: at(0), Finished: at(3)}
	for name, one := range map[string]struct {
		task   task.Task
		events []task.Event
		want   []task.Reached
	}{
		"each state with its time": {now, kept, []task.Reached{{State: task.Queued, At: at(0)}, {State: task.Throttled, At: at(1)}, {State: task.Pending, At: at(6)},
			{State: task.Running, At: at(7)}, {State: task.Succeeded, At: at(9)}}},
		"a task that waits":                {task.Task{State: task.Queued, Created: at(0)}, kept[:1], []task.Reached{{State: task.Queued, At: at(0)}}},
		"a history that is kept no longer": {now, nil, []task.Reached{{State: task.Queued, At: at(0)}, {State: task.Running, At: at(7)}, {State: task.Succeeded, At: at(9)}}},
		"a history that lacks its end":     {now, kept[:3], []task.Reached{{State: task.Queued, At: at(0)}, {State: task.Running, At: at(7)}, {State: task.Succeeded, At: at(9)}}},
		"a history that lacks its begin":   {now, kept[5:], []task.Reached{{State: task.Queued, At: at(0)}, {State: task.Running, At: at(7)}, {State: task.Succeeded, At: at(9)}}},
		"one that never began":             {cancelled, nil, []task.Reached{{State: task.Queued, At: at(0)}, {State: task.Cancelled, At: at(3)}}},
	} {
		if got := task.StatesOf(one.task, one.events); !reflect.DeepEqual(got, one.want) {
			t.Errorf("%s: %v, want %v", name, got, one.want)
		}
	}
}
