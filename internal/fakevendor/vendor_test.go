package fakevendor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// clockedVendor is a fake vendor with a clock of its own.
type clockedVendor struct {
	*fakevendor.Vendor
	url   string
	clock atomic.Int64
}

func newVendor(t *testing.T, o fakevendor.Options) *clockedVendor {
	t.Helper()
	p := &clockedVendor{}
	o.Now = func() time.Time { return time.Unix(p.clock.Load(), 0) }
	if o.Takes == 0 {
		o.Takes = 8 * time.Second
	}
	p.Vendor = fakevendor.New(o)
	s := httptest.NewServer(p.Vendor)
	t.Cleanup(s.Close)
	p.url = s.URL
	return p
}

// ask sends a request with the right key and the headers of the Runway wire.
func (p *clockedVendor) ask(t *testing.T, method, path, body string, headers ...string) (int, http.Header, []byte, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+fakevendor.Key)
	r.Header.Set("X-Runway-Version", "2024-11-06")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, b, err
}

// submit submits a prompt to the Runway wire, and returns the answer's status and id. Both are zero if there was no answer.
func (p *clockedVendor) submit(t *testing.T, prompt string, headers ...string) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"model": "gen4.5", "promptText": prompt, "ratio": "1280:720", "duration": 5})
	if err != nil {
		t.Fatal(err)
	}
	status, _, b, err := p.ask(t, "POST", "/runway/v1/text_to_video", string(body), headers...)
	if err != nil {
		return 0, ""
	}
	var out struct{ ID string }
	_ = json.Unmarshal(b, &out) // an error's body has no id
	return status, out.ID
}

// poll returns the status word and the link to the video, as a path.
func (p *clockedVendor) poll(t *testing.T, id string) (word, link string) {
	t.Helper()
	status, _, b, err := p.ask(t, "GET", "/runway/v1/tasks/"+id, "")
	if err != nil || status != http.StatusOK {
		t.Fatalf("%d %s %v", status, b, err)
	}
	var out struct {
		Status string
		Output []string
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	if len(out.Output) > 0 {
		link = strings.TrimPrefix(out.Output[0], p.url)
	}
	return out.Status, link
}

func TestJobsFollowTheClock(t *testing.T) {
	for _, c := range []struct {
		prompt string
		after  int64 // seconds
		want   string
	}{
		{"a cat", 0, "PENDING"}, {"a cat", 2, "RUNNING"}, {"a cat", 8, "SUCCEEDED"},
		{"a cat slow:20s", 8, "RUNNING"}, {"a cat slow:20s", 20, "SUCCEEDED"},
		{"a cat, stuck.", 3600, "RUNNING"}, {"fail:INTERNAL", 8, "FAILED"}, {"unheard", 8, "whatever"},
	} {
		p := newVendor(t, fakevendor.Options{})
		_, id := p.submit(t, c.prompt)
		p.clock.Store(c.after)
		if got, _ := p.poll(t, id); got != c.want {
			t.Errorf("%q after %d s: %s, want %s", c.prompt, c.after, got, c.want)
		}
	}
}

func TestSubmitsAreCounted(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	for _, prompt := range []string{"plain", "plain", "a tag:x 429:2", "another tag:x 429:2", "third tag:x 429:2", "tag:cut drop:1", "tag:cut drop:1"} {
		p.submit(t, prompt)
	}
	ends := time.Unix(8, 0)
	for task, want := range map[string]fakevendor.Count{
		"plain": {Tries: 2, Accepted: 2, Ends: ends}, "x": {Tries: 3, Accepted: 1, Ends: ends}, "cut": {Tries: 2, Accepted: 2, Ends: ends},
	} {
		if got := p.Tasks()[task]; got != want {
			t.Errorf("%s: %+v, want %+v", task, got, want)
		}
	}
}

func TestTasksAsJSON(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	_, id := p.submit(t, "tag:x slow:20s")
	for _, now := range []int64{5, 22, 30} {
		p.clock.Store(now)
		p.poll(t, id)
	}
	status, _, body, err := p.ask(t, "GET", "/tasks", "")
	at := func(seconds int64) string { return time.Unix(seconds, 0).Format(time.RFC3339) }
	want := `{"x":{"tries":1,"accepted":1,"polls":3,"ends":"` + at(20) + `","told":"` + at(22) + `"}}`
	if err != nil || status != http.StatusOK || strings.TrimSpace(string(body)) != want {
		t.Errorf("%d %s, want %s; %v", status, body, want, err)
	}
}

func TestFaultWordsInPromptHeaderAndFlag(t *testing.T) {
	header := fakevendor.FaultHeader + ": 503"
	for _, c := range []struct {
		name, flag, prompt string
		headers            []string
		want               int
	}{
		{"nothing", "", "a cat", nil, 200},
		{"prompt", "", "a cat 500", nil, 500},
		{"header", "", "a cat", []string{header}, 503},
		{"flag", "402", "a cat", nil, 402},
		{"a number that is no status", "", "a cat in 1984 with 200 dogs", nil, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newVendor(t, fakevendor.Options{Faults: c.flag})
			if got, _ := p.submit(t, c.prompt, c.headers...); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}

func TestEveryWordIsListedOnce(t *testing.T) {
	names := map[string]bool{}
	for _, w := range fakevendor.Words() {
		name, _, _ := strings.Cut(w[0], ":")
		if names[name] || w[1] == "" {
			t.Errorf("%s is explained twice or not at all", name)
		}
		names[name] = true
	}
	for _, name := range []string{"fail", "slow", "429", "cut", "garbage", "html", "stuck", "late-cancel", "expired-url", "redirect-private"} {
		if !names[name] {
			t.Errorf("%s is not explained", name)
		}
	}
}

func TestFileFaults(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	finished := func(words string) string {
		_, id := p.submit(t, "a cat "+words)
		p.clock.Add(8)
		_, link := p.poll(t, id)
		return link
	}
	status, _, whole, err := p.ask(t, "GET", finished(""), "")
	if err != nil || status != 200 || !bytes.Contains(whole[:12], []byte("ftyp")) || len(whole) > 20<<10 {
		t.Fatalf("%d, %d bytes, %v", status, len(whole), err)
	}
	link := finished("cut:25%")
	_, h, part, err := p.ask(t, "GET", link, "")
	if err == nil || len(part) != len(whole)/4 || h.Get("Content-Length") == "" {
		t.Errorf("cut: %d of %d bytes, %v", len(part), len(whole), err)
	}
	if status, h, _, _ := p.ask(t, "GET", link, "", "Range: bytes=100-"); status != 206 || h.Get("Content-Range") == "" {
		t.Errorf("a range is answered %d", status)
	}
	if status, _, b, _ := p.ask(t, "GET", finished("no-range"), "", "Range: bytes=100-"); status != 200 || len(b) != len(whole) {
		t.Errorf("an ignored range is answered %d with %d bytes", status, len(b))
	}
	if status, _, _, _ := p.ask(t, "GET", finished("expired-url"), ""); status != 403 {
		t.Errorf("an expired link is answered %d", status)
	}
	if status, _, _, _ := p.ask(t, "GET", strings.Replace(link, "X-Signature=", "X-Signature=f", 1), ""); status != 403 {
		t.Errorf("a forged link is answered %d", status)
	}
}

func TestVideoIsPlayable(t *testing.T) {
	ffprobe, err := exec.LookPath("ffprobe")
	if err != nil {
		t.Skip("no ffprobe")
	}
	for file, want := range map[string]string{"video.mp4": "h264,192,128,24", "video.webm": "vp8,192,128,17"} {
		out, err := exec.CommandContext(t.Context(), ffprobe, "-v", "error", "-count_frames", "-show_entries",
			"stream=codec_name,width,height,nb_read_frames", "-of", "csv=p=0", file).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %s, %v", file, out, err)
		}
	}
}

func TestEveryWireNeedsTheKey(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	for _, path := range []string{
		"GET /runway/v1/tasks/x", "GET /luma/generations/x", "GET /luma-agents/v1/generations/x", "GET /kling/v1/videos/text2video/x", "GET /webtask/tasks/x",
		"GET /makevid/api/v1/get_runway/x", "POST /localai/video", "GET /openai/v1/videos/x", "GET /vllm-omni/v1/videos/x",
		"POST /sdcpp/vid_gen", "POST /lightx2v/tasks/video/", "GET /comfy/api/v2/jobs",
	} {
		method, at, _ := strings.Cut(path, " ")
		if status, _, _, err := p.ask(t, method, at, "{}", "Authorization: Bearer wrong"); err != nil || status != 401 {
			t.Errorf("%s: %d, %v", path, status, err)
		}
	}
}

func TestPageShowsRequests(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	p.submit(t, "a <b>cat</b> tag:twice")
	p.submit(t, "a <b>cat</b> tag:twice")
	status, _, b, err := p.ask(t, "GET", "/", "")
	if err != nil || status != 200 {
		t.Fatalf("%d, %v", status, err)
	}
	for _, want := range []string{`<tr class="twice"><td>twice<td>2<td>2<td>0</tr>`, "/v1/text_to_video", "/kling/", "late-cancel"} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if seen := p.Seen(); len(seen) != 2 || seen[0].Wire != "runway" || seen[0].Task != "twice" || seen[0].Status != 200 {
		t.Errorf("seen %+v", seen)
	}
}

func TestSlowBodyEndsWithTheCaller(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	_, id := p.submit(t, "slow-body")
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", p.url+"/runway/v1/tasks/"+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+fakevendor.Key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the whole answer came")
	}
	_ = resp.Body.Close()
}
