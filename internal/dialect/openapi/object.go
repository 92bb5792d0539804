package openapi

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object whose members keep their order, for that is the order in which a reference shows them.
type object []member

type member struct {
	name  string
	value any
}

// with adds a member.
func (o object) with(name string, value any) object { return append(o, member{name, value}) }

// maybe adds a member where ok.
func (o object) maybe(ok bool, name string, value any) object {
	if !ok {
		return o
	}
	return o.with(name, value)
}

// has reports whether there is a member of that name.
func (o object) has(name string) bool {
	for _, m := range o {
		if m.name == name {
			return true
		}
	}
	return false
}

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for part, v := range []any{m.name, m.value} {
			if part == 1 {
				b.WriteByte(':')
			}
			raw, err := marshal(v)
			if err != nil {
				return nil, err
			}
			b.Write(raw)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal is json.Marshal without the escapes that only HTML needs.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}
