package config

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

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
