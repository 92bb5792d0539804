package openapi

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// responses are the answers of a call by status, and its errors.
func (w *writer) responses() object {
	d := w.route.Doc
	var out object
	for _, a := range d.Answers {
		status := a.Status
		if status == 0 {
			status = http.StatusOK
		}
		if out.has(strconv.Itoa(status)) {
			w.fault("two answers are %d", status)
		}
		out = out.with(strconv.Itoa(status), w.response(a))
	}
	if d.ETag && len(d.Answers) > 0 {
		unchanged := w.response(dialect.Answer{Text: "The caller has the answer already: its ETag is the one in `If-None-Match`.", Headers: d.Answers[0].Headers})
		out = out.with("304", unchanged)
	}
	for _, status := range w.errors() {
		name := strconv.Itoa(status)
		if !out.has(name) {
			out = out.with(name, object{{"$ref", "#/components/responses/" + w.formOf().Name + name}})
		}
	}
	slices.SortStableFunc(out, func(a, b member) int { return compareStatus(a.name, b.name) })
	return out
}

func compareStatus(a, b string) int {
	x, _ := strconv.Atoi(a) // both are numbers
	y, _ := strconv.Atoi(b)
	return x - y
}

func (w *writer) response(a dialect.Answer) object {
	if a.Text == "" {
		w.fault("an answer has no text")
	}
	d := w.route.Doc
	headers := object{requestID()}
	for _, h := range a.Headers {
		headers = headers.with(h[0], header(h[1]))
	}
	if d.Idempotent {
		headers = headers.with("Idempotent-Replayed", header("`true` where the answer repeats that of an earlier request with the same `Idempotency-Key`. Absent otherwise."))
	}
	if d.Ignores {
		headers = headers.with(ignored())
	}
	if d.ETag {
		headers = headers.with("ETag", header("Of a task that has ended. Send it as `If-None-Match` to be told 304 until something changes."))
	}
	if w.route.LongPoll {
		headers = headers.with("Preference-Applied", header("`wait` where the call was asked to wait by `Prefer`. Absent otherwise."))
	}
	o := object{{"description", a.Text}, {"headers", headers}}
	var content object
	if a.Of != nil {
		kind := a.Type
		if kind == "" {
			kind = "application/json"
		}
		content = content.with(kind, w.examples(object{{"schema", w.wire(a.Of, "the answer's")}}, a.Examples, true))
	}
	for _, m := range a.Media {
		content = content.with(m.Type, object{{"schema", schemaOf(m.Schema)}})
	}
	return o.maybe(content != nil, "content", content)
}

// wire is the schema of a body. What is wrong with its structs is a fault of the call. whose is "the answer's".
func (w *writer) wire(body any, whose string) object {
	ref := w.ref(reflect.TypeOf(body))
	for _, text := range w.wrong {
		w.fault("%s %s", whose, text)
	}
	w.wrong = nil
	return ref
}

// ignored is the header that tells what a call ignored.
func ignored() (string, any) {
	return dialect.IgnoredHeader, header("Fields of the body and parameters of the query that the call does not know and ignored, sorted, percent-encoded and " +
		"parted by commas: `camera_control/speed, ?debug`. It ends with `...` where there are more. Absent where there are none, and of calls that refuse them.")
}

func header(text string) object {
	return object{{"description", text}, {"schema", object{{"type", "string"}}}}
}

func requestID() member {
	return member{"X-Request-Id", object{{"$ref", "#/components/headers/RequestId"}}}
}

// formOf is the form of the call's errors.
func (w *writer) formOf() *form {
	given := w.route.Doc.Form
	if given == nil {
		given = dialect.Problems()
	}
	f, ok := w.forms[given.Name]
	if !ok {
		f = &form{ErrorForm: *given}
		w.forms[given.Name] = f
		w.order = append(w.order, given.Name)
	}
	return f
}

// errors are the statuses of all errors that the call may answer with.
func (w *writer) errors() []int {
	d := w.route.Doc
	codes := append(slices.Clone(d.Errors), task.InternalError)
	if d.Scope != "" {
		codes = append(codes, task.Unauthorized, task.Forbidden, task.Unavailable)
	}
	if d.Body != nil {
		codes = append(codes, task.Invalid, task.TooLarge, task.Unsupported)
	}
	if d.Idempotent {
		codes = append(codes, task.Conflict, task.Unreadable)
	}
	if w.route.LongPoll {
		codes = append(codes, task.Invalid)
	}
	f := w.formOf()
	var out []int
	for _, c := range codes {
		if !slices.Contains(f.codes, c) {
			f.codes = append(f.codes, c)
		}
		if s := f.Status(c); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// components are what calls refer to.
func (w *writer) components() object {
	var responses object
	for _, name := range w.order {
		responses = append(responses, w.errorResponses(w.forms[name])...)
	}
	return object{
		{"schemas", w.schemas},
		{"responses", responses},
		{"parameters", object{
			{"IdempotencyKey", object{{"name", "Idempotency-Key"}, {"in", "header"},
				{"description", "Makes the request safe to repeat: for 24 hours, unless the operator has set another time, a repeat with the same key and body is answered with the task of the first, " +
					"and makes no other. A UUID does well; quoted or bare."},
				{"schema", object{{"type", "string"}, {"minLength", 1}, {"maxLength", dialect.KeyLimit}}}}},
			{"IfNoneMatch", object{{"name", "If-None-Match"}, {"in", "header"},
				{"description", "The `ETag` of an earlier answer: 304 and no body where nothing has changed."}, {"schema", object{{"type", "string"}}}}},
			{"Prefer", object{{"name", "Prefer"}, {"in", "header"},
				{"description", "`wait=n` holds the answer until the task changes or has ended, for n seconds at most: 1 to 60, and 60 where n is more or left out (RFC 7240). " +
					"Other preferences have no effect."}, {"schema", object{{"type", "string"}}}, {"example", "wait=30"}}},
		}},
		{"headers", object{{"RequestId", object{
			{"description", "Names the request in the server's log. A caller may choose it by sending the header."},
			{"schema", object{{"type", "string"}}}}}}},
		{"securitySchemes", object{{"key", object{{"type", "http"}, {"scheme", "bearer"},
			{"description", "An API key: `Authorization: Bearer fg_…`. The server's first start prints one; `filmgate key create` makes more, " +
				"with the scope `read`, or `write` as well."}}}}},
	}
}

// errorResponses are a form's errors, one component a status.
func (w *writer) errorResponses(f *form) object {
	ref := w.wire(f.Of, "the form "+f.Name+"'s")
	var out object
	for _, code := range task.Codes() { // in the order of statuses
		if !slices.Contains(f.codes, code) {
			continue
		}
		name := fmt.Sprint(f.Name, f.Status(code))
		if out.has(name) {
			continue // told with the first code of that status
		}
		text := ""
		var examples object
		headers := object{requestID()}
		for _, same := range task.Codes() {
			if f.Status(same) != f.Status(code) || !slices.Contains(f.codes, same) {
				continue
			}
			text = join(text, meaning(same))
			headers = append(headers, hints(same)...)
			body := trimmed(f.Encode(sample(same), "CmC9rGbtVzEAAAAAADQY-A"))
			examples = examples.with(string(same), object{{"summary", same.Title()}, {"value", body}})
		}
		out = out.with(name, object{{"description", text}, {"headers", headers},
			{"content", object{{f.Type, object{{"schema", ref}, {"examples", examples}}}}}})
	}
	return out
}
