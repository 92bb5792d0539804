package queue

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// fakePeers are the processes of a test: those that live, and the queues that get messages.
type fakePeers struct {
	mu     sync.Mutex
	living []string
	queues []*testQueue
}

// peer is one of the processes.
type peer struct {
	*fakePeers
	name string
}

func (p peer) Node() string { return p.name }

func (p *fakePeers) Nodes(context.Context) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.living), nil
}

func (p *fakePeers) Send(_ context.Context, message string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, q := range p.queues {
		q.Receive(message)
	}
	return nil
}

// die has a process live no more.
func (p *fakePeers) die(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.living = slices.DeleteFunc(p.living, func(one string) bool { return one == name })
}

// join makes a queue of another process on the database of h.
func (p *fakePeers) join(t *testing.T, h *testQueue, name string, o Options) *testQueue {
	t.Helper()
	p.mu.Lock()
	p.living = append(p.living, name)
	p.mu.Unlock()
	q := &testQueue{db: h.db, pool: h.pool}
	o.Peers = peer{p, name}
	q.reopen(t, o)
	p.mu.Lock()
	p.queues = append(p.queues, q)
	p.mu.Unlock()
	return q
}

// onlyPostgres skips a test on SQLite, where there is one process.
func onlyPostgres(t *testing.T) *testQueue {
	t.Helper()
	if server == nil {
		t.Skip("several processes need PostgreSQL")
	}
	return newTestQueue(t, Options{})
}

// lookClock lets the looks for dead processes come one after another at once.
func lookClock(d time.Duration) <-chan time.Time {
	if d == lookEvery {
		d = time.Millisecond
	}
	return time.After(d)
}

func TestOnlyTheJobsOfDeadProcessesRunAgain(t *testing.T) {
	h := onlyPostgres(t)
	var all fakePeers
	all.living = []string{"living"}
	h.schedule(t, remoteTask("a"), remoteTask("b"), remoteTask("c"))
	for id, node := range map[string]string{"a": "living", "b": "dead", "c": "old_name_2026_11_24"} {
		if _, err := h.db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = ARRAY['first', $1]
			WHERE args->>'task' = $2`, node, id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.db.ExecContext(t.Context(), `INSERT INTO river_leader (name, leader_id, elected_at, expires_at) VALUES ('default', 'dead', now(), '2999-01-01')`); err != nil {
		t.Fatal(err)
	}
	q := all.join(t, h, "me", Options{After: lookClock})
	steps, stepped := recordSteps()
	swept := make(chan struct{}, 10)
	steps.sweep = func(context.Context) error { swept <- struct{}{}; return nil }
	q.start(t, steps)
	got := []string{wait(t, "a step", stepped), wait(t, "a step", stepped)}
	if slices.Sort(got); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("stepped %v, want those of dead processes", got)
	}
	wait(t, "a sweep, which a new leader schedules", swept)
	if n := h.count(t, `args->>'task' = 'a' AND state = 'running' AND attempt = 1`); n != 1 {
		t.Error("the job of a process that lives was freed")
	}
	all.die("living")
	if id := wait(t, "the step of the process that died", stepped); id != "a" {
		t.Errorf("stepped %s, want a", id)
	}
}

func TestProcessThatIsMissedForAMomentKeepsItsJobs(t *testing.T) {
	h := onlyPostgres(t)
	all := &fakePeers{}
	q, err := NewPostgres(h.pool, Options{Peers: peer{all, "me"}})
	if err != nil {
		t.Fatal(err)
	}
	h.schedule(t, remoteTask("a"))
	if _, err := h.db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempted_at = now(), attempted_by = ARRAY['other']`); err != nil {
		t.Fatal(err)
	}
	look := func(living ...string) (running bool) {
		t.Helper()
		all.living = append(living, "me")
		if err := q.look(t.Context()); err != nil {
			t.Fatal(err)
		}
		return h.count(t, `state = 'running'`) == 1
	}
	for i, living := range [][]string{{}, {}, {"other"}, {}, {}} {
		if !look(living...) {
			t.Fatalf("look %d freed the job", i+1)
		}
	}
	all.living = nil
	if err := q.look(t.Context()); err != nil || h.count(t, `state = 'running'`) != 1 {
		t.Errorf("a look of a process that is cut off itself freed the job, %v", err)
	}
	if look() {
		t.Error("the job of a process that did not live at three looks in a row was not freed")
	}
}

func TestWakeReachesTheProcessThatStepsTheTask(t *testing.T) {
	h := onlyPostgres(t)
	var all fakePeers
	clock := newManualTimer()
	after := func(d time.Duration) <-chan time.Time {
		switch d {
		case lookEvery:
			return nil
		case time.Minute:
			return clock.after(d)
		}
		return time.After(d) // of a late wake
	}
	a := all.join(t, h, "a", Options{After: after})
	stepsOfA, stepped, answer := controlSteps()
	a.start(t, stepsOfA)
	h.schedule(t, remoteTask("t"))
	wait(t, "the step", stepped)
	answer <- Next{After: time.Minute}
	wait(t, "its wait", clock.requests)

	b := all.join(t, h, "b", Options{After: after})
	stepsOfB, steppedByB := recordSteps()
	b.start(t, stepsOfB)
	for { // either process may get the job of the wake
		h.schedule(t, remoteTask("t"))
		wait(t, "the step that the wake asks for", stepped)
		answer <- Next{After: time.Minute}
		wait(t, "its wait", clock.requests)
		if h.count(t, `state = 'completed' AND attempted_by[array_upper(attempted_by, 1)] = 'b'`) > 0 {
			break
		}
	}
	select {
	case <-steppedByB:
		t.Error("the other process stepped the task, too")
	default:
	}
}

func TestWakeThatComesTooLateIsNotLost(t *testing.T) {
	for name, message := range map[string]string{
		"of this version":       `{"node":"a","wake":{"task":"t","lane":"remote","account":7,"created":"2026-11-29T12:00:00Z"}}`,
		"of the version before": `{"node":"a","wake":{"Task":"t","At":"0001-01-01T00:00:00Z","Lane":"remote","Low":false,"Account":7,"Created":"2026-11-29T12:00:00Z","Notify":""}}`,
	} {
		t.Run(name, func(t *testing.T) {
			h := onlyPostgres(t)
			var all fakePeers
			a := all.join(t, h, "a", Options{After: lookClock})
			steps, stepped := recordSteps()
			a.Receive(`{"node":"b","wake":{"task":"of b","lane":"remote"}}`)
			a.Receive(`not for queues`)
			a.Receive(message) // of a task whose job has ended
			if err := a.Start(t.Context(), steps); err != nil {
				t.Fatal(err)
			}
			if id := wait(t, "the step", stepped); id != "t" {
				t.Errorf("stepped %s, want t", id)
			}
		})
	}
}

// A process of the version before reads the wake of a message as a task.Wake.
func TestProcessOfTheVersionBeforeReadsAHandedWake(t *testing.T) {
	created := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	text, err := json.Marshal(handover{"a", handedWake{Task: "t", Lane: task.Local, Low: true, Account: 7, Created: created}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(text), `{"node":"a","wake":{"task":"t","lane":"local","low":true,"account":7,"created":"2026-11-29T12:00:00Z"}}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	var before struct {
		Node string    `json:"node"`
		Wake task.Wake `json:"wake"`
	}
	err = json.Unmarshal(text, &before)
	if want := (task.Wake{Task: "t", Lane: task.Local, Low: true, Account: 7, Created: created}); err != nil || before.Wake != want {
		t.Errorf("read %+v, %v", before.Wake, err)
	}
}

func TestMissedMessagesAreMadeUpFor(t *testing.T) {
	h := newTestQueue(t, Options{After: newManualTimer().after})
	steps, stepped, answer := controlSteps()
	h.start(t, steps)
	h.schedule(t, remoteTask("t"))
	wait(t, "the step", stepped)
	h.Missed()
	answer <- Next{After: time.Minute}
	wait(t, "another step", stepped)
	answer <- Next{Done: true}
	if strings.Contains(h.log.String(), "level=ERROR") {
		t.Error(h.log)
	}
}
