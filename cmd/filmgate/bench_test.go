package main

import (
	"net/http"
	"testing"
)

// BenchmarkTenSecondTask measures the wall time of a ten-second video with a picture, from create to SUCCEEDED, for a caller
// that polls every 50 ms. The published example took 25.2 s.
func BenchmarkTenSecondTask(b *testing.B) {
	p := run(b, b.TempDir())
	for b.Loop() {
		p.until(b, p.create(b, `{"seconds":10,"text_prompt":"camera pull out over mountains","seed":3}`), hasSucceeded)
	}
}

// BenchmarkIdleMemory reports the resident memory of a server that has started and answered one request.
func BenchmarkIdleMemory(b *testing.B) {
	p := run(b, b.TempDir())
	p.call(b, http.MethodGet, "/readyz", "")
	for b.Loop() {
		b.ReportMetric(memory(b, p.cmd.Process.Pid, "VmRSS:"), "MiB-RSS")
	}
}
