package filmgate

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// wireEngine is an engine and how it does.
type wireEngine struct {
	Name     string          `json:"name" doc:"The engine's configured name."`
	Type     string          `json:"type" doc:"Its type, as the settings file names it; animatic for the built-in renderer."`
	Models   []string        `json:"models" doc:"Its own names of the models that it makes."`
	Routes   []string        `json:"routes" doc:"The models of callers that lead to it. * stands for those without a route of their own."`
	NotReady *string         `json:"not_ready" doc:"Why it can't work now, null where it can or nobody knows."`
	Keys     []wireEngineKey `json:"keys" doc:"Its keys at the vendor; empty for the built-in renderer."`
	Server   *wireServer     `json:"server" doc:"The model server that the server that answers runs for it; null where it runs none."`
}

// wireServer is a model server that Filmgate runs as a child process.
type wireServer struct {
	State    task.ModelServerState `json:"state" doc:"starting (it does not answer yet), healthy, waiting (it ended, and is started again at retry_at) or stopped. Tasks wait unless it is healthy."`
	Since    wireTime              `json:"since" doc:"When it came to this state."`
	PID      *int                  `json:"pid" doc:"The number of its process, null where it does not run."`
	Restarts int                   `json:"restarts" doc:"How often it was started again."`
	Failure  *string               `json:"failure" doc:"Why it last ended or could not be started, with its last lines; null where it works."`
	RetryAt  *wireTime             `json:"retry_at" doc:"When it is started again, null where it runs."`
}

type wireEngineKey struct {
	Name        string        `json:"name" doc:"The key's configured name, empty where the engine has one key. It is no part of the key."`
	State       task.KeyState `json:"state" doc:"working, paused (it gets no new job before paused_until), or probing: the next call tries whether it works again."`
	PausedUntil *wireTime     `json:"paused_until" doc:"Until when it is paused, null where it is not."`
	PauseReason *string       `json:"pause_reason" doc:"Why it is paused, null where it is not."`
	InFlight    int           `json:"in_flight" doc:"Jobs of the server that answers that have not ended."`
	MaxInFlight *int          `json:"max_in_flight" doc:"The most jobs at once, null where there is no limit."`
	LastError   *string       `json:"last_error" doc:"The newest error that says something about the vendor or the key, without secrets; null where there was none since the server's start."`
	LastErrorAt *wireTime     `json:"last_error_at" doc:"When that was."`
}

// engineList is every engine, always on one page.
type engineList struct {
	Engines []wireEngine `json:"engines" doc:"The engines in the order of the settings file; the built-in renderer is last."`
	Next    *string      `json:"next" doc:"Always null: all engines are on one page."`
}

func encodeEngine(h task.EngineHealth) wireEngine {
	out := wireEngine{Name: h.Name, Type: h.Type, Models: append([]string{}, h.Models...), Routes: append([]string{}, h.Routes...), NotReady: textOrNull(h.NotReady), Keys: []wireEngineKey{}}
	for _, k := range h.Keys {
		out.Keys = append(out.Keys, wireEngineKey{
			Name: k.Name, State: k.State, PausedUntil: timeOrNull(k.PausedUntil), PauseReason: textOrNull(k.PauseReason), InFlight: k.InFlight,
			MaxInFlight: numberOrNull(k.MaxInFlight), LastError: textOrNull(k.LastError), LastErrorAt: timeOrNull(k.LastErrorAt),
		})
	}
	if s := h.Server; s != nil {
		out.Server = &wireServer{State: s.State, Since: wireTime(s.Since), PID: numberOrNull(s.PID), Restarts: s.Restarts, Failure: textOrNull(s.Failure), RetryAt: timeOrNull(s.Retry)}
	}
	return out
}

func (c calls) listEngines(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	all, err := c.gw.EngineHealth(r.Context(), who)
	if err != nil {
		return nil, err
	}
	out := engineList{Engines: []wireEngine{}}
	for _, h := range all {
		out.Engines = append(out.Engines, encodeEngine(h))
	}
	return out, nil
}

func (c calls) engineRoutes() []dialect.Route {
	return []dialect.Route{c.route("GET /api/v1/engines", c.listEngines, dialect.Doc{
		ID: "list_engines", Tag: dialect.Engines, Summary: "List the engines and how they do", Scope: apikey.Admin,
		Text: "The engines in force, as the server that answers sees them: which models lead to them, which of their keys are paused and why, how much work is in flight, and how the model servers do that it runs. " +
			"Only keys of account 1, the operator's, may see it; others are answered 403.",
		Answers: []dialect.Answer{{Text: "All engines.", Of: engineList{}, Examples: []dialect.Example{dialect.Shown("filmgate", "engines", "engines", "all engines and how they do")}}},
	})}
}
