package fake_test

import (
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// video returns as much of an MP4 as the suite checks.
func video() []byte { return append([]byte("\x00\x00\x00\x18ftypmp42"), make([]byte, 500)...) }

func job(prompt string) func(string) engine.Job {
	return func(id string) engine.Job {
		seed := uint32(1)
		return engine.Job{Task: id, Model: "fake", Request: task.Request{Prompt: prompt, Seconds: 5, Seed: &seed}}
	}
}

func TestSuite(t *testing.T) {
	enginetest.Run(t, func(*testing.T) enginetest.Harness {
		now := time.Unix(0, 0)
		e := fake.New(video(), func() time.Time { return now })
		e.Takes = 3 * time.Second
		return enginetest.Harness{Engine: e, Job: job("a cat"), Pass: func(d time.Duration) { now = now.Add(d) }}
	})
}

func TestPromptWords(t *testing.T) {
	for _, c := range []struct {
		prompt string
		after  time.Duration
		state  task.State
		reason task.Reason
		bytes  int64
	}{
		{prompt: "plain", state: task.Succeeded, bytes: 512},
		{prompt: "slow:20s", after: 19 * time.Second, state: task.Running},
		{prompt: "slow:20s", after: 20 * time.Second, state: task.Succeeded, bytes: 512},
		{prompt: "fail:SAFETY.INPUT.TEXT", state: task.Failed, reason: task.SafetyInputText},
		{prompt: "fail:INTERNAL times:0", state: task.Failed, reason: task.Internal},
		{prompt: "state:UNHEARD", state: "UNHEARD"},
		{prompt: "short:50", state: task.Succeeded, bytes: 256},
	} {
		t.Run(c.prompt, func(t *testing.T) {
			now := time.Unix(0, 0)
			e := fake.New(video(), func() time.Time { return now })
			sub, err := e.Submit(t.Context(), job(c.prompt)("a"))
			if err != nil {
				t.Fatal(err)
			}
			now = now.Add(c.after)
			st, err := e.Poll(t.Context(), sub.Handle)
			if err != nil || st.State != c.state {
				t.Fatalf("state %s, %v, want %s", st.State, err, c.state)
			}
			if c.reason != "" && st.Failure.Reason != c.reason {
				t.Errorf("reason %s, want %s", st.Failure.Reason, c.reason)
			}
			if c.bytes > 0 {
				content, err := e.Open(t.Context(), sub.Handle, 0)
				if err != nil || content.Size != c.bytes {
					t.Errorf("size %d, %v, want %d", content.Size, err, c.bytes)
				}
			}
		})
	}
}

func TestCountedRefusals(t *testing.T) {
	e := fake.New(video(), time.Now)
	j := job("refuse:overloaded times:2")("a")
	for try := 1; try <= 3; try++ {
		_, err := e.Submit(t.Context(), j)
		if refused := err != nil; refused != (try <= 2) {
			t.Errorf("try %d: %v", try, err)
		}
	}
	if n := e.Submits("a"); n != 1 {
		t.Errorf("%d submits counted, want 1", n)
	}
}
