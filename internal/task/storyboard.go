package task

import (
	"slices"
	"time"
)

// Limits of storyboards.
const (
	MaxShots    = 60               // shots of a storyboard
	MaxTakes    = 20               // takes of a shot
	MaxDissolve = 10 * time.Second // the longest dissolve
	MaxTrim     = 10 * time.Minute // the latest moment that a Trim may name
)

// Storyboard is an ordered list of shots, from which one video is joined.
type Storyboard struct {
	ID            string // UUID
	Account       int64
	Version       int64 // counts the writes; 0 = it is not stored yet
	Name          string
	Width, Height int // pixels of the joined video; 0 = those of the first shot
	FrameRate     int // frames per second of the joined video; 0 = that of the first shot
	Shots         []Shot
	Created       time.Time
	Updated       time.Time
}

// Shot is an entry of a storyboard: tasks whose videos are takes of the same shot, and how the chosen one is used.
type Shot struct {
	ID         string   // UUID
	Takes      []string // IDs of tasks of the account, oldest first; never empty
	Take       string   // the chosen one of Takes
	Transition Transition
	Trim       Trim
}

// Transition is how the shot before a shot turns into it. That of the first shot has no effect.
type Transition struct {
	Type     TransitionType
	Duration time.Duration // for which both shots are seen; 0 of a cut
}

// TransitionType is a kind of transition.
type TransitionType string

// The kinds of transitions.
const (
	Cut      TransitionType = "cut"
	Dissolve TransitionType = "dissolve"
)

// Trim is the part of a video that is used. The zero value is the whole video.
type Trim struct {
	Start time.Duration // from the beginning of the video
	End   time.Duration // from the beginning of the video; 0 = the video's end
}

// SequenceModel is the Request.Model of a request with a Sequence.
const SequenceModel = "storyboard"

// Sequence is what a storyboard was when its video was asked for.
type Sequence struct {
	Storyboard    string    // ID of the storyboard
	Width, Height int       // pixels; 0 = those of the first shot
	FrameRate     int       // frames per second; 0 = that of the first shot
	Shots         []CutShot // in their order
}

// CutShot is a shot of a Sequence.
type CutShot struct {
	Task       string // ID of the task whose video is used
	Transition Transition
	Trim       Trim
}

// MaxJoined is the greatest length of a joined video.
const MaxJoined = 10 * time.Minute

// Length returns the length of the part of a video that is used.
func (t Trim) Length(video time.Duration) time.Duration {
	end := video
	if t.End > 0 {
		end = min(end, t.End)
	}
	return max(end-t.Start, 0)
}

// Find returns the position of the shot with that id, or -1.
func (b Storyboard) Find(shot string) int {
	return slices.IndexFunc(b.Shots, func(s Shot) bool { return s.ID == shot })
}

// StoryboardQuery selects storyboards and pages through them, newest first. A field that is zero does not restrict the list.
type StoryboardQuery struct {
	ID      string
	Account int64
	After   Cursor // only storyboards that follow this one in the list
	Limit   int    // most storyboards returned; 0 = 100
}

// StoryboardEdit is a change of a storyboard. A nil field is not changed.
type StoryboardEdit struct {
	Name          *string
	Width, Height *int       // 0 = those of the first shot
	FrameRate     *int       // 0 = that of the first shot
	Shots         []ShotEdit // all shots in their new order: those that are not listed are removed; nil = no change of shots
}

// ShotEdit is a shot of an edited storyboard. A nil field is not changed; of a new shot, it has its zero value.
type ShotEdit struct {
	ID         string   // of a shot that the storyboard has; "" = a new shot
	Add        []string // IDs of tasks that become takes; the last of them is chosen unless Take names another
	Take       string   // the take to choose, one of the shot's; "" = no change
	Transition *Transition
	Trim       *Trim
}
