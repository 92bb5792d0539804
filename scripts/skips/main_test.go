package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// report returns the output of go test -json for a run that skipped tests, each given as "package test: reason". One test
// passed.
func report(skipped ...string) string {
	var b strings.Builder
	write := func(action, pkg, test, output string) {
		fmt.Fprintf(&b, "{\"Action\":%q,\"Package\":%q,\"Test\":%q,\"Output\":%q}\n", action, module+"/"+pkg, test, output)
	}
	write("skip", "empty", "", "") // a package without tests
	write("output", "task", "TestPasses", "    a_test.go:3: not a skipped test's log\n")
	write("pass", "task", "TestPasses", "")
	for _, s := range skipped {
		where, reason, _ := strings.Cut(s, ": ")
		pkg, test, _ := strings.Cut(where, " ")
		write("output", pkg, test, "=== RUN   "+test+"\n")
		write("output", pkg, test, "    a_test.go:10: an earlier log line\n")
		write("output", pkg, test, "    a_test.go:12: "+reason+"\n")
		write("output", pkg, test, "--- SKIP: "+test+" (0.00s)\n")
		write("skip", pkg, test, "")
	}
	return b.String()
}

// runSkips runs the command on reports and a file of allowed skips.
func runSkips(t *testing.T, allowed string, strict bool, reports ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	args := []string{"-allowed", write("allowed", allowed), fmt.Sprintf("-strict=%v", strict)}
	for i, r := range reports {
		args = append(args, write(fmt.Sprintf("%d.json", i), r))
	}
	var out strings.Builder
	err := run(args, &out)
	return out.String(), err
}

func TestSkipsMustBeInTheFile(t *testing.T) {
	one := report("engine/fal TestEngine/cancel: the engine can't cancel")
	for _, c := range []struct {
		name, report, allowed string
		want                  string // part of the output; "" = no output
		fails                 bool   // with -strict
	}{
		{"no skip and an empty file", report(), "", "", false},
		{"a skip with a line of its own", one, "engine/fal TestEngine/cancel: the engine can't cancel", "    engine/fal TestEngine/cancel\n", false},
		{"a skip that matches a pattern", one, "engine/... .../cancel: the engine can't cancel", "  the engine can't cancel\n", false},
		{"comments and empty lines", one, "# why\n\nengine... .../cancel: the engine can't cancel\n", "1 tests were skipped", false},
		{"a skip without a line", one, "", "engine/fal TestEngine/cancel (not in the list of allowed skips)", true},
		{"another package", one, "engine/luma TestEngine/cancel: the engine can't cancel", "(not in the list", true},
		{"another test", one, "engine/fal TestEngine/find: the engine can't cancel", "(not in the list", true},
		{"a part of the test's name", one, "engine/fal TestEngine: the engine can't cancel", "(not in the list", true},
		{"another reason", one, "engine/fal TestEngine/cancel: no ffmpeg", "(not in the list", true},
		{"a line that matches no skip", report(), "# why\nmedia TestTurned: no ffmpeg", "line 2 of the allowed skips matches no skip: media TestTurned: no ffmpeg", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := runSkips(t, c.allowed, true, c.report)
			if (err != nil) != c.fails || !strings.Contains(out, c.want) || c.want == "" && out != "" {
				t.Errorf("%v:\n%s", err, out)
			}
			if _, err := runSkips(t, c.allowed, false, c.report); err != nil {
				t.Errorf("without -strict: %v", err)
			}
		})
	}
}

func TestASkipInTwoReportsIsListedOnce(t *testing.T) {
	out, err := runSkips(t, "", false, report("render TestB: why"), report("render TestA: why", "render TestB: why"))
	if want := "2 tests were skipped:\n  why\n    render TestA (not in the list of allowed skips)\n    render TestB (not in the list of allowed skips)\n"; err != nil || out != want {
		t.Errorf("%v:\n%s", err, out)
	}
}

func TestAReasonIsOnOneLine(t *testing.T) {
	got := reason("=== RUN   TestA\n    a_test.go:1: missing: ffmpeg\n        install it\n--- SKIP: TestA (0.00s)\n")
	if want := "missing: ffmpeg install it"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestUnreadableInputIsAnError(t *testing.T) {
	for name, args := range map[string][]string{
		"a report without JSON": {"", "=== RUN"},
		"a line without reason": {"media TestTurned", report()},
		"a line without a test": {"media: why", report()},
	} {
		t.Run(name, func(t *testing.T) {
			if out, err := runSkips(t, args[0], false, args[1]); err == nil {
				t.Errorf("it prints\n%s", out)
			}
		})
	}
}
