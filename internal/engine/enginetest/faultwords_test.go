package enginetest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// TestSuiteUsesEveryFaultWord holds the suite to the fake: a new word is a new fault that every engine must pass.
func TestSuiteUsesEveryFaultWord(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var suite strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		suite.Write(b)
	}
	for _, w := range fakevendor.Words() {
		word, _, _ := strings.Cut(w[0], ":")
		if word == "429" {
			word = "%d" // statuses are tried by number
		}
		// Every word stands in a string, alone or among others.
		if !regexp.MustCompile(`["\s]` + regexp.QuoteMeta(word) + `[":\s]`).MatchString(suite.String()) {
			t.Errorf("no engine is tried with the word %q", w[0])
		}
	}
}
