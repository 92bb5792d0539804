package browser_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// hardPrompt has the characters that mean something to a shell, in JSON or in a program.
const hardPrompt = "it's a \"wide\" lake \\ $HOME $(ls) `${x}` — 湖"

// showsRequests makes a task by each command and by each program that the page shows.
func showsRequests(t *testing.T, p *studioPage) {
	p.open(t, "")
	p.fill(t, "#prompt", hardPrompt)
	p.press(t, "The same request in code")
	var shown []string
	apis := p.apis(t)
	for _, name := range apis {
		p.choose(t, ".code select", name)
		runs(t, p, name, p.request(t, "curl"))
		shown = append(shown, p.request(t, "TypeScript"))
	}
	p.runsPrograms(t, shown)
}

// request returns the request in a form.
func (p *studioPage) request(t *testing.T, form string) (text string) {
	t.Helper()
	p.choose(t, ".code label:nth-child(2) select", form)
	p.Until(t, `form => document.querySelector('.code pre').textContent.startsWith('curl') === (form === 'curl')`, form)
	p.Read(t, &text, `() => document.querySelector('.code pre').textContent`)
	return text
}

// runs runs a command for a shell, and deletes the task that it makes.
func runs(t *testing.T, p *studioPage, name, command string) {
	t.Helper()
	status, body := shell(t, command)
	made := p.newest(t)
	if status/100 != 2 || made["prompt"] != hardPrompt {
		t.Errorf("%s: %d %s\n%v\n%s", name, status, body, made, command)
	}
	id, _ := made["id"].(string)
	p.server.Call(t, http.MethodDelete, "/api/v1/tasks/"+id, "")
}

// runsPrograms runs programs in one Node until each has made its task, and deletes the tasks. The SDKs are those of the examples.
func (p *studioPage) runsPrograms(t *testing.T, programs []string) {
	t.Helper()
	packages := servertest.InTree(t, "examples/typescript/node_modules")
	if _, err := os.Stat(packages); err != nil {
		t.Skipf("the SDKs are not installed (make setup-examples installs them): %v", err)
	}
	folder := t.TempDir()
	if err := os.Symlink(packages, filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	var files []string
	for i, text := range programs {
		files = append(files, filepath.Join(folder, string(rune('a'+i))+".mts"))
		if err := os.WriteFile(files[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	c := exec.CommandContext(ctx, servertest.Node(t), append([]string{"--input-type=module", "-e", `for (const file of process.argv.slice(1)) import(file).catch(e => console.error(file, e))`}, files...)...)
	c.Dir, c.Env = folder, append(os.Environ(), "FILMGATE_API_KEY="+servertest.Key, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1", "NODE_NO_WARNINGS=1")
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ids := p.awaits(t, len(programs), &said)
	stop()
	_ = c.Wait() // it was killed
	for _, id := range ids {
		p.server.Call(t, http.MethodDelete, "/api/v1/tasks/"+id, "")
	}
}

// awaits waits until as many dialects have a task of the prompt, and returns the tasks' ids.
func (p *studioPage) awaits(t *testing.T, n int, said *bytes.Buffer) (ids []string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("the programs said: %s", said)
		}
	}()
	p.Read(t, new(bool), `async (prompt, n) => {
		for (;;) {
			const { tasks } = await (await fetch('api/v1/tasks?limit=50')).json()
			if (new Set(tasks.filter(t => t.prompt === prompt).map(t => t.dialect)).size === n) return true
			await new Promise(next => setTimeout(next, 50))
		}
	}`, hardPrompt, n)
	_, body := p.server.Call(t, http.MethodGet, "/api/v1/tasks?limit=50", "")
	var page struct {
		Tasks []struct{ ID, Prompt string }
	}
	if err := json.Unmarshal(body, &page); err != nil {
		t.Fatal(err)
	}
	for _, one := range page.Tasks {
		if one.Prompt == hardPrompt {
			ids = append(ids, one.ID)
		}
	}
	return ids
}
