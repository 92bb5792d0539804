package engine

import (
	"context"

	"github.com/filmgate/filmgate/internal/task"
)

// wrapped is a pool as an Engine. The optional interfaces have types of their own, so that a wrapped engine implements
// exactly those that the engine inside does.
type wrapped struct{ *pool }

type (
	wrappedFinder    struct{ *pool }
	wrappedPreviewer struct{ *pool }
	wrappedExpander  struct{ PromptExpander }
)

// engine returns the pool with the optional interfaces of the engines in it. All keys have the same kind of engine, so the
// first decides.
func (p *pool) engine() Engine {
	w, f, s := wrapped{p}, wrappedFinder{p}, wrappedPreviewer{p}
	inner := p.members[0].Engine
	x, expands := inner.(PromptExpander)
	_, finds := inner.(Finder)
	_, previews := inner.(Previewer)
	e := wrappedExpander{x}
	switch {
	case finds && previews && expands:
		return struct {
			wrapped
			wrappedFinder
			wrappedPreviewer
			wrappedExpander
		}{w, f, s, e}
	case finds && previews:
		return struct {
			wrapped
			wrappedFinder
			wrappedPreviewer
		}{w, f, s}
	case finds && expands:
		return struct {
			wrapped
			wrappedFinder
			wrappedExpander
		}{w, f, e}
	case previews && expands:
		return struct {
			wrapped
			wrappedPreviewer
			wrappedExpander
		}{w, s, e}
	case finds:
		return struct {
			wrapped
			wrappedFinder
		}{w, f}
	case previews:
		return struct {
			wrapped
			wrappedPreviewer
		}{w, s}
	case expands:
		return struct {
			wrapped
			wrappedExpander
		}{w, e}
	default:
		return w
	}
}

// Capabilities returns those of the first key's engine. Every step asks for them, so they are made once.
func (w wrapped) Capabilities() Capabilities { return w.capabilities }

// PausedKeys returns, for each key's name, whether the circuit breaker has paused it.
func (w wrapped) PausedKeys() map[string]bool {
	all := map[string]bool{}
	for _, m := range w.members {
		all[m.Name] = m.breaker.isPaused()
	}
	return all
}

// Hear pauses a key because another process has, or lets it work again.
func (w wrapped) Hear(told Pause) {
	if m := w.poolKey(told.Key); m != nil {
		m.hear(w.policy, told)
	}
}

// Submit tries the keys and returns all tries. A model that has ended is refused before the vendor is asked.
func (w wrapped) Submit(ctx context.Context, job Job) (Submission, error) {
	sub, done, err := w.submitBegun(ctx, job, nil)
	done()
	return sub, err
}

// submitBegun is Submit, and calls begin before the first try. done tells other processes of the outcome.
func (w wrapped) submitBegun(ctx context.Context, job Job, begin func(context.Context) error) (sub Submission, done func(), err error) {
	if err := w.checkEnd(job.Model); err != nil {
		return Submission{}, func() {}, err
	}
	c := call{verb: verbSubmit, job: job, begin: begin}
	err = w.submit(ctx, &c)
	return Submission{Handle: c.handle, Tries: c.tries}, c.tell, err
}

// checkEnd returns an error of class ModelError for a model that the vendor has switched off.
func (w wrapped) checkEnd(name string) error {
	now := w.policy.Now()
	m, _ := w.capabilities.Model(name)
	if !m.Ended(now) {
		return nil
	}
	text := m.EndText(now)
	return &Error{Class: ModelError, Reason: task.VendorRefused, Text: "Its " + text + ". Ask for another model.", Detail: text}
}

// Poll asks the key that has the job.
func (w wrapped) Poll(ctx context.Context, handle string) (Status, error) {
	c := call{verb: verbPoll, handle: handle}
	err := w.callByHandle(ctx, &c)
	return c.status, err
}

// Open asks the key that has the job.
func (w wrapped) Open(ctx context.Context, handle string, offset int64) (Content, error) {
	c := call{verb: verbOpen, handle: handle, offset: offset}
	err := w.callByHandle(ctx, &c)
	return c.content, err
}

// Cancel asks the key that has the job. A job that is not found counts as cancelled.
func (w wrapped) Cancel(ctx context.Context, handle string) error {
	err := w.callByHandle(ctx, &call{verb: verbCancel, handle: handle})
	if err != nil && AsError(err).Class == NotFound {
		return nil
	}
	return err
}

// Find asks every key until one has a job of the task.
func (f wrappedFinder) Find(ctx context.Context, task string) (string, error) {
	c := call{verb: verbFind, task: task}
	if err := f.find(ctx, &c); err != nil {
		return "", err
	}
	return c.handle, nil
}

// Previews asks the key that has the job.
func (s wrappedPreviewer) Previews(ctx context.Context, handle string) ([]Preview, error) {
	c := call{verb: verbPreviews, handle: handle}
	err := s.callByHandle(ctx, &c)
	return c.previews, err
}
