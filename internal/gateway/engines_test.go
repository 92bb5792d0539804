package gateway_test

import (
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/registry"
	"github.com/filmgate/filmgate/internal/task"
)

func TestTheOperatorSeesTheEngines(t *testing.T) {
	h := newHarness(t)
	wrapped, err := engine.Wrap(engine.Policy{}, engine.Key{Name: "first", Engine: fake.New(nil, time.Now), InFlight: 2})
	if err != nil {
		t.Fatal(err)
	}
	h.config.Registry = registry.Registry{
		Engines: []registry.ConfiguredEngine{{Name: "team", Type: "runway", Engine: wrapped}, {Name: "own", Type: "own", Engine: h.fake}},
		Routes:  map[string][]registry.Target{"gen4": {{Engine: "team"}, {Engine: "own"}}, "fast": {{Engine: "team"}}},
	}
	h.Gateway = h.config.build()
	all, err := h.EngineHealth(t.Context(), apikey.Key{Account: keystore.Operator})
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v %v", all, err)
	}
	team, own := all[0], all[1]
	if team.Name != "team" || team.Type != "runway" || !slices.Equal(team.Routes, []string{"fast", "gen4"}) || len(team.Models) == 0 {
		t.Errorf("%+v", team)
	}
	if len(team.Keys) != 1 || team.Keys[0].Name != "first" || team.Keys[0].State != task.KeyWorking || team.Keys[0].MaxInFlight != 2 {
		t.Errorf("its keys: %+v", team.Keys)
	}
	if !slices.Equal(own.Routes, []string{"*", "gen4"}) || len(own.Keys) != 0 {
		t.Errorf("%+v", own)
	}
	_, err = h.EngineHealth(t.Context(), apikey.Key{Account: 2, Scopes: keystore.AllScopes()})
	checkRefused(t, "another account", err, task.Forbidden, "operator")
}
