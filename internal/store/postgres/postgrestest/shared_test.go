package postgrestest

import (
	"slices"
	"testing"
)

// runs is the tests of a package, which note on which database they ran.
type runs struct {
	server *Server
	on     []string
}

// Run implements the interface of testing.M.
func (r *runs) Run() int {
	name := "sqlite"
	if r.server != nil {
		name = "postgres"
	}
	r.on = append(r.on, name)
	return 0
}

func TestBothRunsTheTestsOnTheDatabasesThatAreWanted(t *testing.T) {
	for wanted, on := range map[string][]string{"": {"sqlite", "postgres"}, "sqlite": {"sqlite"}, "postgres": {"postgres"}} {
		t.Run(wanted, func(t *testing.T) {
			if _, err := programs(); err != nil && wanted != "sqlite" {
				t.Skip(err)
			}
			t.Setenv(only, wanted)
			var r runs
			b := both{&r, func(s *Server) { r.server = s }}
			if code := b.Run(); code != 0 || !slices.Equal(r.on, on) {
				t.Errorf("exit code %d, ran on %q", code, r.on)
			}
		})
	}
	t.Run("mistyped", func(t *testing.T) {
		t.Setenv(only, "postgresql")
		var r runs
		if code := (&both{&r, nil}).Run(); code == 0 || r.on != nil {
			t.Errorf("exit code %d, ran on %q", code, r.on)
		}
	})
}
