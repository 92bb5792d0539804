package dialect

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Objects reads a list of 1 to limit objects. Their errors are added to those of f, as "name/<index from 0>/field". It
// returns nil if the list is absent or invalid.
func (f *Fields) Objects(name string, limit int) []*Fields { return f.objects(name, 1, limit) }

// ObjectsUpTo reads a list of objects as Objects does, but an empty list is valid.
func (f *Fields) ObjectsUpTo(name string, limit int) []*Fields { return f.objects(name, 0, limit) }

// ObjectsOrTexts reads a list of at most limit objects as ObjectsUpTo does. A text stands for an object that has only that field.
func (f *Fields) ObjectsOrTexts(name, field string, limit int) []*Fields {
	if f.seen != nil {
		in := f.objects(name, 0, limit)
		in[0].seen.Or = []Schema{{Type: "string"}}
		return in
	}
	var all []json.RawMessage
	if f.has(name) && json.Unmarshal(f.raw[name], &all) == nil {
		for i, one := range all {
			if kind(one) == "a string" {
				all[i] = json.RawMessage(fmt.Sprintf("{%q:%s}", field, one))
			}
		}
		f.raw[name], _ = json.Marshal(all) // they were read from it
	}
	return f.objects(name, 0, limit)
}

// objects reads a list of least to limit objects.
func (f *Fields) objects(name string, least, limit int) []*Fields {
	if f.seen != nil {
		item := Schema{Type: "object"}
		*f.seen.field(name) = Field{Name: name, Required: f.seen.field(name).Required, Schema: Schema{Type: "array", Items: &item, MinItems: least, MaxItems: limit}, asked: true}
		return []*Fields{{faults: f.faults, seen: &item}}
	}
	allowed := fmt.Sprintf("a list of %d to %d objects", least, limit)
	var all []json.RawMessage
	if !f.decode(name, allowed, &all) {
		return nil
	}
	if len(all) < least || len(all) > limit {
		f.AddError(name, "must be %s; it has %d", allowed, len(all))
		return nil
	}
	var out []*Fields
	for i, raw := range all {
		place := fmt.Sprintf("%s/%d", name, i)
		one := &Fields{path: f.path + place + "/", faults: f.faults}
		if err := json.Unmarshal(raw, &one.raw); err != nil || one.raw == nil {
			f.AddError(place, "must be an object, not %s", kind(raw))
			continue
		}
		out = append(out, one)
	}
	if len(out) < len(all) {
		return nil
	}
	f.inner = append(f.inner, out...)
	return out
}

// Strings reads a list of at most limit texts, each of which is one of those allowed. It returns nil if the list is absent or
// invalid.
func (f *Fields) Strings(name string, limit int, allowed ...string) []string {
	if f.seen != nil {
		item := Schema{Type: "string", Enum: values(allowed)}
		f.seen.field(name).Schema = Schema{Type: "array", Items: &item, MaxItems: limit}
		return nil
	}
	must := fmt.Sprintf("a list of at most %d texts, of %s", limit, strings.Join(allowed, ", "))
	var all []string
	if !f.decode(name, must, &all) {
		return nil
	}
	if len(all) > limit || slices.ContainsFunc(all, func(s string) bool { return !slices.Contains(allowed, s) }) {
		f.AddError(name, "must be %s", must)
		return nil
	}
	return all
}
