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
	reason    string // as the test gave it, on one line
}

func (s skip) id() string { return s.pkg + " " + s.test }

// event holds the fields that we read from a line of go test -json.
type event struct{ Action, Package, Test, Output string }

// skips reads a report of go test -json and returns its skipped tests.
func skips(r io.Reader) ([]skip, error) {
	var all []skip
	output := map[[2]string]string{} // of running tests, by package and test
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
		case e.Test == "": // a package without tests
		case e.Action == "output":
			output[test] += e.Output
		case e.Action == "skip":
			all = append(all, skip{underModule(e.Package), e.Test, reason(output[test])})
			delete(output, test)
		case e.Action == "pass" || e.Action == "fail":
			delete(output, test)
		}
	}
}

// logged matches the file and line that begin a test's log line.
var logged = regexp.MustCompile(`^\s*[\w.-]+\.go:\d+: `)

// reason returns the last message that a test logged, without file and line.
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

// module is the path of this module.
const module = "github.com/filmgate/filmgate"

// underModule returns a package's path without the module's.
func underModule(pkg string) string {
	return strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
}
