package main

import (
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
)

// skip is one test that was skipped.
type skip struct {
	pkg, test string // the package's path under the module, the test with its parents
	reason    string // what it was skipped with, on one line
}

func (s skip) id() string { return s.pkg + " " + s.test }

// event is what is read of a line of go test -json.
type event struct{ Action, Package, Test, Output string }

// skips reads a report of go test -json.
func skips(r io.Reader) ([]skip, error) {
	var all []skip
	said := map[[2]string]string{} // by package and test, while it runs
	in := json.NewDecoder(r)
	for {
		var e event
		if err := in.Decode(&e); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		test := [2]string{e.Package, e.Test}
		switch {
		case e.Test == "": // of a whole package: it has no tests
		case e.Action == "output":
			said[test] += e.Output
		case e.Action == "skip":
			all = append(all, skip{underModule(e.Package), e.Test, reason(said[test])})
			delete(said, test)
		case e.Action == "pass" || e.Action == "fail":
			delete(said, test)
		}
	}
}

// logged begins what a test logs: the place in its source.
var logged = regexp.MustCompile(`^\s*[\w.-]+\.go:\d+: `)

// reason is the last of what a test logged, without the place where it did.
func reason(output string) string {
	var words []string
	for line := range strings.Lines(output) {
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "--- "), strings.HasPrefix(line, "=== "):
		case logged.MatchString(line):
			words = strings.Fields(logged.ReplaceAllString(line, ""))
		default:
			words = append(words, strings.Fields(line)...)
		}
	}
	return strings.Join(words, " ")
}

// module is this module's path.
const module = "github.com/filmgate/filmgate"

// underModule is a package's path without the module's.
func underModule(pkg string) string {
	return strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
}
