package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/config"
)

var update = flag.Bool("update", false, "write docs/settings.md again")

func TestAPublicURLsPathMustBeAPrefixThatTheServerTakes(t *testing.T) {
	for _, path := range []string{"//a", "/a/../b", "/a%2Fb"} {
		new(session).run(t, "serve", "--public-url", "https://films.example"+path).expect(t, exitUsage, "FILMGATE_PUBLIC_URL", "between single slashes")
	}
}

const settingsPage = "../../docs/settings.md"

func TestSettingsPageIsUpToDate(t *testing.T) {
	page := renderSettingsPage()
	if *update {
		if err := os.WriteFile(settingsPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	there, err := os.ReadFile(settingsPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(there) != page {
		t.Errorf("docs/settings.md is stale; write it with `go test ./cmd/filmgate -run SettingsPage -update`")
	}
}

// renderSettingsPage returns docs/settings.md as it must be.
func renderSettingsPage() string {
	var b strings.Builder
	b.WriteString(`# Settings

Every setting is an environment variable and a flag of the commands that use it; the flag wins. All wrong ones are
reported at once. Made from the table in internal/config/table.go by ` + "`go test ./cmd/filmgate -run SettingsPage -update`" + `.

| variable | flag | default | what it is | allowed | used by |
|---|---|---|---|---|---|
`)
	for _, s := range config.Table() {
		fallback := "(empty)"
		if s.Default != "" {
			fallback = "`" + s.Default + "`"
		}
		help := s.Help
		if s.Secret {
			help += " (a secret: shown as `***`)"
		}
		fmt.Fprintf(&b, "| `%s` | `--%s` | %s | %s | %s | %s |\n", s.Env(), s.Flag(), fallback, help, s.Allowed, users(s))
	}
	return b.String()
}

// users returns the names of the commands that read the setting s.
func users(s config.Setting) string {
	var names []string
	for _, c := range (program{}).commands().Commands() {
		uses := c.Flags().Lookup(s.Flag()) != nil
		for _, under := range c.Commands() {
			uses = uses || under.Flags().Lookup(s.Flag()) != nil
		}
		if uses {
			names = append(names, c.Name())
		}
	}
	return strings.Join(names, ", ")
}
