package main

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// turns are measurements of a server and of its reference, one after the other, several times. On a machine where other
// programs run, only what was measured in the same turn can be compared.
type turns struct{ ours, reference []turn }

// turn is one measurement.
type turn struct {
	servertest.Loaded
	processor time.Duration // of the server, a request
}

// take measures both once.
func (t *turns) take(b *testing.B, ours, reference measured) {
	t.ours = append(t.ours, ours.measure(b))
	t.reference = append(t.reference, reference.measure(b))
}

// measure runs the load.
func (m measured) measure(b *testing.B) turn {
	before, _ := processorTime(b, m.pid)
	got, err := m.Run(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	after, _ := processorTime(b, m.pid)
	return turn{got, time.Duration((after - before) / float64(got.Requests) * float64(time.Second))}
}

// figure is one value of a turn.
type figure struct {
	unit, short string // "ms-p99" of the value, "p99" of a ratio of two
	of          func(turn) float64
}

func rate() figure { return figure{"req/s", "req", func(t turn) float64 { return t.Rate() }} }

func processor() figure {
	return figure{"µs-cpu", "cpu", func(t turn) float64 { return float64(t.processor.Nanoseconds()) / 1e3 }}
}

// quantile returns the figure of the time within which a percentage of the requests was answered.
func quantile(percent int) figure {
	short := "p" + strconv.Itoa(percent)
	return figure{"ms-" + short, short, func(t turn) float64 { return float64(t.Quantile(float64(percent)/100).Microseconds()) / 1e3 }}
}

// report reports the medians of each figure, and those of the ratios of the turns with the least and the greatest. name is that of the
// reference.
func (t *turns) report(b *testing.B, name string, figures ...figure) {
	for _, f := range figures {
		var own, other, ratios []float64
		for i := range t.ours {
			own, other = append(own, f.of(t.ours[i])), append(other, f.of(t.reference[i]))
			ratios = append(ratios, f.of(t.ours[i])/f.of(t.reference[i]))
		}
		b.ReportMetric(median(own), f.unit)
		if slices.Max(other) == 0 {
			continue // the reference has no process of its own
		}
		b.ReportMetric(median(other), f.unit+"-"+name)
		b.ReportMetric(median(ratios), "ratio-"+f.short)
		b.ReportMetric(slices.Min(ratios), "ratio-"+f.short+"-least")
		b.ReportMetric(slices.Max(ratios), "ratio-"+f.short+"-most")
	}
	b.ReportMetric(0, "ns/op") // says nothing here
}

// median returns the middle value.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
