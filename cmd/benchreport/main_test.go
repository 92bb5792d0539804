package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

const output = `goos: linux
goarch: amd64
pkg: github.com/filmgate/filmgate/cmd/filmgate
cpu: A Processor
a line of a log
BenchmarkRecovery/sqlite-2 	1	 0.27 s-to-listen	 0.39 s-to-step	 5.04 s-to-step-most
BenchmarkRecovery/postgres-2 	1	 0.25 s-to-listen	 11.26 s-to-step
BenchmarkCreate/postgres-2 	1	 17 req/s
BenchmarkCreate/sqlite-2 	1	 5980 req/s	 7000 req/s-loop	 0.9 ratio-req	 0.8 ratio-req-least	 1.1 ratio-req-most	 20 ms-p99	 144.9 µs-cpu	 11.8 s-to-submit
PASS
BenchmarkRecovery/postgres-2 	1	 0.26 s-to-listen	 11.27 s-to-step
PASS
`

func TestTablesHaveFiguresAndMissedGoals(t *testing.T) {
	var got bytes.Buffer
	if err := write(&got, "{{machine}}\n{{table \"Recovery\"}}\n{{table \"Create\"}}\n", strings.NewReader(output), "bench.txt"); err != nil {
		t.Fatal(err)
	}
	const want = `A Processor, 2 processors, linux/amd64
| | until it listens, s | until the first step, s (goal ≤ 5.00) | the longest of them, s (goal ≤ 5.00) |
|---|--:|--:|--:|
| sqlite | 0.27 | 0.39 | 5.04, **101 % of the goal** |
| postgres | 0.25 | 11.3, **225 % of the goal** | – |
| | creates/s (goal ≥ 6000) | the loop's | of the loop's (goal ≥ 0.80) | p99, ms (goal ≤ 50.0) | processor, µs | until the last is submitted, s |
|---|--:|--:|--:|--:|--:|--:|
| postgres | 17.0, **0.3 % of the goal** | – | – | – | – | – |
| sqlite | 5980, **99.7 % of the goal** | 7000 | 0.90 (0.80–1.10) | 20.0 | 145 | 11.8 |
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestResultsThatAreMissingAreAnError(t *testing.T) {
	for page, want := range map[string]string{`{{table "Poll"}}`: "no result of BenchmarkPoll", `{{table "Other"}}`: `no table "Other"`} {
		if err := write(io.Discard, page, strings.NewReader(output), "bench.txt"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", page, err, want)
		}
	}
}

func TestPageShowsEveryTable(t *testing.T) {
	for name := range tables() {
		if !strings.Contains(page, `{{table "`+name+`"}}`) {
			t.Errorf("page.md has no table of Benchmark%s", name)
		}
	}
}

func TestFiguresHaveThreeDigits(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", .0123: "0.012", .123: "0.12", 1.239: "1.24", 12.34: "12.3", 123.4: "123", 12345.6: "12346"} {
		if got := figure(v); got != want {
			t.Errorf("%g is written %s, want %s", v, got, want)
		}
	}
}
