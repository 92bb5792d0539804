package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// BenchmarkTenSecondTask is the wall time of a ten-second video with a picture, from create to SUCCEEDED, as a caller
// sees it who polls every 50 ms. The published example took 25.2 s.
func BenchmarkTenSecondTask(b *testing.B) {
	p := run(b, b.TempDir())
	for b.Loop() {
		p.until(b, p.create(b, `{"seconds":10,"text_prompt":"camera pull out over mountains","seed":3}`), hasSucceeded)
	}
}

// BenchmarkGetFinished is one GET of a finished task over a kept connection, beside a bare handler of net/http that
// writes the same bytes: the ratio is the price of everything we do for it.
func BenchmarkGetFinished(b *testing.B) {
	p := run(b, b.TempDir())
	id := p.create(b, `{"seconds":5,"text_prompt":"camera pull out over mountains","seed":3}`)
	p.until(b, id, hasSucceeded)
	code, body := p.call(b, http.MethodGet, "/api/v1/get_runway/"+id, "")
	if code != http.StatusOK || !json.Valid(body) {
		b.Fatalf("%d %s", code, body)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	bare := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})}
	go func() { _ = bare.Serve(l) }()
	b.Cleanup(func() { _ = bare.Close() })
	b.Run("filmgate", func(b *testing.B) { load(b, p.base+"/api/v1/get_runway/"+id) })
	b.Run("bare", func(b *testing.B) { load(b, "http://"+l.Addr().String()+"/") })
}

// load asks for the URL as often as the benchmark wishes, from as many callers as there are cores.
func load(b *testing.B, url string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Authorization", "Bearer "+testKey)
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	})
}

// BenchmarkIdleMemory reports the resident memory of a server that has just started and answered once.
func BenchmarkIdleMemory(b *testing.B) {
	p := run(b, b.TempDir())
	p.call(b, http.MethodGet, "/readyz", "")
	for b.Loop() {
		b.ReportMetric(memory(b, p.cmd.Process.Pid, "VmRSS:"), "MiB-RSS")
	}
}
