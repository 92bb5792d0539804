package fakevendor_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

func TestStatusFaults(t *testing.T) {
	for words, want := range map[string][]int{
		"429:3": {429, 429, 429, 200, 200}, "500:1": {500, 200}, "503:0": {200}, "402": {402, 402, 402}, "599:1": {599, 200}, "400:1,": {400, 200},
		"500:1 429:2": {429, 429, 200}, "503:2 500:1": {500, 503, 200}, "399:1": {200}, "600:1": {200}, "4290:1": {200}, "0429:1": {200}, "-429": {200},
	} {
		t.Run(words, func(t *testing.T) {
			p := newVendor(t, fakevendor.Options{})
			accepted := 0
			for i, status := range want {
				got, id := p.submit(t, "a cat tag:x "+words)
				if got != status || (id != "") != (status == 200) {
					t.Errorf("submit %d: %d with id %q, want %d", i+1, got, id, status)
				}
				if status == 200 {
					accepted++
				}
			}
			if got := p.Tasks()["x"]; got.Tries != len(want) || got.Accepted != accepted {
				t.Errorf("counted %+v, want %d tries and %d accepted", got, len(want), accepted)
			}
		})
	}
}

func TestBusyAnswersHaveRetryAfter(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	for status, want := range map[int]string{429: "2", 503: "2", 500: "", 402: ""} {
		_, h, b, err := p.ask(t, "POST", "/runway/v1/text_to_video", fmt.Sprintf(`{"model":"gen4.5","promptText":"%d","ratio":"1280:720","duration":5}`, status))
		if err != nil || h.Get("Retry-After") != want || !strings.Contains(string(b), `"error"`) {
			t.Errorf("%d: Retry-After %q, %s, %v", status, h.Get("Retry-After"), b, err)
		}
	}
}

func TestTheTimeToComeBackMayBeAsked(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	_, h, _, err := p.ask(t, "POST", "/runway/v1/text_to_video", `{"model":"gen4.5","promptText":"429 retry-after:3600","ratio":"1280:720","duration":5}`)
	if err != nil || h.Get("Retry-After") != "3600" {
		t.Errorf("Retry-After %q, %v", h.Get("Retry-After"), err)
	}
}

func TestLostAnswersCreateJobs(t *testing.T) {
	for _, words := range []string{"drop:1", "garbled-submit"} {
		p := newVendor(t, fakevendor.Options{})
		if _, id := p.submit(t, "tag:x "+words); id != "" {
			t.Errorf("%s: the answer came, with %q", words, id)
		}
		if got := p.Tasks()["x"]; got.Tries != 1 || got.Accepted != 1 {
			t.Errorf("%s: %+v", words, got)
		}
		if words == "drop:1" {
			if status, id := p.submit(t, "tag:x "+words); status != 200 || id == "" {
				t.Errorf("the second is answered %d", status)
			}
		}
	}
}

// polls polls a job n times and classifies each answer.
func (p *clockedVendor) polls(t *testing.T, id string, n int, headers ...string) []string {
	t.Helper()
	var out []string
	for range n {
		status, h, b, err := p.ask(t, "GET", "/runway/v1/tasks/"+id, "", headers...)
		html, whole := strings.HasPrefix(h.Get("Content-Type"), "text/html"), bytes.HasPrefix(b, []byte("{")) && bytes.HasSuffix(b, []byte("}"))
		switch {
		case err != nil:
			out = append(out, "cut")
		case status != 200:
			out = append(out, fmt.Sprint(status))
		case html && whole:
			out = append(out, "mislabelled")
		case html:
			out = append(out, "page")
		case !whole:
			out = append(out, "half")
		default:
			out = append(out, "right")
		}
	}
	return out
}

func TestPollFaults(t *testing.T) {
	for words, want := range map[string]string{
		"": "right right right", "garbage:2": "half half right", "html:1": "page right right", "wrong-type:2": "mislabelled mislabelled right", "garbage": "half half half",
		"html": "page page page", "lost": "404 404 404", "garbage:1 html:1": "half page right", "garbage:0": "right right right", "garbages:2": "right right right",
	} {
		p := newVendor(t, fakevendor.Options{})
		_, id := p.submit(t, "tag:x "+words)
		if got := strings.Join(p.polls(t, id, 3), " "); got != want {
			t.Errorf("%s: %s, want %s", words, got, want)
		}
		if n, lost := p.Tasks()["x"].Polls, words == "lost"; !lost && n != 3 {
			t.Errorf("%s: %d polls counted", words, n)
		}
	}
}

func TestHeaderFaultsAffectOneRequest(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	_, id := p.submit(t, "a cat")
	for word, want := range map[string]string{"garbage": "half", "html": "page", "lost": "404", "wrong-type": "mislabelled"} {
		if got := p.polls(t, id, 1, fakevendor.FaultHeader+": "+word)[0]; got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
		if got := p.polls(t, id, 1)[0]; got != "right" {
			t.Errorf("after %s: %s", word, got)
		}
	}
	p.clock.Add(8)
	_, link := p.poll(t, id)
	for word, want := range map[string]string{"video-html": "text/html", "no-range": "video/mp4"} {
		if _, h, _, _ := p.ask(t, "GET", link, "", fakevendor.FaultHeader+": "+word); h.Get("Content-Type") != want {
			t.Errorf("%s: %s", word, h.Get("Content-Type"))
		}
	}
	if _, h, b, err := p.ask(t, "GET", link, "", fakevendor.FaultHeader+": cut:50%"); err == nil || h.Get("Content-Length") == fmt.Sprint(len(b)) {
		t.Errorf("cut: %d bytes of %s, %v", len(b), h.Get("Content-Length"), err)
	}
	if status, _, _, err := p.ask(t, "GET", link, ""); status != 200 || err != nil {
		t.Errorf("afterwards: %d, %v", status, err)
	}
}

func TestJobFaults(t *testing.T) {
	for words, want := range map[string]string{
		"fail:SAFETY.INPUT.TEXT": "FAILED", "fail:SAFETY.INPUT.TEXT.": "FAILED", "fail": "SUCCEEDED", "nofile": "SUCCEEDED", "stuck": "RUNNING", "unheard": "whatever", "slow:9s": "RUNNING", "slow:never": "SUCCEEDED",
	} {
		p := newVendor(t, fakevendor.Options{})
		_, id := p.submit(t, "a cat "+words)
		p.clock.Store(8)
		word, link := p.poll(t, id)
		if word != want || word != "whatever" && (link != "") != (word == "SUCCEEDED" && words != "nofile") {
			t.Errorf("%s: %s, the link is %q", words, word, link)
		}
	}
}

func TestCancelEndsARunningJob(t *testing.T) {
	for words, want := range map[string]string{"": "CANCELLED", "late-cancel": "SUCCEEDED", "stuck": "CANCELLED"} {
		p := newVendor(t, fakevendor.Options{})
		_, id := p.submit(t, "a cat "+words)
		p.clock.Store(4)
		if status, _, _, _ := p.ask(t, "DELETE", "/runway/v1/tasks/"+id, ""); status != 204 {
			t.Errorf("%s: %d", words, status)
		}
		p.clock.Store(8)
		if word, _ := p.poll(t, id); word != want {
			t.Errorf("%s: %s, want %s", words, word, want)
		}
	}
	p := newVendor(t, fakevendor.Options{})
	_, id := p.submit(t, "a cat")
	p.clock.Store(8)
	p.ask(t, "DELETE", "/runway/v1/tasks/"+id, "")
	if got := p.polls(t, id, 1)[0]; got != "404" {
		t.Errorf("a finished job that was deleted: %s", got)
	}
}

func TestDownloadFaults(t *testing.T) {
	whole, err := os.ReadFile("video.mp4")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		words     string
		downloads []string // the status of each, with "cut" if it ends early
		kind      string
	}{
		{"", []string{"200", "200"}, "video/mp4"},
		{"expired-url:1", []string{"403", "200", "200"}, ""},
		{"expired-url", []string{"403", "403"}, "application/xml"},
		{"video-html", []string{"200"}, "text/html"},
		{"video-lie", []string{"200"}, "video/mp4"},
		{"redirect-private", []string{"302"}, ""},
		{"huge", []string{"200 cut"}, "video/mp4"},
		{"video-scrambled", []string{"200"}, "video/mp4"},
		{"changes:1", []string{"200 cut", "200"}, "video/mp4"},
		{"cut:50%", []string{"200 cut", "200 cut"}, "video/mp4"},
		{"cut:100%", []string{"200"}, "video/mp4"},
	} {
		t.Run(c.words, func(t *testing.T) {
			p := newVendor(t, fakevendor.Options{})
			_, id := p.submit(t, "a cat "+c.words)
			p.clock.Store(8)
			for i, want := range c.downloads {
				_, link := p.poll(t, id)
				status, h, b, err := p.fetch(t, link)
				got := fmt.Sprint(status)
				if err != nil {
					got += " cut"
				}
				if got != want || c.kind != "" && !strings.HasPrefix(h.Get("Content-Type"), c.kind) {
					t.Errorf("download %d: %s %s, want %s %s", i+1, got, h.Get("Content-Type"), want, c.kind)
				}
				if c.words == "video-lie" != strings.HasPrefix(string(b), "<!doctype html>") && c.words != "video-html" {
					t.Errorf("download %d begins %.20q", i+1, b)
				}
				if noise := c.words == "video-scrambled"; want == "200" && c.kind == "video/mp4" && c.words != "video-lie" && bytes.Equal(b, whole) == noise {
					t.Errorf("download %d has %d bytes of %d", i+1, len(b), len(whole))
				}
			}
		})
	}
}

// fetch gets a file without a key and without following redirects.
func (p *clockedVendor) fetch(t *testing.T, link string) (int, http.Header, []byte, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", p.url+link, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, b, err
}

func TestSlowFileStallsOnce(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	_, id := p.submit(t, "slow-file:1")
	p.clock.Store(8)
	_, link := p.poll(t, id)
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", p.url+link, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	half := make([]byte, resp.ContentLength/2)
	if _, err := io.ReadFull(resp.Body, half); err != nil {
		t.Errorf("the first half: %v", err)
	}
	stop()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the second half came")
	}
	_ = resp.Body.Close()
	if status, _, b, err := p.fetch(t, link); status != 200 || err != nil || !bytes.HasPrefix(b, half) || len(b) <= len(half) {
		t.Errorf("the second download: %d, %d bytes, %v", status, len(b), err)
	}
}

func TestConcurrentClientsAreCounted(t *testing.T) {
	p := newVendor(t, fakevendor.Options{})
	const clients, each = 8, 5
	ids := make([][]string, clients)
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for range each {
				if status, id := p.submit(t, fmt.Sprintf("tag:client%d 429:1", c%2)); status == 200 {
					ids[c] = append(ids[c], id)
				}
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, mine := range ids {
		for _, id := range mine {
			if seen[id] {
				t.Errorf("%s was given twice", id)
			}
			seen[id] = true
		}
	}
	const tries = clients * each / 2
	for _, tag := range []string{"client0", "client1"} {
		if got := p.Tasks()[tag]; got.Tries != tries || got.Accepted != tries-1 {
			t.Errorf("%s: %+v, want %d tries and one of them refused", tag, got, tries)
		}
	}
	if len(seen) != 2*(tries-1) {
		t.Errorf("%d jobs", len(seen))
	}
}
