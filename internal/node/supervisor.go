package node

import (
	"context"
	"errors"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/modelserver"
)

// stopGrace is how long a model server has to end by itself: a server that is told to stop has 25 s for its tasks, and ends within 30 s.
const stopGrace = 4 * time.Second

// newSupervisor returns a Supervisor of the model server of an engine, which has one. current returns the engine in force, whose cheap
// call says whether the server works.
func newSupervisor(o Options, kinds config.Kinds, e config.Engine, current func() engine.Engine, changed func(modelserver.Status)) *modelserver.Supervisor {
	program, _ := kinds.Program(e)
	return modelserver.New(modelserver.Options{
		Program: program, ReadyWithin: e.Server.ReadyWithin, Secrets: e.Secrets(), Changed: changed,
		StopGrace: stopGrace,
		Check:     func(ctx context.Context) (string, error) { return askServer(ctx, e.Name, current()) },
		Now:       o.Now, Log: o.Log.With("engine", e.Name), Panics: o.Panics,
	})
}

// askServer makes the cheap call of an engine, with its first key. A server that answers works, even if it refuses the key or has loaded a
// model that makes no videos: then that is what it said.
func askServer(ctx context.Context, name string, e engine.Engine) (said string, err error) {
	keys := engine.CheckKeys(ctx, e)
	if len(keys) == 0 {
		return "", nil
	}
	if keys[0].Err == nil {
		return keys[0].Learned, nil
	}
	failed := engine.AsError(keys[0].Err)
	if failed.Class == engine.AuthError || failed.Class == engine.ModelError {
		return failed.Explain(name) + " (" + engine.Quote(failed.Error()) + ")", nil
	}
	return "", errors.New(engine.Quote(failed.Error()))
}
