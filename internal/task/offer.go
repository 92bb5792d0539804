package task

import "time"

// Offer is one way to make a model's videos: an engine, its own model, and what that can do. A request that does not fit it
// goes to the next offer, or is refused.
type Offer struct {
	Engine     string   // configured name
	Model      string   // the engine's own name of the model
	Weight     int      // share of the tasks, relative to the other weights; 0 = it is used in its order
	Modes      []string // what it can start from: "text", "first_frame", "last_frame", "first_and_last_frame", "references", "video"; empty = all of frames and text
	Limits              // in every mode that ByMode does not name
	PromptUnit string   // what PromptLimit counts: "characters" or "utf16_units"
	Images     InputImageLimits
	Video      *InputVideoLimits // nil = it takes no input video
	ByMode     []ModeLimits      // in the order of all modes
	Sound      string            // whether its videos have sound: "none", "always", "optional" (as the request says) or "unknown"
	References ReferenceLimits
	Caption    bool          // it can write the prompt into the video
	Seed       bool          // the same seed gives the same video
	Cancel     bool          // a running job can be ended early
	Idempotent bool          // a task that is submitted twice is made once
	LookUp     bool          // a job can be found by our task id
	Callbacks  bool          // the engine reports when a job has ended; otherwise it is polled
	ResultLife time.Duration // how long the engine keeps a result; 0 = unknown
	Price      Price
	Until      time.Time // when the vendor switches the model off; zero = no end is announced
	Successor  string    // the vendor's model that takes its place; "" = unknown
}

// ModeLimits are the limits that differ in one mode. A zero limit is the offer's own.
type ModeLimits struct {
	Mode string
	Limits
}

// Price is what a video costs: PerClip plus PerSecond for each second. Zero means unknown, or nothing.
type Price struct {
	PerSecond float64 // for each second of video
	PerClip   float64 // for each video
	Currency  string  // "USD", or "credits" for the vendor's own
}

// Of returns the price of a video of that many seconds, in Currency.
func (p Price) Of(seconds int) float64 { return p.PerClip + p.PerSecond*float64(seconds) }
