package gateway

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

// shownModels is how many models with a route of their own an error names.
const shownModels = 20

// unreadyRetry is when a caller is asked to come back if the engines that can do a request don't work now.
const unreadyRetry = 15 * time.Second

// choose returns the first engine on the model's route that can do what r asks and works now. If none can, the error holds
// the field errors of the one that came nearest; if those that can don't work now, it is Unavailable and says why.
func (g *Gateway) choose(id string, r task.Request) (registry.Choice, error) {
	all, nearest, unready := g.registry.Current().Choices(r, g.draw(id), g.now())
	if len(all) == 0 && unready != nil {
		return registry.Choice{}, &task.Error{Code: task.Unavailable, RetryAfter: unreadyRetry,
			Detail: "No video can be made at the moment: " + unready.Error() + ". Try again later."}
	}
	if len(all) == 0 {
		return registry.Choice{}, &task.Error{Code: task.Invalid, Detail: "No engine can do this.", Fields: nearest}
	}
	return all[0], nil
}

// draw depends only on the task's id, so that a task's route is always the same.
func (g *Gateway) draw(id string) registry.Draw {
	return func(parts ...string) []byte { return g.derive(append([]string{"route", id}, parts...)...) }
}

// nextTarget returns the next engine on the task's route that can do it, was not tried for it yet, and has time left by its
// own deadline; ok is false if there is none.
func (g *Gateway) nextTarget(t task.Task) (c registry.Choice, ok bool) {
	all, _, _ := g.registry.Current().Choices(t.Request, g.draw(t.ID), g.now())
	for _, c := range all {
		here := c.Name == t.Engine && c.Model == t.EngineModel
		tried := slices.ContainsFunc(t.Attempts, func(a task.Attempt) bool {
			return a.Engine == c.Name && (a.Model == c.Model || a.Model == "")
		})
		end := c.DeadlineOf(t.Created)
		if !here && !tried && (end.IsZero() || g.now().Before(end)) {
			return c, true
		}
	}
	return registry.Choice{}, false
}

// Models lists the names that a caller may give if its dialect has no models of its own: those with a route, and those that
// other dialects know, sorted.
func (g *Gateway) Models() []string {
	names := append(g.registry.Current().Models(), g.cfg.Models...)
	slices.Sort(names)
	return slices.Compact(names)
}

// RoutedModels lists the models that have a route of their own in the settings, sorted.
func (g *Gateway) RoutedModels() []string { return g.registry.Current().Models() }

// checkModel refuses a model that leads to no engine.
func (g *Gateway) checkModel(name string) []task.FieldError {
	names := g.Models()
	if g.registry.Current().Any() || g.cfg.Models == nil || slices.Contains(names, name) {
		return nil
	}
	routed := ""
	if own := g.RoutedModels(); len(own) > 0 {
		routed = ", " + strings.Join(own[:min(len(own), shownModels)], ", ") + " among them"
	}
	return []task.FieldError{{Field: "model", Detail: fmt.Sprintf("%q is no model of this server; allowed are the %d that GET /api/v1/models lists%s", task.Excerpt(name), len(names), routed)}}
}

// Offers lists the engines that make a caller's model, in the order of its route, and what each can do.
func (g *Gateway) Offers(model string) []task.Offer {
	return g.registry.Current().Offers(model, g.callbacksEnabled, g.now())
}

// EngineHealth says how the engines in force do. Forbidden for a key of any account but the operator's: the engines are the operator's.
func (g *Gateway) EngineHealth(_ context.Context, who apikey.Key) ([]task.EngineHealth, error) {
	if who.Account != keystore.Operator {
		return nil, &task.Error{Code: task.Forbidden, Detail: fmt.Sprintf("Only keys of account %d, the operator's, see the engines.", keystore.Operator)}
	}
	return g.registry.Current().Health(), nil
}

// Routed reports whether requests may go to the engine of that name: a route names it, or models without a route go to it.
func (g *Gateway) Routed(name string) bool { return g.registry.Current().Routed(name) }
