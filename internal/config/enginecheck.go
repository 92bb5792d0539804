package config

import (
	"context"
	"fmt"
	"io"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/panics"
)

// checkedEngine is an engine with what its keys' checks returned.
type checkedEngine struct {
	Engine
	keys []engine.KeyCheck
}

// CheckEngines tries each key of each engine of the file without paying, all engines at once, and writes a line for each, in the order of the
// file. The error says how many do not work.
func (l Loaded) CheckEngines(ctx context.Context, out io.Writer) error {
	all := make([]checkedEngine, len(l.File.Engines))
	var running panics.Group
	for i, e := range l.File.Engines {
		running.Go(func() { all[i] = checkedEngine{e, engine.CheckKeys(ctx, l.Engines[e.Name])} })
	}
	running.Wait()
	keys, failed := 0, 0
	for _, e := range all {
		for _, k := range e.keys {
			keys++
			if k.Err != nil {
				failed++
			}
			if _, err := fmt.Fprintln(out, e.line(k)); err != nil {
				return err
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d keys do not work", failed, keys)
	}
	return nil
}

// line says what was learned about a key.
func (e checkedEngine) line(k engine.KeyCheck) string {
	name := e.Name
	if k.Key != "" {
		name += "/" + k.Key
	}
	switch {
	case k.Err != nil:
		failed := engine.AsError(k.Err)
		text := "✗ " + name + ": " + failed.Explain(e.Name)
		if failed.Said == "" {
			text += " (" + engine.Quote(failed.Error()) + ")"
		}
		return text
	case k.Learned == "":
		return "- " + name + ": not tried: engines of type " + e.Type + " have no call that costs nothing"
	}
	return "✓ " + name + ": " + k.Learned
}
