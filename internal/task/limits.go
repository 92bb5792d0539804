package task

// Limits are what a model can make, and what it takes as a prompt. A zero limit is none.
type Limits struct {
	Seconds      []int    // lengths, in seconds; empty = any up to MaxSeconds
	MaxSeconds   int      // longest length; used only if Seconds is empty
	AspectRatios []string // "16:9"; empty = any
	Resolutions  []string // "720p"; empty = any
	PromptLimit  int      // longest prompt, in the model's prompt unit
	NeedsPrompt  bool     // an input image or video without a prompt is not enough
}

// InputImageLimits are what a model takes as an input image. A zero limit is none.
type InputImageLimits struct {
	Types    []string // media types; empty = JPEG, PNG and WebP
	Bytes    int64    // largest file
	MinSide  int      // least width and height, in pixels
	MaxSide  int      // greatest width and height, in pixels
	MaxRatio float64  // longer side divided by the shorter, at most
}

// InputVideoLimits are what a model takes as an input video, and what the video decides about the result. A zero limit is
// none.
type InputVideoLimits struct {
	Types           []string // media types; empty = MP4 and QuickTime
	Bytes           int64    // largest file
	MinSeconds      float64  // shortest video
	MaxSeconds      float64  // longest video
	MaxFrameRate    float64  // frames per second
	FreeLength      bool     // the request chooses the length of the result; otherwise it is the input video's
	KeepsShape      bool     // the result has the input video's aspect ratio; none can be requested
	KeepsResolution bool     // the input video decides the resolution; none can be requested
}

// ReferenceLimits are what a model takes as references. Zero numbers mean none.
type ReferenceLimits struct {
	Images     int             // reference images
	Videos     int             // reference videos, which no request has yet
	Audio      int             // reference recordings
	Roles      []ReferenceRole // the roles that its images may have besides RoleGeneral
	Names      bool            // the prompt may mention an image or a recording by its name
	Beside     []string        // the modes in which references may be given besides: "first_frame"; without one they are all that it starts from
	NeedsImage bool            // a recording is taken only beside a reference image
	Recording  InputAudioLimits
}

// InputAudioLimits are what a model takes as a recording. A zero limit is none.
type InputAudioLimits struct {
	Types      []string // media types; empty = all that an InputAudio may have
	Bytes      int64    // largest file
	MinSeconds float64  // shortest recording
	MaxSeconds float64  // longest recording
	Unnamed    bool     // the prompt can't mention a recording by its name, though it can an image
}
