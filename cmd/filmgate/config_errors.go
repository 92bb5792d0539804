package main

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// errorList gathers what is wrong with a settings file, with the lines where it stands.
type errorList struct {
	path string
	root *yaml.Node
	all  []fileError
}

type fileError struct {
	line int // 0 = nowhere in the file
	text string
}

// add notes a fault of the setting at a place: names of settings and places in lists, from the top. Where the setting is
// not there, the line is that of what it would be in.
func (f *errorList) add(at []any, format string, a ...any) {
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
	f.all = append(f.all, fileError{line, place(at) + ": " + fmt.Sprintf(format, a...)})
}

// err is all faults in the order of the file; nil where there are none.
func (f *errorList) err() error {
	if len(f.all) == 0 {
		return nil
	}
	slices.SortStableFunc(f.all, func(a, b fileError) int { return cmp.Compare(a.line, b.line) })
	e := &FileError{path: f.path}
	for _, one := range f.all {
		text := one.text
		if one.line > 0 {
			text = fmt.Sprintf("line %d: %s", one.line, text)
		}
		if !slices.Contains(e.Problems, text) {
			e.Problems = append(e.Problems, text)
		}
	}
	return e
}

// place writes a path as people do: engines[0].keys[1].key.
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

// child is the value under a name, or at a place in a list; nil where there is none.
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

// nullTag is the tag of a value that is not there, written out as ~ or null or not at all.
const nullTag = "!!null"

// variable is a place where a value of the environment goes.
var variable = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// unclosed is such a place that is cut off.
var unclosed = regexp.MustCompile(`\$\{[A-Za-z0-9_]*$`)

// walk goes through the whole file before it is decoded: it puts in the environment's values, and names settings that
// there are not. like is a value of the type that the node is to become.
func (f *errorList) walk(n *yaml.Node, at []any, getenv func(string) string, like any) {
	t := reflect.TypeOf(like)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n.Kind == yaml.AliasNode {
		return // where it stands first is enough
	}
	at = slices.Clip(at)
	switch n.Kind {
	case yaml.ScalarNode:
		if n.ShortTag() == nullTag && (t.Kind() != reflect.Interface || n.Value == "") {
			f.all = append(f.all, fileError{n.Line, place(at) + ": it has no value; give it one or remove it, or the file is cut off here"})
			return
		}
		f.fill(n, at, getenv)
	case yaml.SequenceNode:
		for i, item := range n.Content {
			switch t.Kind() {
			case reflect.Slice:
				f.walk(item, append(at, i), getenv, reflect.New(t.Elem()).Interface())
			case reflect.Interface: // anything may stand here, and in it
				f.walk(item, append(at, i), getenv, like)
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			switch {
			case t.Kind() == reflect.Interface:
				f.walk(n.Content[i+1], append(at, name), getenv, like)
			case t.Kind() == reflect.Map:
				f.walk(n.Content[i+1], append(at, name), getenv, reflect.New(t.Elem()).Interface())
			case t.Kind() == reflect.Struct && name != "<<":
				known := settingsIn(t)
				if of, ok := known[name]; ok {
					f.walk(n.Content[i+1], append(at, name), getenv, reflect.New(of).Interface())
					continue
				}
				names := make([]string, 0, len(known))
				for one := range known {
					names = append(names, one)
				}
				slices.Sort(names)
				f.all = append(f.all, fileError{n.Content[i].Line, place(append(at, name)) + ": there is no such setting; allowed: " + strings.Join(names, ", ")})
			}
		}
	}
}

// fill puts the environment's values into a text. One that is a number by then may stand for one; where a text is wanted, it
// stays as it is written.
func (f *errorList) fill(n *yaml.Node, at []any, getenv func(string) string) {
	if unclosed.MatchString(n.Value) {
		f.all = append(f.all, fileError{n.Line, place(at) + ": ${ is never closed by }; write ${NAME}"})
	}
	if !variable.MatchString(n.Value) {
		return
	}
	n.Value = variable.ReplaceAllStringFunc(n.Value, func(v string) string {
		if value := getenv(v[2 : len(v)-1]); value != "" {
			return value
		}
		f.all = append(f.all, fileError{n.Line, place(at) + ": the environment has no " + v[2:len(v)-1]})
		return v
	})
	if _, err := strconv.ParseFloat(n.Value, 64); err == nil {
		n.Tag, n.Style = "", 0
	}
}

// settingsIn are the settings that a struct holds, by their names in the file.
func settingsIn(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, inline, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if inline == "inline" {
			for name, of := range settingsIn(t.Field(i).Type) {
				out[name] = of
			}
		} else if name != "" {
			out[name] = t.Field(i).Type
		}
	}
	return out
}

// mismatch is how the YAML library says that a value is of another type.
var mismatch = regexp.MustCompile("^line (\\d+): cannot unmarshal !!(\\w+)(?: `(.*)`)? into (.+)$")

// types puts the YAML library's faults into words for people who know no Go.
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
		line, _ := strconv.Atoi(m[1]) // the expression lets digits through alone
		got := map[string]string{"map": "a group of settings", "seq": "a list"}[m[2]]
		if got == "" {
			got = strconv.Quote(m[3])
		}
		f.all = append(f.all, fileError{line, got + " stands where " + wanted(m[4]) + " is needed"})
	}
}

// wanted says in words what a Go type takes.
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
