// Command skips lists the tests that a run skipped, each with its reason, and holds them to the file of those that may be.
//
//	skips -allowed FILE REPORT…
//
// A report is what go test -json writes. A line of the file allows skips:
//
//	PACKAGE TEST: REASON
//
// where the package is a path under the module, ... in package and test is any text, and the reason is the test's own, word
// for word. It exits with 1 where -strict is given and a skip is not in the file, or a line of it allows
// nothing that was skipped.
package main

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "skips:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("skips", flag.ContinueOnError)
	file := flags.String("allowed", "", "the `file` of the skips that are allowed")
	strict := flags.Bool("strict", false, "fail where the skips are not those of the file")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var skipped []skip
	for _, name := range flags.Args() {
		some, err := readFile(name, skips)
		if err != nil {
			return err
		}
		skipped = append(skipped, some...)
	}
	lines, err := readFile(*file, allowances)
	if err != nil {
		return err
	}
	slices.SortFunc(skipped, func(a, b skip) int { return cmp.Or(cmp.Compare(a.reason, b.reason), cmp.Compare(a.id(), b.id())) })
	return judge(out, slices.Compact(skipped), lines, *strict)
}

// readFile opens a file and reads it.
func readFile[T any](name string, read func(io.Reader) ([]T, error)) ([]T, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	got, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return got, nil
}

// allowance is one line of the file of allowed skips.
type allowance struct {
	line   int
	text   string
	where  *regexp.Regexp // of a skip's id
	reason string
}

// allowances reads the file of allowed skips. Empty lines and those that begin with # say nothing.
func allowances(r io.Reader) ([]allowance, error) {
	var all []allowance
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		text := strings.TrimSpace(in.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		where, reason, hasReason := strings.Cut(text, ": ")
		if len(strings.Fields(where)) != 2 || !hasReason {
			return nil, fmt.Errorf("line %d is not PACKAGE TEST: REASON", n)
		}
		pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.Join(strings.Fields(where), " ")), `\.\.\.`, `\S*`)
		all = append(all, allowance{n, text, regexp.MustCompile("^" + pattern + "$"), strings.TrimSpace(reason)})
	}
	return all, in.Err()
}

// allows reports whether the line allows the skip.
func (a allowance) allows(s skip) bool { return a.reason == s.reason && a.where.MatchString(s.id()) }

// judge lists the skips under their reasons, which they are sorted by, and says which of them no line allows and which
// lines allow none.
func judge(out io.Writer, skipped []skip, lines []allowance, strict bool) error {
	if len(skipped) > 0 {
		fmt.Fprintf(out, "%d tests were skipped:\n", len(skipped))
	}
	var reason string
	var faults int
	for _, s := range skipped {
		if s.reason != reason {
			reason = s.reason
			fmt.Fprintf(out, "  %s\n", reason)
		}
		note := ""
		if !slices.ContainsFunc(lines, func(a allowance) bool { return a.allows(s) }) {
			note = " (not in the list of allowed skips)"
			faults++
		}
		fmt.Fprintf(out, "    %s%s\n", s.id(), note)
	}
	if !strict {
		return nil
	}
	for _, a := range lines {
		if !slices.ContainsFunc(skipped, a.allows) {
			fmt.Fprintf(out, "line %d of the allowed skips allows none: %s\n", a.line, a.text)
			faults++
		}
	}
	if faults > 0 {
		return fmt.Errorf("%d faults: a skip is allowed by a line of the list, with its reason, and a line that allows none goes", faults)
	}
	return nil
}
