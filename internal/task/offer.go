package task

import "time"

// Offer is one way to have a model made: an engine, its own model, and what that can do. Where the request does not fit,
// it is refused, or goes to the next offer. Zero limits are none.
type Offer struct {
	Engine        string        // by its configured name
	Model         string        // the engine's own name of it
	Weight        int           // its share of the tasks, against the other weights; 0 = it is taken in its place
	Modes         []string      // what it can start from: "text", "first_frame", "last_frame", "first_and_last_frame", "video"; empty = all but that
	Seconds       []int         // lengths it makes; empty = any up to MaxSeconds
	MaxSeconds    int           // used where Seconds is empty
	AspectRatios  []string      // "16:9"; empty = any
	Resolutions   []string      // "720p"; empty = any
	PromptLimit   int           // in PromptUnit
	NeedsPrompt   bool          // it makes nothing of a picture or a video alone
	PromptUnit    string        // "characters" or "utf16_units"
	ImageTypes    []string      // media types of input pictures; empty = JPEG, PNG, WebP
	ImageBytes    int64         // of the largest input picture
	ImageMinSide  int           // pixels
	ImageMaxSide  int           // pixels
	ImageMaxRatio float64       // of a picture's longer side to the shorter, at most
	Video         *VideoOffer   // what it takes as an input video; nil = none
	ByMode        []ModeOffer   // limits that are others in a mode, by Modes' order
	Caption       bool          // it can write the prompt into the video
	Seed          bool          // same seed, same video
	Cancel        bool          // work can be ended early
	Idempotent    bool          // the same task submitted twice is made once
	LookUp        bool          // work can be found by our task id
	Callbacks     bool          // the engine tells when work has ended; else it is asked
	ResultLife    time.Duration // how long the engine keeps a result; 0 = it does not say
	Price         Price
}

// VideoOffer is what a model takes as an input video.
type VideoOffer struct {
	Types                  []string // media types
	Bytes                  int64
	MinSeconds, MaxSeconds float64
	MaxFrameRate           float64
	FreeLength             bool // the result may have another length
	KeepsShape             bool // no aspect ratio can be asked for
	KeepsResolution        bool // no resolution can be asked for
}

// ModeOffer is what differs in one of an offer's modes. What it leaves zero is the offer's own.
type ModeOffer struct {
	Mode         string
	Seconds      []int
	MaxSeconds   int
	AspectRatios []string
	Resolutions  []string
	PromptLimit  int
	NeedsPrompt  bool
}

// Price is what a video costs. Zero is unknown, or nothing.
type Price struct {
	PerSecond float64 // for each second of video
	PerClip   float64 // for each video, besides
	Currency  string  // "USD", or "credits" for the vendor's own
}

// Of is the price of a video of that many seconds.
func (p Price) Of(seconds int) float64 { return p.PerClip + p.PerSecond*float64(seconds) }
