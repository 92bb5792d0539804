package enginetest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// TestSuiteUsesEveryFaultWord compares the suite with the fake vendor: every engine must be tested with every fault word.
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
			word = "%d" // statuses are tested by number
		}
		// Every word is in a string, possibly among others.
		if !regexp.MustCompile(`["\s]` + regexp.QuoteMeta(word) + `[":\s]`).MatchString(suite.String()) {
			t.Errorf("no engine is tried with the word %q", w[0])
		}
	}
}
