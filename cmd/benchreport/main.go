// Command benchreport writes docs/benchmarks.md from the output of benchmarks: the figures with their goals, and by how much each is
// missed. The text around the tables is page.md.
//
//	benchreport bench.txt > docs/benchmarks.md
//
// What may enter: which figures are shown, and their goals. What may not: the benchmarks.
package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/template"

	"golang.org/x/perf/benchfmt"
)

//go:embed page.md
var page string

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchreport:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("want the file with the output of the benchmarks")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	return write(out, page, f, args[0])
}

// write fills a page's template with the results.
func write(out io.Writer, page string, results io.Reader, name string) error {
	read, err := readResults(results, name)
	if err != nil {
		return err
	}
	t, err := template.New("page").Funcs(template.FuncMap{"table": read.table, "machine": read.machine}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(out, nil)
}

// report is what was read.
type report struct {
	results  []result
	cpu, sys string
	cores    string
}

// result is one benchmark.
type result struct {
	name   string // "Poll/finished/openai"
	values map[string]float64
}

// readResults reads the output of go test -bench. A line that is no result, such as a log line of a test, is skipped; a benchmark that
// failed has none. Of results with one name the first is kept: some packages run all they have once for each database, what uses none too.
func readResults(in io.Reader, name string) (report, error) {
	var all report
	for r := benchfmt.NewReader(in, name); ; {
		if !r.Scan() {
			return all, r.Err()
		}
		one, ok := r.Result().(*benchfmt.Result)
		if !ok {
			continue
		}
		base, parts := one.Name.Parts()
		full := string(base)
		for _, p := range parts {
			if p[0] == '-' {
				all.cores = string(p[1:])
				continue
			}
			full += string(p)
		}
		values := map[string]float64{}
		for _, v := range one.Values {
			values[v.Unit] = v.Value
		}
		if !slices.ContainsFunc(all.results, func(r result) bool { return r.name == full }) {
			all.results = append(all.results, result{full, values})
		}
		all.cpu, all.sys = one.GetConfig("cpu"), one.GetConfig("goos")+"/"+one.GetConfig("goarch")
	}
}

// machine describes the machine.
func (r report) machine() string { return fmt.Sprintf("%s, %s processors, %s", r.cpu, r.cores, r.sys) }

// table returns the Markdown table of the results whose names begin with a table's name and a slash. It fails if there is none.
func (r report) table(name string) (string, error) {
	columns, ok := tables()[name]
	if !ok {
		return "", fmt.Errorf("no table %q", name)
	}
	var b strings.Builder
	b.WriteString("| |")
	for _, c := range columns {
		b.WriteString(" " + c.heading() + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(columns)) + "\n")
	found := false
	for _, one := range r.results {
		row, ok := strings.CutPrefix(one.name, name+"/")
		if !ok {
			continue
		}
		found = true
		b.WriteString("| " + row + " |")
		for _, c := range columns {
			b.WriteString(" " + c.cell(one.values) + " |")
		}
		b.WriteString("\n")
	}
	if !found {
		return "", fmt.Errorf("no result of Benchmark%s", name)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}
