package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
)

// BenchmarkTenSecondTask measures the wall time of a ten-second video with a picture, from create to SUCCEEDED, for a caller
// that polls every 50 ms. The published example took 25.2 s.
func BenchmarkTenSecondTask(b *testing.B) {
	p := run(b, b.TempDir())
	for b.Loop() {
		p.until(b, p.create(b, `{"seconds":10,"text_prompt":"camera pull out over mountains","seed":3}`), hasSucceeded)
	}
}

// BenchmarkGetFinished measures one GET of a finished task in each dialect, over one connection, and the same for a bare handler
// of net/http that writes the same bytes. It reports the ratio of the two.
func BenchmarkGetFinished(b *testing.B) {
	p := run(b, b.TempDir())
	id := p.create(b, `{"seconds":5,"text_prompt":"camera pull out over mountains","seed":3}`)
	p.until(b, id, hasSucceeded)
	for _, r := range dialecttest.Readers() {
		resp, err := http.DefaultClient.Do(r.Request(p.base, id, testKey))
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !json.Valid(body) {
			b.Fatalf("%s: %d %s", r.Name, resp.StatusCode, body)
		}
		bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(body)
		}))
		b.Run(r.Name+"/filmgate", func(b *testing.B) { load(b, p.base, r, id) })
		b.Run(r.Name+"/bare", func(b *testing.B) { load(b, bare.URL, r, id) })
		bare.Close()
	}
}

// load makes the call b.N times, from as many callers as there are cores.
func load(b *testing.B, base string, r dialecttest.Reader, id string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			resp, err := client.Do(r.Request(base, id, testKey))
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	})
}

// BenchmarkIdleMemory reports the resident memory of a server that has started and answered one request.
func BenchmarkIdleMemory(b *testing.B) {
	p := run(b, b.TempDir())
	p.call(b, http.MethodGet, "/readyz", "")
	for b.Loop() {
		b.ReportMetric(memory(b, p.cmd.Process.Pid, "VmRSS:"), "MiB-RSS")
	}
}
