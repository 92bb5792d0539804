// Package scripts_test tests the shell scripts in this folder with fake system programs.
package scripts_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// machine holds the programs that setup.sh finds, each as a shell script by its name.
type machine map[string]string

// withoutSudo returns a Debian machine whose user may not install packages. Its apt-get prints its arguments.
func withoutSudo(more machine) machine {
	m := machine{"id": "echo 1000", "sudo": "exit 1", "apt-get": `echo "apt-get $*" >&2`}
	for name, script := range more {
		m[name] = script
	}
	return m
}

// withRoot returns a Debian machine whose user is root.
func withRoot(more machine) machine {
	m := withoutSudo(more)
	m["id"], m["env"] = "echo 0", `shift; "$@"`
	return m
}

// setUp runs setup.sh on the machine. It returns the script's output and exit code.
func setUp(t *testing.T, m machine, ci string, args ...string) (string, int) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, script := range m {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!"+bash+"\n"+script+"\n"), 0o700); err != nil {
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
	installed := machine{"ffmpeg": "", "ffprobe": "", "gcc": ""}
	for _, c := range []struct {
		name    string
		machine machine
		ci      string
		args    string
		code    int
		want    []string
	}{
		{"all that a run needs is installed", withoutSudo(installed), "", "run", 0, nil},
		{"what a run needs is missing, and the user may not install it", withoutSudo(nil), "", "run", 1,
			[]string{"missing: ffmpeg. Install with: sudo apt-get install -y --no-install-recommends ffmpeg\n"}},
		{"half of a package is installed", withoutSudo(machine{"ffmpeg": ""}), "", "run", 1, []string{"missing: ffmpeg."}},
		{"root installs what is missing", withRoot(nil), "", "run", 0, []string{"apt-get update", "apt-get install -y --no-install-recommends -qq ffmpeg"}},
		{"another system", machine{"id": "echo 0"}, "", "run", 1, []string{"Install with this system's package manager, under its names for them: ffmpeg"}},
		{"tests that will be skipped are listed, with one command to install their packages", withoutSudo(installed), "", "test", 0,
			[]string{"some tests will be skipped, because these packages are missing:", "chromium ", "the API reference in a browser", "the sample in R\n", "Install with: sudo apt-get install -y --no-install-recommends chromium "}},
		{"tests that will be skipped are listed if an installation fails", withRoot(machine{"ffmpeg": "", "ffprobe": "", "gcc": "", "apt-get": `[ "$1" = update ]`}), "", "test", 0,
			[]string{"some tests will be skipped", "Not all could be installed with: apt-get install -y --no-install-recommends chromium "}},
		{"nothing is skipped in CI", withoutSudo(installed), "true", "test", 1, []string{"missing: chromium ", " r-cran-jsonlite "}},
		{"R has a library but not one that it suggests", withoutSudo(machine{"Rscript": `[ "${!#}" != jsonlite ]`}), "", "has r-base-core r-cran-httr2 r-cran-jsonlite", 1,
			[]string{"missing: r-cran-jsonlite\n"}},
		{"an installed program lacks its libraries", withoutSudo(machine{"python3": "exit 1"}), "", "has python3", 1, []string{"missing: python3\n"}},
		{"an unknown command", withoutSudo(nil), "", "tests", 2, []string{"usage:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, code := setUp(t, c.machine, c.ci, strings.Fields(c.args)...)
			if code != c.code || len(c.want) == 0 && out != "" {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("the output does not say %q", want)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// Each wanted package says which tests are skipped without it.
func TestEveryWantedPackageNamesItsTests(t *testing.T) {
	out, _ := setUp(t, withoutSudo(nil), "", "test")
	_, list, _ := strings.Cut(out, "because these packages are missing:\n")
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
			t.Errorf("%q does not say which tests need the package", line)
		}
	}
}
