package browser_test

import (
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/web/browsertest"
)

// The slow phone is that of Lighthouse: a quarter of this machine's speed, on a network that Chromium's tools call "Slow 4G".
const (
	slowness = 4              // times slower than this machine
	latency  = 150            // milliseconds there and back
	download = 1.6 * 1e6 / 8  // bytes a second
	upload   = 0.75 * 1e6 / 8 // bytes a second
)

// usable notes when the form of a take can be used. The page's policy allows no script but its own, so it comes from the debugger.
const usable = `new MutationObserver((_, watch) => {
	if (!document.querySelector('#prompt')) return
	watch.disconnect()
	window.usable = performance.now()
}).observe(document, { childList: true, subtree: true })`

// BenchmarkSlowPhone measures how long a slow phone takes from the address to the form of a take, with nothing in its cache.
func BenchmarkSlowPhone(b *testing.B) {
	s := programs.Start(b, b.TempDir())
	p := browsertest.New(b, browsertest.Start(b), s.Base)
	p.Allow("401") // before the sign-in
	p.Size(b, phone, phoneHeight, 3)
	if err := p.Navigate(s.Base); err != nil {
		b.Fatal(err)
	}
	p.Find(b, "#key").MustInput(servertest.Key)
	p.Click(b, ".primary")
	p.Find(b, "#prompt")
	p.MustEvalOnNewDocument(usable)
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	must(proto.EmulationSetCPUThrottlingRate{Rate: slowness}.Call(p))
	must(proto.NetworkEnable{}.Call(p))
	must(proto.NetworkEmulateNetworkConditions{Latency: latency, DownloadThroughput: download, UploadThroughput: upload}.Call(p))
	total := 0.0
	for b.Loop() {
		must(proto.NetworkClearBrowserCache{}.Call(p))
		must(p.Navigate("about:blank"))
		must(p.Navigate(s.Base))
		p.Until(b, `() => window.usable > 0`)
		var took float64
		p.Read(b, &took, `() => window.usable`)
		total += took
	}
	b.ReportMetric(total/float64(b.N), "ms/usable")
}
