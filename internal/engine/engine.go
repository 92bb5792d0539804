// Package engine is the port to whatever makes a video: a vendor's API, an open server, or our own renderer.
//
// [Engine] is the port. Its [Capabilities] are data: [Model.Check] refuses a request by them, field by field. Every error is
// an [Error], whose [Class] says what to do next. [Wrap] makes one engine of an engine's keys, with retries, a circuit breaker
// and limits around each key.
//
// An engine for a vendor's HTTP API is written with [Client], which signs, sends and classifies, [StatusFunc], from which Poll
// and Open follow, and [ModelTable] if it serves many makers' models.
//
// Each folder under this package is one engine and holds its wire types; enginetest is the suite that each of them passes. No
// engine knows of accounts, rows, dialects or another engine.
package engine

import (
	"context"
	"io"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Engine makes videos. Its methods may be called by many goroutines at once. Every error is the context's, or is or wraps an
// *Error.
type Engine interface {
	// Capabilities returns what the engine can do. It is cheap and does no I/O.
	Capabilities() Capabilities
	// Submit asks for the job and returns the engine's own id of it, the handle. It returns as soon as the job is accepted.
	// A job that Model.Check would refuse may be refused here with class Refused.
	Submit(ctx context.Context, job Job) (Submission, error)
	// Poll returns the job's status. It does not wait. An unknown handle is class NotFound.
	Poll(ctx context.Context, handle string) (Status, error)
	// Open returns the finished video from byte offset on. Before the job has SUCCEEDED the error is of class NotFound or
	// NotReady. The caller closes Body.
	Open(ctx context.Context, handle string, offset int64) (Content, error)
	// Cancel ends the job if the engine can, and frees what it kept for it. Cancelling a finished or unknown job is no error. An
	// engine without Capabilities.Cancel ends nothing.
	Cancel(ctx context.Context, handle string) error
}

// Job is one request as an engine gets it.
type Job struct {
	Task    string // our task id, sent as idempotency key or external id if the engine takes one
	Model   string // the engine's own name of the model
	Request task.Request
	First   *Picture    // bytes of Request.First
	Last    *Picture    // bytes of Request.Last
	Video   *InputVideo // Request.Video

	ReferenceImages []ReferenceImage // Request.ReferenceImages, in their order
	ReferenceAudio  []InputAudio     // Request.ReferenceAudio, in its order

	Shots []Shot // the videos of Request.Sequence, in its order
	// CallbackURL is where the vendor may report that the job's status has changed, for an engine with Capabilities.Callbacks;
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

// Prompt returns the text that the engine follows: the expanded prompt if there is one.
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
	URL           string // signed URL that the vendor may fetch it from; "" if this server is not publicly reachable
}

// InputFile is an input file. Its bytes are read only if an engine has to send them.
type InputFile struct {
	Type string // media type
	Size int64  // bytes
	URL  string // signed URL that the vendor may fetch it from; "" if this server is not publicly reachable
	// Open returns the bytes. Its errors are this machine's, not the vendor's.
	Open func(context.Context) (io.ReadCloser, error) `json:"-"` // exchange files hold jobs
}

// InputVideo is an input video.
type InputVideo struct {
	InputFile
	Width, Height int // pixels, upright
	Duration      time.Duration
}

// ReferenceImage is a picture of what the video is to show.
type ReferenceImage struct {
	InputFile
	Width, Height int // pixels
	Role          task.ReferenceRole
	Name          string // by which the prompt mentions it, "hero" for "@hero"; "" = it has none
}

// InputAudio is a recording of what is to be heard in the video.
type InputAudio struct {
	InputFile
	Duration time.Duration
	Name     string // by which the prompt mentions it; "" = it has none
}

// Shot is a finished video that is joined with others.
type Shot struct {
	Task string // ID of its task
	Size int64  // bytes
	// Open returns the bytes. Its errors are this machine's.
	Open func(context.Context) (io.ReadCloser, error) `json:"-"` // exchange files hold jobs
}

// Status is the status of a job.
type Status struct {
	State    task.State    // THROTTLED, PENDING, RUNNING, SUCCEEDED, FAILED or CANCELLED
	Progress float64       // 0..1; 0 if the engine reports none
	Text     string        // what the engine is doing, for people; may be ""
	Failure  *task.Failure // set if FAILED
	Final    bool          // of FAILED: the same job would fail again, whatever the reason
	Next     time.Duration // how long to wait before the next poll; 0 = Capabilities.PollEvery
	Credits  float64       // what the vendor charged, in its own unit: credits, tokens, seconds; 0 = unknown
	Cost     float64       // what the vendor charged, in US dollars; 0 = it does not say

	Understood *task.Understood // of SUCCEEDED: what the engine read in the prompt; nil = it does not say
}

// Content is the body of a finished video.
type Content struct {
	Body io.ReadCloser
	Type string // media type as the engine names it; "" = unknown
	Size int64  // bytes of the whole file; -1 = unknown

	// Version differs if another file takes this one's place at the same address: an ETag, for instance; "" = unknown.
	Version string
}

// Preview is a picture, or another file, that an engine made besides the video.
type Preview struct {
	Role          task.Role
	Type          string                        // media type
	Bytes         []byte                        // its content
	Open          func() (io.ReadCloser, error) // returns the content if it is too large to hold in memory; nil = Bytes has it
	Width, Height int                           // pixels
}

// Previewer is an engine that makes previews itself, so that the video need not be decoded for them. It is optional.
type Previewer interface {
	// Previews returns the previews of a job that has SUCCEEDED, in order, and its other files: the poster, say, and the video
	// without the watermark.
	Previews(ctx context.Context, handle string) ([]Preview, error)
}

// PromptExpander is an engine that expands prompts by itself. It is optional.
type PromptExpander interface {
	// Expand returns the prompt that is rendered if the caller allows expansion. The same prompt and seed give the same text.
	Expand(prompt string, seed uint32) string
}

// ReadinessChecker is an engine that knows without any I/O whether it can work now, because it needs a program on this
// machine. It is optional. While it is not ready, requests go to another engine or are refused.
type ReadinessChecker interface {
	// Ready returns nil, or an error whose text is public. It returns at once.
	Ready() error
}

// Finder is an engine that can find a job by our task id, so that a crash between its answer and our commit does not cost a
// second video. It is optional.
type Finder interface {
	// Find returns the handle of the job that was submitted for the task. If there is none, the error is of class NotFound.
	Find(ctx context.Context, task string) (handle string, err error)
}
