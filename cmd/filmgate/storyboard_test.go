package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// storyboard makes a storyboard and returns its path.
func (p *process) storyboard(t *testing.T, body string) string {
	t.Helper()
	code, b := p.call(t, http.MethodPost, "/api/v1/storyboards", body)
	var made struct{ ID string }
	if err := json.Unmarshal(b, &made); err != nil || code != http.StatusCreated {
		t.Fatalf("%d %s", code, b)
	}
	return "/api/v1/storyboards/" + made.ID
}

// render asks for the video of a storyboard and returns the task's id.
func (p *process) render(t *testing.T, path string) string {
	t.Helper()
	code, b := p.call(t, http.MethodPost, path+"/renders", "{}")
	var made struct{ ID string }
	if err := json.Unmarshal(b, &made); err != nil || code != http.StatusCreated {
		t.Fatalf("%d %s", code, b)
	}
	return made.ID
}

func TestAStoryboardBecomesOneVideoAlsoAfterAKill(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := run(t, data)
	path := p.storyboard(t, `{"name":"Harbour","width":320,"height":180,"frame_rate":25,"shots":[
		{"request":{"prompt":"push in over dunes","seconds":1,"resolution":"480p"}},
		{"request":{"prompt":"a lake at dusk","seconds":1,"resolution":"480p","aspect_ratio":"9:16"}},
		{"request":{"prompt":"a boat at night","seconds":1,"resolution":"480p","aspect_ratio":"1:1"},"transition":{"type":"dissolve","seconds":0.4},"trim":{"start":0.2}}]}`)
	id := p.render(t, path) // before a shot is there
	p.until(t, id, func(a taskAnswer) bool { return a.Task.Status == "RUNNING" })
	p.end(syscall.SIGKILL)
	p = run(t, data)
	a := p.until(t, id, hasSucceeded).Task.Artifacts[0]
	if m := a.Metadata; m.FrameRate != 25 || m.Duration != 2.4 || m.Dimensions != [2]int{320, 180} || len(a.Previews) != 5 { // 1 + 1 + 0.8 - 0.4 seconds
		t.Errorf("metadata %+v, %d previews", m, len(a.Previews))
	}
	if got, want := p.probe(t, a.URL), "h264,High,320,180,yuv420p,bt709,25/1,60"; got != want {
		t.Errorf("the file is %s, want %s", got, want)
	}
	at := &session{env: map[string]string{"FILMGATE_URL": p.base, "FILMGATE_API_KEY": testKey}}
	board, film, sheet := path[strings.LastIndex(path, "/")+1:], filepath.Join(t.TempDir(), "film.mp4"), filepath.Join(t.TempDir(), "sheet.pdf")
	at.run(t, "storyboard", "list").expect(t, 0, board, "3      Harbour")
	at.run(t, "storyboard", "show", board).expect(t, 0, "a lake at dusk", "dissolve 0.4s", "SUCCEEDED", "3 shots, 2.4 seconds")
	at.run(t, "storyboard", "wait", board).expect(t, 0, "/cdn/")
	at.run(t, "storyboard", "download", board, "-o", film).expect(t, 0, film)
	at.run(t, "storyboard", "sheet", board, "-o", sheet).expect(t, 0, sheet)
	for name, begin := range map[string]string{film: "ftyp", sheet: "%PDF"} {
		if content, err := os.ReadFile(name); err != nil || !strings.Contains(string(content[:min(len(content), 16)]), begin) {
			t.Errorf("%s begins with %.16q, %v", name, content, err)
		}
	}
	code, b := p.call(t, http.MethodGet, path+"/renders", "")
	if code != http.StatusOK || strings.Count(string(b), `"id":"`+id) != 1 {
		t.Errorf("the renders are %d %s", code, b)
	}
}
