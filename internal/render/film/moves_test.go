package film

import (
	"os"
	"strings"
	"testing"
)

// moveNames returns the first phrase of each row of the camera's table.
func moveNames(t testing.TB) []string {
	t.Helper()
	table, err := os.ReadFile("../camera/moves.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(table)) {
		if phrases, _, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") {
			first, _, _ := strings.Cut(phrases, "|")
			all = append(all, strings.TrimPrefix(first, "~"))
		}
	}
	return all
}
