// Package fake is an engine that does what its prompts say: it is slow, fails with a class, or cuts its output short. Tests
// of the packages above use it to see every behaviour of an engine, by a clock of their own.
package fake

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

var _ engine.Finder = (*Engine)(nil)

// Engine is the fake engine. Make it with New, and change its exported fields only before use.
type Engine struct {
	Caps  engine.Capabilities
	Video []byte        // returned by Open
	Takes time.Duration // from Submit to SUCCEEDED, unless the prompt contains "slow:<duration>"

	now     func() time.Time
	mu      sync.Mutex
	jobs    map[string]*job
	created int
	counts  map[string]int
}

type job struct {
	engine.Job
	handle string
	begun  time.Time
	script script
	ended  bool
}

// New returns a fake engine whose jobs all return video, with the clock now.
func New(video []byte, now func() time.Time) *Engine {
	return &Engine{
		Caps: engine.Capabilities{
			Lane: task.Remote, Cancel: true, Cleanup: engine.FreesJob, ExternalID: true, PollEvery: time.Second,
			Models: []engine.Model{{Name: "fake", Limits: task.Limits{MaxSeconds: 60, PromptLimit: 1000}, Seed: true, Sends: engine.Parts(), FollowsFrame: true}},
		},
		Video: video, now: now, jobs: map[string]*job{}, counts: map[string]int{},
	}
}

// script is what a prompt asks of the fake. The words may be anywhere in it, each as "word:value".
type script struct {
	slow   time.Duration // slow:20s
	fail   task.Reason   // fail:SAFETY.INPUT.TEXT, reported by Poll
	refuse engine.Class  // refuse:overloaded, answered by Submit
	times  int           // times:2, how often refuse and fail apply; 0 = always
	cut    int           // cut:50, percentage of the video that each Open returns
	short  int           // short:50, percentage of the video that exists
	lost   bool          // lost:yes, Poll does not know the handle
	state  task.State    // state:WHATEVER, the state that Poll returns
}

func parseScript(prompt string) script {
	var s script
	for _, word := range strings.Fields(prompt) {
		key, value, ok := strings.Cut(word, ":")
		if !ok {
			continue
		}
		switch key {
		case "slow":
			s.slow, _ = time.ParseDuration(value)
		case "fail":
			s.fail = task.Reason(value)
		case "refuse":
			s.refuse = engine.Class(value)
		case "times":
			_, _ = fmt.Sscan(value, &s.times)
		case "cut":
			_, _ = fmt.Sscan(value, &s.cut)
		case "short":
			_, _ = fmt.Sscan(value, &s.short)
		case "lost":
			s.lost = true
		case "state":
			s.state = task.State(value)
		}
	}
	return s
}

// Capabilities returns Caps.
func (e *Engine) Capabilities() engine.Capabilities { return e.Caps }

// Submits returns the number of accepted submits for a task; for "tries/"+task, the number of all submits.
func (e *Engine) Submits(task string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.counts[task]
}

// Job returns the last job that was submitted for a task; the zero Job if there was none.
func (e *Engine) Job(task string) engine.Job {
	e.mu.Lock()
	defer e.mu.Unlock()
	var last job
	for _, j := range e.jobs {
		if j.Task == task && !j.begun.Before(last.begun) {
			last = *j
		}
	}
	return last.Job
}

// Live returns the handles of jobs that were not cancelled.
func (e *Engine) Live() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for h, j := range e.jobs {
		if !j.ended {
			out = append(out, h)
		}
	}
	sort.Strings(out)
	return out
}

// Submit accepts the job, or refuses it as its prompt says.
func (e *Engine) Submit(ctx context.Context, j engine.Job) (engine.Submission, error) {
	if err := ctx.Err(); err != nil {
		return engine.Submission{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s := parseScript(j.Prompt())
	tries := "tries/" + j.Task
	e.counts[tries]++
	if s.refuse != "" && (s.times == 0 || e.counts[tries] <= s.times) {
		return engine.Submission{}, &engine.Error{Class: s.refuse, Reason: failureReason(s.refuse), Detail: "as the prompt asked"}
	}
	if s.fail != "" && s.times > 0 && e.counts[tries] > s.times {
		s.fail = ""
	}
	e.created++
	e.counts[j.Task]++
	made := &job{Job: j, handle: fmt.Sprintf("fake-%d", e.created), begun: e.now(), script: s}
	e.jobs[made.handle] = made
	return engine.Submission{Handle: made.handle}, nil
}

func failureReason(c engine.Class) task.Reason {
	switch c {
	case engine.Refused:
		return task.SafetyInputText
	case engine.AuthError:
		return task.VendorRefused
	default:
		return task.VendorUnavailable
	}
}

// Poll returns the job's status by the clock.
func (e *Engine) Poll(ctx context.Context, handle string) (engine.Status, error) {
	if err := ctx.Err(); err != nil {
		return engine.Status{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	j, ok := e.jobs[handle]
	if !ok || j.script.lost {
		return engine.Status{}, &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no job " + handle}
	}
	if j.script.state != "" {
		return engine.Status{State: j.script.state}, nil
	}
	takes := e.Takes
	if j.script.slow > 0 {
		takes = j.script.slow
	}
	done := e.now().Sub(j.begun)
	switch {
	case j.ended:
		return engine.Status{State: task.Cancelled}, nil
	case done < takes:
		return engine.Status{State: task.Running, Progress: float64(done) / float64(takes)}, nil
	case j.script.fail != "":
		return engine.Status{State: task.Failed, Failure: &task.Failure{Reason: j.script.fail}}, nil
	default:
		return engine.Status{State: task.Succeeded, Progress: 1, Credits: float64(j.Request.Seconds)}, nil
	}
}

// Open returns the video, or as much of it as the prompt allows.
func (e *Engine) Open(ctx context.Context, handle string, offset int64) (engine.Content, error) {
	st, err := e.Poll(ctx, handle)
	if err != nil {
		return engine.Content{}, err
	}
	if st.State != task.Succeeded {
		return engine.Content{}, &engine.Error{Class: engine.NotReady, Reason: task.VendorUnavailable, Detail: "not finished"}
	}
	e.mu.Lock()
	s := e.jobs[handle].script
	e.mu.Unlock()
	video := e.Video
	if s.short > 0 {
		video = video[:len(video)*s.short/100]
	}
	rest := video[min(offset, int64(len(video))):]
	if s.cut > 0 {
		rest = rest[:min(len(rest), max(1, len(video)*s.cut/100))]
	}
	return engine.Content{Body: io.NopCloser(bytes.NewReader(rest)), Type: "video/mp4", Size: int64(len(video))}, nil
}

// Cancel ends the job.
func (e *Engine) Cancel(ctx context.Context, handle string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if j, ok := e.jobs[handle]; ok {
		j.ended = true
	}
	return ctx.Err()
}

// Find finds the task's job, as a vendor with external ids does.
func (e *Engine) Find(ctx context.Context, id string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for h, j := range e.jobs {
		if j.Task == id {
			return h, ctx.Err()
		}
	}
	return "", &engine.Error{Class: engine.NotFound, Reason: task.VendorUnavailable, Detail: "no job for " + id}
}
