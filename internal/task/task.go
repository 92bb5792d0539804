package task

import "time"

// Task is one request for a video and its life. It is a row before it is work: what is not in it is not known after a
// restart.
type Task struct {
	ID      string // UUID, lower case
	Account int64  // who owns it; the number callers see as a user id
	Version int64  // counts the changes; 0 = not stored yet

	Request Request
	State   State

	Engine       string  // the engine that makes it, by its configured name; "" until one is chosen
	EngineModel  string  // the engine's own name of the model that makes it
	Handle       string  // the engine's own id of the work; "" until it was submitted
	Submitting   bool    // the intent: set before the engine is asked, cleared with the Handle
	PollFaults   int     // polls in a row that failed
	Progress     float64 // 0..1, never falls; meaningful once Started is set
	ProgressText string  // what the engine says it is doing; "" mostly
	Failure      *Failure
	Artifacts    []Artifact
	Attempts     []Attempt // what was tried, oldest first

	Created      time.Time
	Updated      time.Time
	Started      time.Time // first seen RUNNING; zero before
	Finished     time.Time // reached a terminal state; zero before
	NotBefore    time.Time // a held or failing task is not tried again before this; zero = at once
	WaitingSince time.Time // since when its engine has had no room for it; zero = it has
	Deadline     time.Time // it ends FAILED where it has not ended by then; zero = it may take as long as it takes
	Deleted      bool      // its owner deleted it: still readable by id, in no list
	RetryOf      string    // the task whose request this one repeats; "" mostly

	QueueWait time.Duration // honest estimate until it starts; never stored, filled when it is read
}

// Attempt is one try at one engine, with one of its keys.
type Attempt struct {
	Engine      string
	Model       string // the engine's own name of the model
	Key         string // the name of the engine's key that was used, never the key
	Handle      string
	Round       int // which submit of the task it belongs to, from 1: one submit may try several keys
	Begun       time.Time
	Ended       time.Time // zero while it goes on
	Unconfirmed bool      // it was sent, and nobody knows whether the engine took it
	Reason      Reason    // of Failure
	Failure     string    // public text; "" while it goes on, and of a success
	Credits     float64   // what the vendor charged, in its own credits; 0 = nothing or unknown
	Cost        float64   // what it cost by the engine's price, in Currency; 0 = nothing or unknown
	Currency    string    // "USD"
}

// Request is what was asked for, in our words, after a dialect decoded it and the gateway took in its pictures.
type Request struct {
	Dialect        string // the family that asked, "makevid/runway"; a family's get finds its own tasks alone
	Model          string // the caller's name of the model, "gen3a_turbo"
	Name           string
	Prompt         string
	ExpandPrompt   bool   // the caller allows the prompt to be expanded
	ExpandedPrompt string // what the engine was given instead; "" = the prompt itself
	NegativePrompt string
	// Seconds is the length asked for; Format.Frames says what that means exactly. 0 = that of Video, which the gateway fills in.
	Seconds     int
	Format      Format
	Seed        *uint32     // nil = the caller named none; the gateway then chooses one, so a stored task has it
	First       *Image      // first frame
	Last        *Image      // frame the video ends on
	Video       *InputVideo // the video that is made into another; nil = none
	LowPriority bool        // may wait behind others (explore mode)
	Watermark   bool
	Caption     bool   // the prompt is to be written along the lower edge
	Resolution  string // "720p"
	AspectRatio string // "16:9"; "" = the picture's own or the model's default
	AssetGroup  string // name of the group that the artifact joins
	Camera      *Camera
	CfgScale    *float64 // 0..1, how closely to keep to the prompt; nil = the engine's default
	Mode        string   // a vendor's quality mode, "std" or "pro"; "" = its default
}

// Format is the exact shape of the video asked for. Zero fields are filled by the gateway from the first picture.
type Format struct {
	Width, Height int // pixels
	FrameRate     int // frames per second
	Frames        int
}

// Duration is the running time of the video.
func (f Format) Duration() time.Duration {
	if f.FrameRate == 0 {
		return 0
	}
	return time.Duration(f.Frames) * time.Second / time.Duration(f.FrameRate)
}

// Image is an input picture. A dialect fills Source; the gateway copies the picture to our storage and fills the rest.
type Image struct {
	Source        string // http(s) URL, data URI, bare Base64 or one of our own dataset URLs, as the caller sent it; not kept
	Field         string // the caller's own name of the field, for faults: "init_image"
	Dataset       string // UUID of the stored copy
	Key           string // blob key of the stored copy
	Type          string // "image/jpeg", "image/png" or "image/webp"
	Size          int64  // bytes of the stored copy
	Width, Height int    // pixels, after turning by EXIF orientation
	Limits        ImageLimits
}

// ImageLimits is what the caller's API allows of a picture. It is checked by content when the picture is taken in, and
// not kept. Zero fields are the gateway's own limits.
type ImageLimits struct {
	Bytes    int64    // at most
	MinSide  int      // pixels
	MaxRatio float64  // of the longer side to the shorter
	Types    []string // media types
}

// InputVideo is an input video. A dialect fills Source; the gateway copies the video to our storage and fills the rest.
type InputVideo struct {
	Source        string // http(s) URL, data URI or one of our own dataset URLs, as the caller sent it; not kept
	Field         string // the caller's own name of the field, for faults: "video"
	Dataset       string // UUID of the stored copy
	Key           string // blob key of the stored copy
	Type          string // "video/mp4" or "video/quicktime"
	Size          int64  // bytes
	Width, Height int    // pixels, upright
	FrameRate     float64
	Duration      time.Duration
}

// WholeSeconds is how long the video is in seconds, rounded: 0 where that is not known.
func (f InputVideo) WholeSeconds() int {
	if f.Duration <= 0 {
		return 0
	}
	return max(1, int((f.Duration+time.Second/2)/time.Second))
}

// Camera is a camera move by value, as Kling defines it: six axes, each in [-10,10] and 0 for no movement, or a preset,
// with all axes 0.
type Camera struct {
	Preset     string  // "down_back", "forward_up", "right_turn_forward" or "left_turn_forward"; "" = by axes
	Horizontal float64 // shift of the camera: left (-), right (+)
	Vertical   float64 // shift of the camera: down (-), up (+)
	Pan        float64 // turn about the upright axis: left (-), right (+)
	Tilt       float64 // turn about the level axis: down (-), up (+)
	Roll       float64 // turn about the line of sight: counter-clockwise (-), clockwise (+)
	Zoom       float64 // focal length: longer, narrower view (-); shorter, wider view (+)
}
