package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestEveryCommandHasAManualPageWithItsFlags(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "made", "man1")
	(&session{env: map[string]string{dateVariable: "1795000000"}}).run(t, "man", folder).expect(t, 0)
	pages := 0
	eachCommand(program{}.commands(), func(c *cobra.Command) {
		pages++
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(page), `\-`, "-")
		wanted := []string{c.Short, `"Nov 2026"`}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			_, origin, _ := strings.Cut(f.Usage, "[FILMGATE_") // with the default
			wanted = append(wanted, "--"+f.Name, origin)
		})
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	})
	if there, err := os.ReadDir(folder); err != nil || len(there) != pages+5 {
		t.Errorf("%d pages of %d commands and the 5 of filmgate completion, %v", len(there), pages, err)
	}
}

// eachCommand calls see with c and every command below it.
func eachCommand(c *cobra.Command, see func(*cobra.Command)) {
	see(c)
	for _, under := range c.Commands() {
		eachCommand(under, see)
	}
}

func TestTheManualsDateIsThatOfTheVariable(t *testing.T) {
	page := func(env map[string]string) string {
		folder := t.TempDir()
		(&session{env: env}).run(t, "man", folder).expect(t, 0)
		text, err := os.ReadFile(filepath.Join(folder, "filmgate.1"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if text := page(nil); !strings.Contains(text, `"Nov 2026"`) { // the session's clock
		t.Error("without the variable it is not today")
	}
	if text := page(map[string]string{dateVariable: "0"}); !strings.Contains(text, `"Jan 1970"`) {
		t.Error("the variable has no effect")
	}
	(&session{env: map[string]string{dateVariable: "today"}}).run(t, "man", t.TempDir()).expect(t, exitUsage, dateVariable, `"today"`, "a whole number")
}
