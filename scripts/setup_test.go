// Package scripts_test holds the shell scripts of this folder to what they promise, on machines that the tests make up.
package scripts_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// machine is what setup.sh finds: every program by its name, with the lines of shell that it does.
type machine map[string]string

// bare is a machine of a user who may not install, with Debian's tools; its apt-get says what it is asked for.
func bare(more machine) machine {
	m := machine{"id": "echo 1000", "sudo": "exit 1", "apt-get": `echo "apt-get $*" >&2`}
	for name, does := range more {
		m[name] = does
	}
	return m
}

// rooted is a machine whose user is root.
func rooted(more machine) machine {
	m := bare(more)
	m["id"], m["env"] = "echo 0", `shift; "$@"`
	return m
}

// setUp runs setup.sh on the machine. It returns what the script wrote and its exit code.
func setUp(t *testing.T, m machine, ci string, args ...string) (string, int) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, does := range m {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!"+bash+"\n"+does+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), bash, append([]string{"setup.sh"}, args...)...)
	cmd.Env = []string{"PATH=" + dir, "CI=" + ci}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func TestSetUp(t *testing.T) {
	works := machine{"ffmpeg": "", "ffprobe": "", "gcc": ""}
	for _, c := range []struct {
		name    string
		machine machine
		ci      string
		args    string
		code    int
		says    []string
	}{
		{"what a run needs is there", bare(works), "", "run", 0, nil},
		{"what a run needs is missing, and the user may not install it", bare(nil), "", "run", 1,
			[]string{"missing: ffmpeg. Install with: sudo apt-get install -y --no-install-recommends ffmpeg\n"}},
		{"half of a package is there", bare(machine{"ffmpeg": ""}), "", "run", 1, []string{"missing: ffmpeg."}},
		{"root gets what is missing", rooted(nil), "", "run", 0, []string{"apt-get update", "apt-get install -y --no-install-recommends -qq ffmpeg"}},
		{"another system", machine{"id": "echo 0"}, "", "run", 1, []string{"Install with this system's package manager, where it has them: ffmpeg"}},
		{"tests that will be skipped are told before they run, with one command", bare(works), "", "test", 0,
			[]string{"some tests will be skipped, for want of", "chromium ", "the API reference in a browser", "the sample in R\n", "Install with: sudo apt-get install -y --no-install-recommends chromium "}},
		{"so they are where an installation fails", rooted(machine{"ffmpeg": "", "ffprobe": "", "gcc": "", "apt-get": `[ "$1" = update ]`}), "", "test", 0,
			[]string{"some tests will be skipped", "Not all could be installed with: apt-get install -y --no-install-recommends chromium "}},
		{"nothing is skipped in CI", bare(works), "true", "test", 1, []string{"missing: chromium ", " r-cran-jsonlite "}},
		{"R has a library but not what it only suggests", bare(machine{"Rscript": `[ "${!#}" != jsonlite ]`}), "", "has r-base-core r-cran-httr2 r-cran-jsonlite", 1,
			[]string{"missing: r-cran-jsonlite\n"}},
		{"a program that is there but lacks its libraries", bare(machine{"python3": "exit 1"}), "", "has python3", 1, []string{"missing: python3\n"}},
		{"a command that there is not", bare(nil), "", "tests", 2, []string{"usage:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, code := setUp(t, c.machine, c.ci, strings.Fields(c.args)...)
			if code != c.code || len(c.says) == 0 && out != "" {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.says {
				if !strings.Contains(out, want) {
					t.Errorf("it does not say %q", want)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// Whoever adds a package says what is skipped without it.
func TestEveryWantedPackageSaysWhatItIsFor(t *testing.T) {
	out, _ := setUp(t, bare(nil), "", "test")
	_, list, _ := strings.Cut(out, "for want of\n")
	list, command, found := strings.Cut(list, "Install with: sudo apt-get install -y --no-install-recommends ")
	if !found {
		t.Fatal(out)
	}
	packages, _, _ := strings.Cut(command, "\n")
	lines := strings.Split(strings.TrimSpace(list), "\n")
	if n := len(strings.Fields(packages)); n != len(lines) || n < 10 {
		t.Errorf("%d packages, %d lines", n, len(lines))
	}
	for _, line := range lines {
		if len(strings.Fields(line)) < 3 {
			t.Errorf("%q does not say what for", line)
		}
	}
}
