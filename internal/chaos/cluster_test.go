package chaos

import (
	"maps"
	"testing"
)

// running returns a cluster whose servers of these numbers run, each at a URL that is its name.
func running(t *testing.T, o Options, numbers ...int) *cluster {
	t.Helper()
	c, err := newCluster(o, t.TempDir(), t.TempDir(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.close() })
	for _, n := range numbers {
		c.all[n].base.Store(c.all[n].name)
	}
	return c
}

func TestCallersCallEachServerThatRunsAndAnswers(t *testing.T) {
	several := Options{Database: Postgres, Nodes: 4}
	for name, c := range map[string]struct {
		cluster *cluster
		want    map[string]int // calls by server
	}{
		"all of several":  {running(t, several, 0, 1, 2, 3), map[string]int{"1 (all)": 2, "2 (api)": 2, "4 (all)": 2}},
		"those that run":  {running(t, several, 1, 2, 3), map[string]int{"2 (api)": 3, "4 (all)": 3}},
		"one of several":  {running(t, several, 1), map[string]int{"2 (api)": 6}},
		"none but worker": {running(t, several, 2), map[string]int{"": 6}},
		"the one":         {running(t, Options{Database: SQLite, Nodes: 4}, 0), map[string]int{"1 (all)": 6}},
	} {
		got := map[string]int{}
		for range 6 {
			got[c.cluster.url()]++
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
