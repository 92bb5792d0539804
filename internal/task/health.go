package task

import "time"

// EngineHealth is how an engine does, as one server sees it.
type EngineHealth struct {
	Name     string // configured
	Type     string // as the settings file names it: "runway"; "animatic" for the built-in renderer
	Models   []string
	Routes   []string // the models of callers that lead to it, sorted; "*" = those without a route of their own
	NotReady string   // why it can't work now; "" = it can, or nobody knows
	Keys     []KeyHealth
}

// KeyHealth is how one key of an engine does at its vendor.
type KeyHealth struct {
	Name        string // "" if the engine has one key
	State       KeyState
	PausedUntil time.Time // no new job before; zero = it is not paused
	PauseReason string    // "" = it is not paused
	InFlight    int       // jobs of this server that have not ended
	MaxInFlight int       // 0 = no limit
	LastError   string    // of a call, without secrets; "" = none since the start
	LastErrorAt time.Time
}

// KeyState says whether a key is used.
type KeyState string

// The states of a key.
const (
	KeyWorking KeyState = "working"
	KeyPaused  KeyState = "paused"  // after repeated failures, or because the vendor refused it
	KeyProbing KeyState = "probing" // one call tries whether it works again
)

// KeyStates lists all states of a key.
func KeyStates() []KeyState { return []KeyState{KeyWorking, KeyPaused, KeyProbing} }
