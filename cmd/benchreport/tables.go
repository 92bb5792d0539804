package main

import (
	"fmt"
	"strconv"
)

// column is one figure of a table.
type column struct {
	title   string
	unit    string  // of ReportMetric
	atLeast float64 // the goal; 0 = none
	atMost  float64 // the goal; 0 = none
}

// tables returns the columns of each table, by the name of its benchmark. The goals are those of the project.
func tables() map[string][]column {
	return map[string][]column{
		"Poll": {
			{title: "requests/s", unit: "req/s"},
			{title: "of the reference's", unit: "ratio-req", atLeast: .8},
			{title: "processor, µs", unit: "µs-cpu"},
			{title: "× the reference's", unit: "ratio-cpu", atMost: 1.5},
			{title: "p99, ms", unit: "ms-p99"},
			{title: "× the reference's", unit: "ratio-p99", atMost: 2},
		},
		"Create": {
			{title: "creates/s", unit: "req/s", atLeast: 6000},
			{title: "the loop's", unit: "req/s-loop"},
			{title: "of the loop's", unit: "ratio-req", atLeast: .8},
			{title: "p99, ms", unit: "ms-p99", atMost: 50},
			{title: "processor, µs", unit: "µs-cpu"},
			{title: "until the last is submitted, s", unit: "s-to-submit"},
		},
		"Nodes": {
			{title: "two servers, requests/s", unit: "req/s"},
			{title: "one server, requests/s", unit: "req/s-one"},
			{title: "two of one", unit: "ratio-req"},
			{title: "p99 of two, ms", unit: "ms-p99"},
			{title: "processor of two, µs a request", unit: "µs-cpu"},
			{title: "× that of one", unit: "ratio-cpu"},
		},
		"Wake": {
			{title: "median, ms", unit: "ms-p50"},
			{title: "p99, ms", unit: "ms-p99"},
		},
		"Streams": {
			{title: "median, ms", unit: "ms-p50"},
			{title: "× the reference's", unit: "ratio-p50"},
			{title: "p99, ms", unit: "ms-p99"},
			{title: "× the reference's", unit: "ratio-p99"},
			{title: "processor, µs an event", unit: "µs-cpu"},
			{title: "× the reference's", unit: "ratio-cpu"},
			{title: "memory of a stream, KiB", unit: "KiB-stream"},
			{title: "× the reference's", unit: "ratio-KiB"},
		},
		"Webhooks": {
			{title: "deliveries/s", unit: "req/s"},
			{title: "the loop's", unit: "req/s-loop"},
			{title: "of the loop's", unit: "ratio-req"},
			{title: "processor, µs", unit: "µs-cpu"},
		},
		"Studio": {
			{title: "compressed, kB", unit: "kB-gzip", atMost: 300},
			{title: "uncompressed, kB", unit: "kB"},
			{title: "of it", unit: "ratio-kB"},
		},
		"Estimate": {
			{title: "tasks waited, median, s", unit: "s-waited-p50"},
			{title: "p90, s", unit: "s-waited-p90"},
			{title: "the estimate was off by, median, s", unit: "s-off-p50"},
			{title: "p90, s", unit: "s-off-p90"},
			{title: "began later than estimated by, p90, s", unit: "s-late-p90"},
		},
		"Recovery": {
			{title: "until it listens, s", unit: "s-to-listen"},
			{title: "until the first step, s", unit: "s-to-step", atMost: 5},
			{title: "the longest of them, s", unit: "s-to-step-most", atMost: 5},
		},
		"Polling":          inFlight(),
		"PollingByEngines": byEngines(),
	}
}

// inFlight returns the columns of the table of thousands of tasks in flight.
func inFlight() []column {
	return []column{
		{title: "finished, of 240", unit: "finished"},
		{title: "their lag, median, s", unit: "s-lag-p50"},
		{title: "lag, p99, s", unit: "s-lag-p99", atMost: 6},
		{title: "until a poll heard of it, p99, s", unit: "s-heard-p99"},
		{title: "cores", unit: "cores", atMost: 1},
		{title: "cores for previews (ffmpeg)", unit: "cores-ffmpeg"},
		{title: "polls/s", unit: "polls/s"},
		{title: "until all are submitted, s", unit: "s-to-submit"},
		{title: "memory, MiB", unit: "MiB-peak"},
	}
}

// byEngines returns the columns of the table that compares twenty engines with one.
func byEngines() []column {
	return []column{
		{title: "processor with 20 engines, µs a task each second", unit: "µs-cpu"},
		{title: "with one", unit: "µs-cpu-one"},
		{title: "× that of one", unit: "ratio-cpu"},
		{title: "until a poll heard of it, with 20, p99, s", unit: "s-heard-p99"},
		{title: "with one, s", unit: "s-heard-one-p99"},
		{title: "lag with 20, median, s", unit: "s-lag-p50"},
		{title: "with one, s", unit: "s-lag-one-p50"},
		{title: "finished with 20, of 100", unit: "finished"},
		{title: "with one", unit: "finished-one"},
	}
}

// heading returns the title with the goal.
func (c column) heading() string {
	switch {
	case c.atLeast > 0:
		return fmt.Sprintf("%s (goal ≥ %s)", c.title, figure(c.atLeast))
	case c.atMost > 0:
		return fmt.Sprintf("%s (goal ≤ %s)", c.title, figure(c.atMost))
	default:
		return c.title
	}
}

// cell returns the figure of a result, its least and greatest value if they were measured, and by how much the goal is missed.
func (c column) cell(values map[string]float64) string {
	v, ok := values[c.unit]
	if !ok {
		return "–"
	}
	text := figure(v)
	if least, ok := values[c.unit+"-least"]; ok {
		text += fmt.Sprintf(" (%s–%s)", figure(least), figure(values[c.unit+"-most"]))
	}
	switch {
	case c.atLeast > 0 && v < c.atLeast:
		text += fmt.Sprintf(", **%s of the goal**", percent(v/c.atLeast))
	case c.atMost > 0 && v > c.atMost:
		text += fmt.Sprintf(", **%s of the goal**", percent(v/c.atMost))
	}
	return text
}

// figure writes a number with three significant digits, or all digits before the point.
func figure(v float64) string {
	switch {
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case v >= .1 || v == 0:
		return strconv.FormatFloat(v, 'f', 2, 64)
	default:
		return strconv.FormatFloat(v, 'f', 3, 64)
	}
}

// percent writes a share of the goal. One that would be rounded to nothing or to the goal gets a digit more.
func percent(share float64) string {
	if text := strconv.FormatFloat(share*100, 'f', 0, 64); text != "0" && text != "100" {
		return text + " %"
	}
	return strconv.FormatFloat(share*100, 'f', 1, 64) + " %"
}
