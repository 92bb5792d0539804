package openapi

import (
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
)

// events are the requests that webhooks are sent, by the names of their types.
func (w *writer) events() object {
	var out object
	for _, e := range w.Events {
		w.route = dialect.Route{Pattern: "webhook " + e.Name} // what faults name
		if e.Summary == "" || e.Text == "" || len(e.Examples) == 0 {
			w.fault("needs a Summary, a Text and an example")
		}
		if out.has(e.Name) {
			w.fault("there are two of that name")
		}
		var headers []object
		for _, p := range e.Headers {
			if p.In != "header" || p.Text == "" {
				w.fault("the header %q needs a text, and no other place", p.Name)
			}
			headers = append(headers, object{{"name", p.Name}, {"in", p.In}, {"required", true}, {"description", p.Text},
				{"schema", schemaOf(p.Schema)}, {"example", p.Example}})
		}
		// Each event is the same struct; its type says which one it is.
		schema := object{{"allOf", []object{w.wire(e.Of, "the event's"), {{"properties", object{{"type", object{{"const", e.Name}}}}}}}}}
		responses := object{{"2XX", object{{"description", "The event has arrived."}}}}
		for _, a := range e.Answers {
			responses = responses.with(a[0], object{{"description", a[1]}})
		}
		out = out.with(e.Name, object{{"post", object{
			{"operationId", "on_" + strings.ReplaceAll(e.Name, ".", "_")}, {"tags", []dialect.Tag{e.Tag}}, {"summary", e.Summary}, {"description", e.Text}, {"security", []object{}},
			{"parameters", headers},
			{"requestBody", object{{"required", true}, {"content", object{{"application/json", w.examples(object{{"schema", schema}}, e.Examples, true)}}}}},
			{"responses", responses}}}})
	}
	return out
}
