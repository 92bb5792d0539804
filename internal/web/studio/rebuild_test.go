package studio_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// TestTheBuiltPagesAreThoseOfTheSource checks the types of the pages' source, builds it, and compares the files with those that are
// committed. `make studio` writes them.
func TestTheBuiltPagesAreThoseOfTheSource(t *testing.T) {
	servertest.Need(t, "npm")
	if _, err := os.Stat("page/node_modules"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("the packages of the pages are not installed (make setup-studio installs them)")
	}
	to := t.TempDir()
	inPage(t, "typescript/bin/tsc", "--noEmit")
	inPage(t, "vite/bin/vite.js", "build", "--logLevel", "warn", "--emptyOutDir", "--outDir", to)
	if built, committed := read(t, to), read(t, "built"); !slices.EqualFunc(built, committed, equal) {
		t.Errorf("the committed files are not what the source makes; `make studio` writes them: %s, %s", names(built), names(committed))
	}
}

// inPage runs a program of the installed packages in the folder of the pages' source.
func inPage(t *testing.T, program string, arguments ...string) {
	t.Helper()
	node := "node"
	if own, err := filepath.Glob(servertest.InTree(t, ".tools/node@*/bin/node")); err == nil && len(own) > 0 {
		node = own[len(own)-1]
	}
	c := exec.CommandContext(t.Context(), node, append([]string{"node_modules/" + program}, arguments...)...)
	c.Dir = "page"
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

type content struct {
	name string
	text []byte
}

func equal(a, b content) bool { return a.name == b.name && bytes.Equal(a.text, b.text) }

// read returns the files of a folder in the order of their names.
func read(t *testing.T, folder string) []content {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []content
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, content{f.Name(), text})
	}
	return out
}

func names(files []content) (out []string) {
	for _, f := range files {
		out = append(out, f.name)
	}
	return out
}
