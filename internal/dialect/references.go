package dialect

import (
	"encoding/json"
	"strconv"

	"github.com/filmgate/filmgate/internal/task"
)

// Texts reads a list of at most limit values as an object's: the fields "0", "1" and so on of the object that it returns, whose names
// are in names. Errors name "name/0".
func (f *Fields) Texts(name string, limit int) (in *Fields, names []string) {
	in = &Fields{path: f.path + name + "/", faults: f.faults, raw: map[string]json.RawMessage{}}
	if f.seen != nil {
		f.seen.field(name).Schema = Schema{Type: "array", Items: &Schema{Type: "string"}, MaxItems: limit}
		return in, nil
	}
	var all []json.RawMessage
	if !f.decode(name, "a list of texts", &all) {
		return in, nil
	}
	if len(all) > limit {
		f.AddError(name, "has %d entries; at most %d are allowed", len(all), limit)
		return in, nil
	}
	for i, raw := range all {
		names = append(names, strconv.Itoa(i))
		in.raw[names[i]] = raw
	}
	return in, names
}

// ReferenceImages reads a list of pictures, each an http(s) URL or a data URI, as reference images.
func ReferenceImages(f *Fields, name string, limit int, limits task.ImageLimits) []task.ReferenceImage {
	var out []task.ReferenceImage
	in, names := f.Texts(name, limit)
	for _, i := range names {
		if img := Picture(in, i, false, limits); img != nil {
			out = append(out, task.ReferenceImage{Image: *img})
		} else if !in.HasErrors(i) {
			in.AddError(i, "must not be empty")
		}
	}
	return out
}
