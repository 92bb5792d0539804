package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/modelserver"
)

// Up runs the model server of one engine of the settings file until ctx ends: that of the name, or the only one of that type. It calls
// works once, when the server works, with its address and what it said. Then it is started again whenever it ends. The error says why
// it did not come to work the first time; it is a UsageError if there is no such engine.
func Up(ctx context.Context, o Options, name string, works func(engine, address, said string)) error {
	loader := Loader(o.Getenv, o.Now, o.Panics)
	loader.Log = o.Log
	l, err := loader.Load(o.Settings.Config, config.Loaded{})
	if err != nil {
		return err
	}
	e, err := engineWithServer(l.File, name)
	if err != nil {
		return config.Usage(err)
	}
	run, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	worked := false
	s := newSupervisor(o, loader.Kinds, e, func() engine.Engine { return l.Engines[e.Name] }, func(now modelserver.Status) {
		switch {
		case worked:
		case now.State == modelserver.Healthy:
			worked = true
			base, _ := loader.Kinds.Address(e)
			works(e.Name, base, now.Said)
		case now.State == modelserver.Waiting:
			stop(fmt.Errorf("the model server of engine %s does not work: %s", e.Name, now.Failure))
		}
	})
	s.Run(run)
	if ctx.Err() != nil {
		return nil
	}
	return context.Cause(run)
}

// engineWithServer returns the engine of that name, or the only one of that type, if it has a model server.
func engineWithServer(f config.File, name string) (config.Engine, error) {
	var all, ofType []config.Engine
	for _, e := range f.Engines {
		if e.Server != nil {
			all = append(all, e)
		}
		switch {
		case e.Name == name && e.Server == nil:
			return e, fmt.Errorf("engine %s has no model server to start: give it `server: {command: …}` in the settings file", name)
		case e.Name == name:
			return e, nil
		case e.Type == name && e.Server != nil:
			ofType = append(ofType, e)
		}
	}
	if len(ofType) == 1 {
		return ofType[0], nil
	}
	if len(all) == 0 {
		return config.Engine{}, errors.New("no engine of the settings file has a model server: give one `server: {command: …}`")
	}
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.Name
	}
	slices.Sort(names)
	return config.Engine{}, fmt.Errorf("there is no engine %q with a model server; there are %s", name, strings.Join(names, ", "))
}
