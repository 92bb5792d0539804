package main

import (
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
	"github.com/filmgate/filmgate/internal/web/browsertest"
)

// The gallery of the benchmark, and what it may take however many takes there are.
const (
	galleryTakes = 10_000
	galleryPage  = 100  // takes of one request
	galleryNodes = 1500 // elements of the page
)

// BenchmarkGallery uses the gallery of a server with 10,000 takes, each with a picture of its own: opens it, scrolls to the last take,
// searches and filters. It reports of each the milliseconds until the takes are drawn, the requests for lists, with the mean of their
// times and what they read, the most elements that the page had, and the memory of its scripts afterwards.
func BenchmarkGallery(b *testing.B) {
	data := b.TempDir()
	fillGallery(b, data)
	s := programs.Start(b, data)
	addPictures(b, data)
	p := browsertest.New(b, browsertest.Start(b), s.Base)
	p.Allow("401") // before the sign-in
	p.Size(b, 1280, 800, 1)
	g := &gallery{p, s.Base + "/#/takes", map[string]float64{}}
	g.opens(b)
	p.Find(b, "#key").MustInput(servertest.Key)
	p.Click(b, ".primary")
	g.run(b)
}

// run measures what a person does with the gallery.
func (g *gallery) run(b *testing.B) {
	b.Helper()
	for b.Loop() {
		g.measures(b, "open", 2, func() { g.opens(b) }, galleryTitle(galleryTakes))
		g.measures(b, "end", galleryTakes/galleryPage-1, func() { g.scrolls(b) }, "")
		g.measures(b, "search", 1, func() { g.chooses(b, "[type=search]", "NUMBER 00077") }, galleryTitle(77))
		g.measures(b, "search-without", 1, func() { g.chooses(b, "[type=search]", "no such words") }, "")
		g.chooses(b, "[type=search]", "")
		g.Until(b, drawn, galleryTitle(galleryTakes))
		g.measures(b, "filter", 1, func() { g.chooses(b, "[aria-label=State]", "FAILED") }, galleryTitle(galleryTakes-galleryFailures+1))
	}
	for name, sum := range g.sums {
		b.ReportMetric(sum/float64(b.N), name)
	}
}

// toTheEnd scrolls to the end whenever the list has grown, and notes the most elements that there were. It reports whether a take is drawn.
const toTheEnd = `title => {
	window.scrolling ??= new MutationObserver(() => {
		window.most = Math.max(window.most, document.querySelectorAll('*').length)
		const end = document.body.scrollHeight
		if (end === window.end) return
		window.end = end
		scrollTo(0, end)
	})
	scrollTo(0, document.body.scrollHeight)
	window.scrolling.observe(document.body, { childList: true, subtree: true, attributes: true })
	const found = [...document.querySelectorAll('.card .title')].some(e => e.textContent === title)
	if (found) window.scrolling.disconnect()
	return found
}`

// drawn reports whether a take is the first one, with its picture, if it has one; "" = whether nothing is being read.
const drawn = `title => !document.querySelector('.loading') && [...document.querySelectorAll('.card img')].every(i => i.complete)
	&& (!title || document.querySelector('.card .title')?.textContent === title)`

// gallery is the page of all takes.
type gallery struct {
	*browsertest.Page
	url  string
	sums map[string]float64 // of what is reported, by unit
}

// scrolls scrolls until the oldest take is drawn.
func (g *gallery) scrolls(b *testing.B) {
	b.Helper()
	if err := g.Timeout(10 * time.Minute).Wait(rod.Eval(toTheEnd, galleryTitle(1))); err != nil {
		b.Fatal(err)
	}
}

// opens loads the page anew.
func (g *gallery) opens(b *testing.B) {
	b.Helper()
	for _, url := range []string{"about:blank", g.url} {
		if err := g.Navigate(url); err != nil {
			b.Fatal(err)
		}
	}
}

// measures does something, and waits until a take is the first one that is drawn. It fails if that took more requests for lists than most.
func (g *gallery) measures(b *testing.B, name string, most int, does func(), first string) {
	b.Helper()
	g.Read(b, new(bool), `() => { performance.setResourceTimingBufferSize(1e5); performance.clearResourceTimings(); window.most = 0; return true }`)
	began := time.Now()
	does()
	g.Until(b, drawn, first)
	took := time.Since(began)
	var seen struct {
		Nodes int
		Times []float64 // milliseconds until the first byte of each list
		Bytes float64
	}
	g.Read(b, &seen, `() => {
		const lists = performance.getEntriesByType('resource').filter(r => r.name.includes('/api/v1/tasks?') && !r.name.includes('status=QUEUED'))
		return { nodes: Math.max(window.most ?? 0, document.querySelectorAll('*').length), times: lists.map(r => r.responseStart - r.requestStart), bytes: lists.reduce((n, r) => n + r.encodedBodySize, 0) }
	}`)
	if len(seen.Times) > most || seen.Nodes > galleryNodes {
		b.Errorf("%s: %d requests and %d elements, want at most %d and %d", name, len(seen.Times), seen.Nodes, most, galleryNodes)
	}
	total := 0.0
	for _, ms := range seen.Times {
		total += ms
	}
	g.sums[name+"-ms"] += float64(took.Milliseconds())
	g.sums[name+"-requests"] += float64(len(seen.Times))
	g.sums[name+"-ms/request"] += total / float64(max(1, len(seen.Times)))
	g.sums[name+"-elements"] += float64(seen.Nodes)
	g.sums[name+"-MiB"] += g.heap(b)
	g.sums[name+"-KiB-read"] += seen.Bytes / 1024
}

// heap returns how much memory the page's objects take, in MiB.
func (g *gallery) heap(b *testing.B) float64 {
	b.Helper()
	if err := (proto.HeapProfilerCollectGarbage{}).Call(g); err != nil {
		b.Fatal(err)
	}
	used, err := proto.RuntimeGetHeapUsage{}.Call(g)
	if err != nil {
		b.Fatal(err)
	}
	return used.UsedSize / (1 << 20)
}

// chooses gives a field a value.
func (g *gallery) chooses(b *testing.B, selector, value string) {
	b.Helper()
	g.Read(b, new(bool), `(selector, value) => {
		const field = document.querySelector(selector)
		field.value = value
		return field.dispatchEvent(new Event('change', { bubbles: true }))
	}`, selector, value)
}
