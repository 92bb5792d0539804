package browser_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// tabs presses the tab key n times from the top of the page and returns what has the focus each time, a line each.
func (p *studioPage) tabs(t *testing.T, n int) string {
	t.Helper()
	var all []string
	for range n {
		p.keys(t, "Tab")
		var name string
		p.Read(t, &name, `() => {
			const e = document.activeElement, box = e.getBoundingClientRect()
			const label = e.labels?.[0] ?? e
			return (box.width && box.height ? '' : 'no box: ') + (e.getAttribute('aria-label') ?? label.textContent).trim().slice(0, 60)
		}`)
		all = append(all, name)
	}
	return strings.Join(all, "\n")
}

// keys presses keys together: "Tab", "Control+Enter".
func (p *studioPage) keys(t *testing.T, keys string) {
	t.Helper()
	known := map[string]input.Key{"Tab": input.Tab, "Control": input.ControlLeft, "Enter": input.Enter, "Space": input.Space, "Escape": input.Escape, "Right": input.ArrowRight, "Left": input.ArrowLeft}
	do := p.KeyActions()
	for name := range strings.SplitSeq(keys, "+") {
		do = do.Press(known[name])
	}
	if err := do.Do(); err != nil {
		t.Fatal(err)
	}
}

// typed writes a text into what has the focus.
func (p *studioPage) typed(t *testing.T, text string) {
	t.Helper()
	if err := p.InsertText(text); err != nil {
		t.Fatal(err)
	}
}

// shell runs a command that calls curl, and returns the answer.
func shell(t *testing.T, command string) (status int, body string) {
	t.Helper()
	servertest.Need(t, "curl")
	c := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(command, "curl ", "curl -s -i ", 1))
	c.Env = append(os.Environ(), "FILMGATE_API_KEY="+servertest.Key, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, command)
	}
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(out)), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, text, _ := bytes.Cut(out, []byte("\r\n\r\n"))
	return answer.StatusCode, string(text)
}

// otherKey is a key of its own.
type otherKey struct {
	plain, id string
	data      string
}

// filmgate runs a command of the program on the server's data and returns what it printed.
func filmgate(t *testing.T, data string, arguments ...string) string {
	t.Helper()
	path, err := programs.Filmgate()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path, arguments...)
	c.Env = append(os.Environ(), "FILMGATE_DATA="+data)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", arguments, err, out)
	}
	return strings.TrimSpace(string(out))
}

// secondKey makes a key.
func (p *studioPage) secondKey(t *testing.T) otherKey {
	t.Helper()
	k := otherKey{plain: filmgate(t, p.data, "key", "create", "--name", "second"), data: p.data}
	for line := range strings.Lines(filmgate(t, p.data, "key", "list")) {
		if strings.Contains(line, "second") {
			k.id = strings.Fields(line)[0]
		}
	}
	return k
}

func (k otherKey) revoke(t *testing.T) { filmgate(t, k.data, "key", "revoke", k.id) }

// isAccessible runs axe on every page; in dark colours only its check of contrasts, because nothing else differs.
func isAccessible(t *testing.T, p *studioPage) {
	axe, err := os.ReadFile(servertest.InTree(t, "internal/web/studio/page/node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Skipf("axe is not installed (make setup-studio installs it): %v", err)
	}
	for scheme, options := range map[string]string{"light": `{ resultTypes: ['violations'] }`, "dark": `{ resultTypes: ['violations'], runOnly: ['color-contrast'] }`} {
		p.window(t, desktop, desktopHeight, scheme)
		for _, place := range places {
			p.open(t, place)
			p.Find(t, "h1")
			p.faultless(t, string(axe), options, place+", "+scheme)
		}
	}
	p.window(t, desktop, desktopHeight, "light")
}

// faultless fails if axe finds a serious fault.
func (p *studioPage) faultless(t *testing.T, axe, options, where string) {
	t.Helper()
	// The page's policy allows no script but its own files, so axe comes from the debugger, as it would from an extension.
	if _, err := p.Eval(`() => {` + axe + `}`); err != nil {
		t.Fatal(err)
	}
	var found []struct {
		ID, Impact string
		Nodes      []struct{ HTML, FailureSummary string }
	}
	p.Read(t, &found, `async () => (await axe.run(`+options+`)).violations.map(v => ({ id: v.id, impact: v.impact, nodes: v.nodes.map(n => ({ html: n.html, failureSummary: n.failureSummary })) }))`)
	for _, f := range found {
		if f.Impact == "serious" || f.Impact == "critical" {
			nodes, _ := json.Marshal(f.Nodes)
			t.Errorf("%s: %s (%s): %.1500s", where, f.ID, f.Impact, nodes)
		}
	}
}
