package task

import "time"

// Task is one request for a video and all that is known about it. It is stored before any work begins, and holds everything
// that must survive a restart.
type Task struct {
	ID      string // UUID, lower case
	Account int64  // the owner; callers see the number as a user id
	Version int64  // raised by each change; 0 = not stored yet

	Request Request
	State   State

	Engine       string  // configured name of the engine that makes it; "" until one is chosen
	EngineModel  string  // the engine's own name of the model
	Handle       string  // the engine's id of its job; "" until it was submitted
	Submitting   bool    // set before the engine is called to submit; cleared when Handle is written, which may be after the end
	FailedPolls  int     // failed polls in a row; of an ended task, tries to cancel its job
	Progress     float64 // 0..1, never falls; meaningful once Started is set
	ProgressText string  // what the engine says it is doing; usually ""
	Failure      *Failure
	Artifacts    []Artifact
	Attempts     []Attempt    // what was tried, oldest first
	Ignored      []FieldError // the wishes that its engine makes the video without, and why, by our own names of fields
	Understood   *Understood  // what the built-in renderer read in the prompt; nil before it has SUCCEEDED, and of other engines

	Created      time.Time
	Updated      time.Time
	Started      time.Time // when it was first RUNNING; zero before
	Finished     time.Time // when it reached a terminal state; zero before
	NotBefore    time.Time // a waiting or failing task is not tried again before this; zero = at once
	WaitingSince time.Time // since when it has waited for capacity of its engine; zero = it does not wait
	Deadline     time.Time // when it ends FAILED if it has not ended before; zero = no limit
	Cancelling   bool      // it has ended, and its job at the engine may not have: that job is to be cancelled, and its end recorded
	Deleted      bool      // its owner deleted it: it is readable by id, but in no list
	RetryOf      string    // ID of the task whose request it repeats; usually ""
	Trace        string    // what its creation is part of, as the tracer keeps it; "" = no trace

	QueueWait time.Duration // estimated time until it starts; not stored, but computed when the task is read
}

// Attempt is one submit of a task to one engine, with one of the engine's keys.
type Attempt struct {
	Engine      string
	Model       string // the engine's own name of the model
	Key         string // name of the engine's key that was used; never the key itself
	Handle      string // the engine's id of its job; "" if there is none
	Round       int    // counts the task's submits from 1; attempts with several keys in one submit share it
	Begun       time.Time
	Ended       time.Time // zero until it ends
	Unconfirmed bool      // the submit was sent, but whether the engine accepted it is unknown
	Reason      Reason    // why it failed; "" if it did not
	Failure     string    // public text of the failure; "" if there is none
	Credits     float64   // what the vendor charged, in its own unit: credits, tokens, seconds; 0 = nothing or unknown
	Cost        float64   // what it cost by the engine's price, or as the vendor says, in Currency; 0 = nothing or unknown
	Currency    string    // "USD"
	Node        string    // the process that submitted, if there are several; "" if there was one
}

// Request is what a caller asked for, after a dialect has decoded it and the gateway has stored its pictures and video.
type Request struct {
	Dialect        string // the API that was called, "makevid/runway"
	Model          string // the caller's name of the model, "gen3a_turbo"
	Name           string
	Prompt         string
	ExpandPrompt   bool   // the caller allows the prompt to be expanded
	ExpandedPrompt string // what the engine was given instead; "" = Prompt
	NegativePrompt string
	// Seconds is the length of the video; Format.Frames is the exact number of frames. If it is 0, the gateway fills in the
	// length of Video.
	Seconds   int
	Format    Format
	Seed      *uint32     // nil = the caller gave none; the gateway then draws one, so a stored task has it
	SeedDrawn bool        // the gateway drew Seed
	First     *Image      // first frame; nil = none
	Last      *Image      // last frame; nil = none
	Video     *InputVideo // the video that is to be changed; nil = none
	// ReferenceImages show who or what is in the video, or its style. ReferenceAudio is what is heard in it. Both may be beside frames
	// or a video, if the model takes that.
	ReferenceImages []ReferenceImage
	ReferenceAudio  []InputAudio
	Audio           *bool // whether the video is to have sound; nil = the caller did not say, and gets none where that costs
	LowPriority     bool  // may wait behind others (explore mode)
	Watermark       bool
	Caption         bool   // the prompt is written along the lower edge of the video
	Resolution      string // "720p"
	AspectRatio     string // "16:9"; "" = the picture's own or the model's default
	AssetGroup      string // name of the group that the artifact is added to
	Camera          *Camera
	CfgScale        *float64 // 0..1, how closely to follow the prompt; nil = the engine's default
	Loop            bool     // the video ends on the frame that it begins with, so that it can be repeated without a cut
	Mode            string   // a vendor's quality mode, "std" or "pro"; "" = its default
	ExternalID      string   // the caller's own id of the task, unique in the account; "" = none
	ParentID        string   // ID of the task whose video it remakes or continues; "" = none
	CallbackURL     string   // http(s) URL that is told of each new state in the dialect's own form; "" = none
	// Echo holds what the dialect's answers repeat of the caller's request and what no other package reads, as JSON of at most
	// EchoLimit bytes; "" = nothing.
	Echo string
	// Sequence says which finished videos are joined to this one; nil = it is not joined. Only the rules of storyboards make one, and
	// only the built-in renderer makes its video.
	Sequence *Sequence
}

// EchoLimit is the longest Request.Echo, in bytes. A dialect leaves inputs that are data out of it.
const EchoLimit = 16 << 10

// Format is the exact size and length of a video. The gateway fills fields that are zero from the first picture.
type Format struct {
	Width, Height int // pixels
	FrameRate     int // frames per second
	Frames        int
}

// Duration returns the running time of the video, or 0 if the frame rate is 0.
func (f Format) Duration() time.Duration {
	if f.FrameRate == 0 {
		return 0
	}
	return time.Duration(f.Frames) * time.Second / time.Duration(f.FrameRate)
}

// Image is an input picture. A dialect fills Source, Field and Limits; the gateway copies the picture to our storage and
// fills the rest.
type Image struct {
	Source        string // http(s) URL, data URI, bare Base64 or dataset URL, as the caller sent it; not stored
	Field         string // the caller's own name of the field, for field errors: "init_image"
	Dataset       string // UUID of the stored copy
	Key           string // blob key of the stored copy
	Type          string // "image/jpeg", "image/png" or "image/webp"
	Size          int64  // bytes of the stored copy
	Width, Height int    // pixels, after rotation by EXIF orientation
	Limits        ImageLimits
}

// ImageLimits are the limits that the caller's API has for a picture. The gateway checks them when it copies the picture,
// and does not store them. If a field is zero, the gateway's own limit holds.
type ImageLimits struct {
	Bytes    int64    // largest file
	MinSide  int      // least width and height, in pixels
	MaxRatio float64  // longer side divided by the shorter, at most
	Types    []string // media types
}

// InputVideo is an input video. A dialect fills Source and Field; the gateway copies the video to our storage and fills the
// rest.
type InputVideo struct {
	Source        string  // http(s) URL, data URI or dataset URL, as the caller sent it; not stored
	Field         string  // the caller's own name of the field, for field errors: "video"
	Dataset       string  // UUID of the stored copy
	Key           string  // blob key of the stored copy
	Type          string  // "video/mp4" or "video/quicktime"
	Size          int64   // bytes
	Width, Height int     // pixels, as displayed upright
	FrameRate     float64 // frames per second
	Duration      time.Duration
}

// WholeSeconds returns the length of the video in seconds, rounded, but at least 1. It returns 0 if the length is unknown.
func (f InputVideo) WholeSeconds() int {
	if f.Duration <= 0 {
		return 0
	}
	return max(1, int((f.Duration+time.Second/2)/time.Second))
}

// Camera is a camera movement as Kling defines it: six axes, each in [-10,10] and 0 for no movement, or a preset,
// with all axes 0.
type Camera struct {
	Preset     string  // "down_back", "forward_up", "right_turn_forward" or "left_turn_forward"; "" = the axes
	Horizontal float64 // shift of the camera: left (-), right (+)
	Vertical   float64 // shift of the camera: down (-), up (+)
	Pan        float64 // turn about the upright axis: left (-), right (+)
	Tilt       float64 // turn about the level axis: down (-), up (+)
	Roll       float64 // turn about the line of sight: counter-clockwise (-), clockwise (+)
	Zoom       float64 // focal length: longer, narrower view (-); shorter, wider view (+)
}
