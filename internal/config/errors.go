package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// errorList collects the mistakes in a settings file, and what may be one, with their lines.
type errorList struct {
	path string
	root *yaml.Node
	all  []fileError
	may  []fileError
}

type fileError struct {
	line int // 0 = not in the file
	text string
}

// add records a mistake in the setting at a place: names of settings and indexes of lists, from the top. If the setting is
// missing, the line is that of the group it belongs to.
func (f *errorList) add(at []any, format string, a ...any) {
	f.all = append(f.all, f.entry(at, fmt.Sprintf(format, a...)))
}

// warn records what may be a mistake in the setting at a place.
func (f *errorList) warn(at []any, format string, a ...any) {
	f.may = append(f.may, f.entry(at, fmt.Sprintf(format, a...)))
}

func (f *errorList) entry(at []any, text string) fileError {
	n := f.root
	for _, step := range at {
		if next := child(n, step); next != nil {
			n = next
		}
	}
	line := 0
	if n != nil {
		line = n.Line
	}
	return fileError{line, place(at) + ": " + text}
}

// err returns all mistakes in the order of the file, or nil.
func (f *errorList) err() error {
	if len(f.all) == 0 {
		return nil
	}
	return &FileError{path: f.path, Problems: linesOf(f.all)}
}

// linesOf returns all entries as text in the order of the file, each once.
func linesOf(all []fileError) []string {
	var out []string
	slices.SortStableFunc(all, func(a, b fileError) int { return cmp.Compare(a.line, b.line) })
	for _, one := range all {
		text := one.text
		if one.line > 0 {
			text = fmt.Sprintf("line %d: %s", one.line, text)
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// place returns a path as text: engines[0].keys[1].key.
func place(at []any) string {
	var b strings.Builder
	for _, step := range at {
		switch s := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", s)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s)
		}
	}
	return b.String()
}

// child returns the value of a name, or at an index of a list, or nil.
func child(n *yaml.Node, step any) *yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch s := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && s < len(n.Content) {
			return n.Content[s]
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == s {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// mismatch matches the YAML library's error for a value of a wrong type.
var mismatch = regexp.MustCompile("^line (\\d+): cannot unmarshal !!(\\w+)(?: `(.*)`)? into (.+)$")

// types adds the YAML library's errors, in words for people who do not know Go.
func (f *errorList) types(many *yaml.TypeError) {
	for _, text := range many.Errors {
		m := mismatch.FindStringSubmatch(text)
		if m == nil {
			rest, line := text, 0
			if _, err := fmt.Sscanf(text, "line %d:", &line); err == nil {
				_, rest, _ = strings.Cut(text, ": ")
			}
			f.all = append(f.all, fileError{line, rest})
			continue
		}
		line, _ := strconv.Atoi(m[1]) // the expression matches only digits
		got := map[string]string{"map": "a group of settings", "seq": "a list"}[m[2]]
		if got == "" {
			got = strconv.Quote(m[3])
		}
		f.all = append(f.all, fileError{line, got + " is given where " + wanted(m[4]) + " is needed"})
	}
}

// wanted returns in words what a Go type takes.
func wanted(kind string) string {
	switch {
	case strings.HasSuffix(kind, "time.Duration"):
		return "a duration such as 90s, 30m or 24h"
	case strings.HasPrefix(kind, "[]"):
		return "a list"
	case strings.HasPrefix(kind, "int"):
		return "a whole number"
	case strings.HasPrefix(kind, "float"):
		return "a number"
	case kind == "bool":
		return "true or false"
	case kind == "string":
		return "a text"
	default:
		return "a group of settings"
	}
}
