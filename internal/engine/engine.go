// Package engine is the port to whatever makes a video: a vendor's API, an open server, or our own renderer.
//
// What may enter: the port itself, its capabilities and errors, and wrappers that go round any engine. Each folder
// under it is one engine and holds its wire types; enginetest is the suite that each of them passes. No engine knows
// of accounts, rows, dialects or another engine.
package engine

import (
	"context"
	"io"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Engine makes videos. All methods may be called by many goroutines at once. Every error that is not the context's is
// or wraps an *Error, so that the caller knows what to do next.
type Engine interface {
	// Capabilities says what the engine can do. It is data: asked once and cheap, it does no I/O.
	Capabilities() Capabilities
	// Submit asks for the job and returns the engine's own id of it, the handle. It returns as soon as the job is accepted.
	// A job that Model.Check would refuse may be refused here with class Refused.
	Submit(ctx context.Context, job Job) (Submission, error)
	// Poll tells how the work stands. It does not wait. An unknown handle is class Lost.
	Poll(ctx context.Context, handle string) (Status, error)
	// Open returns the finished video from byte offset on. Before the work SUCCEEDED it is class Lost or NotReady.
	// The caller closes Body.
	Open(ctx context.Context, handle string, offset int64) (Content, error)
	// Cancel ends the work as far as the engine can, and lets go of what it kept for it. Cancelling finished or unknown
	// work is no error. An engine without Capabilities.Cancel ends nothing.
	Cancel(ctx context.Context, handle string) error
}

// Job is one request as an engine gets it.
type Job struct {
	Task    string // our task id, sent along as idempotency key or external id where the engine takes one
	Model   string // the engine's own name of the model
	Request task.Request
	First   *Picture    // bytes of Request.First
	Last    *Picture    // bytes of Request.Last
	Video   *InputVideo // Request.Video
	// CallbackURL is where the vendor may tell that the work has moved on, for an engine with Capabilities.Callbacks;
	// "" = nowhere.
	CallbackURL string
}

// Submission is the outcome of a Submit.
type Submission struct {
	Handle string // the engine's own id of the job; "" if Submit failed
	// Tries holds the calls that reached the vendor, in order, even if Submit failed. Only a wrapped engine fills it: it is the
	// one that repeats calls and changes keys.
	Tries []Try
}

// Try is one submit that reached a vendor.
type Try struct {
	Key    string // name of the key that was used, never the key itself
	Handle string // the vendor's id of the job, without the key's name; "" if the try failed
	Begun  time.Time
	Ended  time.Time
	Err    error // nil if it succeeded
}

// Prompt is the text that the engine is to follow: the expanded prompt where there is one.
func (j Job) Prompt() string {
	if j.Request.ExpandedPrompt != "" {
		return j.Request.ExpandedPrompt
	}
	return j.Request.Prompt
}

// Picture is an input image in memory.
type Picture struct {
	Type          string // media type
	Bytes         []byte
	Width, Height int    // pixels
	URL           string // signed URL that the vendor may fetch it from; "" where this server is not publicly reachable
}

// InputVideo is an input video, which is read only where an engine has to send it.
type InputVideo struct {
	Type          string // media type
	Size          int64  // bytes
	Width, Height int    // pixels, upright
	Duration      time.Duration
	URL           string // signed URL that the vendor may fetch it from; "" where this server is not publicly reachable
	// Open gives the bytes. Its errors are this machine's.
	Open func(context.Context) (io.ReadCloser, error) `json:"-"` // exchange files hold jobs
}

// Status is how a piece of work stands.
type Status struct {
	State    task.State    // THROTTLED, PENDING, RUNNING, SUCCEEDED, FAILED or CANCELLED
	Progress float64       // 0..1; 0 where the engine tells none
	Text     string        // what it is doing, for people; may be ""
	Failure  *task.Failure // set when FAILED
	Final    bool          // of FAILED: the same work would fail again, whatever the reason
	Next     time.Duration // when to ask again; 0 = Capabilities.PollEvery
	Credits  float64       // what the vendor charged, in its own credits; 0 = unknown
}

// Content is the body of a finished video.
type Content struct {
	Body io.ReadCloser
	Type string // media type as the engine tells it; "" = it does not
	Size int64  // bytes of the whole file; -1 = unknown

	// Version tells this file from another that may take its place at the same address, an ETag for instance; "" = unknown.
	Version string
}

// Preview is a picture, or another file, that an engine made beside the video.
type Preview struct {
	Role          task.Role
	Type          string                        // media type
	Bytes         []byte                        // what is in it
	Open          func() (io.ReadCloser, error) // gives what is in it where that is too much to be held; nil: Bytes do
	Width, Height int                           // pixels
}

// Previewer is an engine that has its frames in hand and gives pictures of them, so that nobody has to decode the video
// again. It is optional.
type Previewer interface {
	// Previews returns the previews, in order, and what else was made by work that SUCCEEDED: other pictures, and the raw
	// video beside one with a watermark.
	Previews(ctx context.Context, handle string) ([]Preview, error)
}

// PromptExpander is an engine that expands prompts by itself. It is optional.
type PromptExpander interface {
	// Expand returns the prompt that is rendered when the caller allows expansion. Same prompt and seed: same text.
	Expand(prompt string, seed uint32) string
}

// ReadinessChecker is an engine that knows, without asking anybody, whether it can work now: one that needs a program of this
// machine. It is optional. Requests go to another engine, or are refused, while it can't.
type ReadinessChecker interface {
	// Ready returns nil, or an error whose text is public. It returns at once.
	Ready() error
}

// Finder is an engine that can look work up by our task id, so that a crash between its answer and our commit does not
// pay twice. It is optional.
type Finder interface {
	// Find returns the handle of the work submitted for the task. Where there is none, the error is of class Lost.
	Find(ctx context.Context, task string) (handle string, err error)
}
