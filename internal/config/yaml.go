package config

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// nullTag is the tag of a missing value, which may be written as ~ or null.
const nullTag = "!!null"

// variable matches the place of an environment variable's value.
var variable = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// unclosed matches such a place that is cut off.
var unclosed = regexp.MustCompile(`\$\{[A-Za-z0-9_]*$`)

// walk visits the whole file before it is decoded: it inserts the values of environment variables, and reports unknown
// settings. like is a value of the type that the node will be decoded to.
func (f *errorList) walk(n *yaml.Node, at []any, getenv func(string) string, like any) {
	t := reflect.TypeOf(like)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n.Kind == yaml.AliasNode {
		return // its first occurrence is checked
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
			case reflect.Interface: // any value is allowed here
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

// fill inserts the values of environment variables into a text. A result that is a number can be decoded as one; decoded
// as a text it stays as written.
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

// settingsIn returns the types of a struct's settings, by their names in the file.
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
