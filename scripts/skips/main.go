// Command skips lists the tests that a run skipped, each with its reason, and compares them with a file of allowed skips.
//
//	skips -allowed FILE REPORT…
//
// A report is the output of go test -json. A line of the file allows skips:
//
//	PACKAGE TEST: REASON
//
// The package is a path under the module. "..." in package and test matches any text. The reason is exactly the test's own.
// With -strict, the exit status is 1 if a skip is not in the file, or if a line of the file matches no skip.
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
	strict := flags.Bool("strict", false, "fail if a skip is not in the file, or a line of it matches no skip")
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
	return writeReport(out, slices.Compact(skipped), lines, *strict)
}

// readFile reads a file with read. Errors of read name the file.
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
	where  *regexp.Regexp // matches a skip's id
	reason string
}

// allowances reads the file of allowed skips. Empty lines and lines that begin with # are ignored.
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

// writeReport lists the skips, which are sorted by reason, under their reasons. It marks skips that no line allows. If strict,
// it also lists the lines that match no skip, and returns an error if there are any marked skips or such lines.
func writeReport(out io.Writer, skipped []skip, lines []allowance, strict bool) error {
	if len(skipped) > 0 {
		fmt.Fprintf(out, "%d tests were skipped:\n", len(skipped))
	}
	var reason string
	var problems int
	for _, s := range skipped {
		if s.reason != reason {
			reason = s.reason
			fmt.Fprintf(out, "  %s\n", reason)
		}
		note := ""
		if !slices.ContainsFunc(lines, func(a allowance) bool { return a.allows(s) }) {
			note = " (not in the list of allowed skips)"
			problems++
		}
		fmt.Fprintf(out, "    %s%s\n", s.id(), note)
	}
	if !strict {
		return nil
	}
	for _, a := range lines {
		if !slices.ContainsFunc(skipped, a.allows) {
			fmt.Fprintf(out, "line %d of the allowed skips matches no skip: %s\n", a.line, a.text)
			problems++
		}
	}
	if problems > 0 {
		return fmt.Errorf("%d problems: add a line with the reason for each skip that is not allowed, and delete lines that match no skip", problems)
	}
	return nil
}
