package dialect_test

import (
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
)

func TestModelsAreTheVendorsAndTheOperators(t *testing.T) {
	for _, one := range []struct {
		name                           string
		vendor, routed, known, ordered []string
	}{
		{"none", nil, nil, nil, nil},
		{"only the vendor's", []string{"ray-2", "gen-4"}, nil, []string{"gen-4", "ray-2"}, []string{"ray-2", "gen-4"}},
		{"only the operator's", nil, []string{"house"}, []string{"house"}, []string{"house"}},
		{"one of both", []string{"ray-2", "gen-4"}, []string{"a", "gen-4", "z"}, []string{"a", "gen-4", "ray-2", "z"}, []string{"ray-2", "gen-4", "a", "z"}},
	} {
		vendor, routed := slices.Clone(one.vendor), slices.Clone(one.routed)
		if got := dialect.KnownModels(vendor, routed); !slices.Equal(got, one.known) {
			t.Errorf("%s: known %q", one.name, got)
		}
		if got := dialect.AddModels(vendor, routed); !slices.Equal(got, one.ordered) {
			t.Errorf("%s: in order %q", one.name, got)
		}
		if !slices.Equal(vendor, one.vendor) || !slices.Equal(routed, one.routed) {
			t.Errorf("%s: the lists that were given have changed", one.name)
		}
	}
}
