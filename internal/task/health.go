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
	Server   *ModelServer // nil = this server has started none for it
}

// ModelServer is how the program does that this server runs for an engine.
type ModelServer struct {
	State    ModelServerState
	Since    time.Time // when it came to this state
	PID      int       // 0 = it does not run
	Restarts int       // how often it was started again
	Failure  string    // why it last ended or could not be started, with its last lines, for the operator; "" = it works, or has not ended
	Retry    time.Time // when it is started again; zero = it runs, or is not started again
}

// ModelServerState says whether a model server works.
type ModelServerState string

// The states of a model server.
const (
	ModelServerStarting ModelServerState = "starting" // it runs, and does not answer yet
	ModelServerHealthy  ModelServerState = "healthy"
	ModelServerWaiting  ModelServerState = "waiting" // it does not run, and is started again later
	ModelServerStopped  ModelServerState = "stopped" // it does not run
)

// Problem returns why the engine can't be called now, as a sentence that callers may read; "" = it can.
func (s ModelServer) Problem() string {
	switch s.State {
	case ModelServerHealthy:
		return ""
	case ModelServerStarting:
		return "The engine's model server is starting."
	default:
		return "The engine's model server does not run at the moment."
	}
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
