package dialect

import (
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/problem"
	"github.com/filmgate/filmgate/internal/task"
)

// Doc describes a call for the API reference. It is plain data beside the route. What follows from other fields is not repeated:
//
//   - Scope adds the key, 401, 403 and 503; Body adds 400, 413 and 415; a {wildcard} of the path is a required parameter;
//     Idempotent adds Idempotency-Key, 409 and 422; ETag adds the header and 304; every call may answer 500;
//   - the fields of a Body and their limits come from its decoder, those of an Answer from its wire struct.
//
// Texts are Markdown. They say what the call does and what to call next.
type Doc struct {
	ID         string // names the call in programs, snake_case: "create_runway"; it never changes
	Operation  string // the call as callers see it, "GET /cdn/{date}/{name}", if the route's pattern matches more; "" = the pattern
	Tag        Tag
	Summary    string // a few words: "Create a video"
	Text       string
	Scope      apikey.Scope // that the key must have; "" = no key is needed
	Params     []Param
	Body       *Body // nil = none is read
	Idempotent bool  // honours Idempotency-Key
	Ignores    bool  // ignores unknown fields and parameters, and names them in IgnoredHeader
	ETag       bool  // a final answer has an ETag, and is 304 for a caller that has it
	Answers    []Answer
	Errors     []task.Code // besides those that follow from other fields
	Form       *ErrorForm  // nil = problem documents
}

// Param is a parameter of the path, the query, or a header.
type Param struct {
	In, Name string // In is "path", "query" or "header"
	Text     string
	Required bool   // parameters of the path always are
	Schema   Schema // zero = a text; the values of an array are separated by commas
	Example  any    // nil = none
}

// Body is what a call reads.
type Body struct {
	Text     string
	Decode   func(*Fields) // reads the JSON object; nil if the body is not one
	Texts    [][2]string   // what each field is, by its path: {"camera_control/type", "…"}; in the order in which they are shown
	Media    []Media       // of a body that is not a JSON object
	Limit    int64         // bytes
	Examples []Example     // the first one works as it is, even without a network
}

// Media is one type of content. A zero Schema means raw bytes.
type Media struct {
	Type   string // "video/mp4"
	Schema Schema
}

// Answer is a successful answer of a call.
type Answer struct {
	Status   int // 0 = 200
	Text     string
	Of       any     // a value of the wire struct; described by its fields' tags doc and format. nil = no JSON
	Type     string  // media type of Of; "" = application/json
	Media    []Media // of an answer that is not JSON
	Headers  [][2]string
	Examples []Example
}

// Event is a request that the server sends to a webhook. Every 2xx is a success.
type Event struct {
	Name     string // of the type of event: "task.created"
	Tag      Tag
	Summary  string      // a few words: "A task was made"
	Text     string      // what receivers have to know
	Headers  []Param     // that the request has
	Of       any         // a value of the wire struct of the body; described by its fields' tags doc and format
	Answers  [][2]string // statuses with a meaning, "410", and what they mean
	Examples []Example
}

// Example is a body of an exchange that tests run.
type Example struct {
	Name string // "text_only"; unique within the body
	Text string // one line
	File string // "internal/dialect/makevid/testdata/get_luma.completed.json", or "….http#what it shows" of an exchange file
}

// Shown returns the exchange of an exchange file, "internal/dialect/DIALECT/testdata/FILE.http", that shows what.
func Shown(dialect, file, name, what string) Example {
	return Example{Name: name, Text: strings.ToUpper(what[:1]) + what[1:], File: "internal/dialect/" + dialect + "/testdata/" + file + ".http#" + what}
}

// ErrorForm is the form of errors of a family of calls.
type ErrorForm struct {
	Name   string // of its answers in the document: "Problem"
	Type   string // media type
	Of     any    // a value of the wire struct
	Status func(task.Code) int
	Encode func(e *task.Error, requestID string) []byte
}

// Write answers with an error in this form. Callers have got it from Public.
func (f *ErrorForm) Write(w http.ResponseWriter, r *http.Request, e *task.Error) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", f.Type)
	writeBody(w, f.Status(e.Code), f.Encode(e, RequestID(w)))
}

// notHere is the error of a path at which there is nothing.
func notHere() *task.Error {
	return &task.Error{Code: task.NotFound, Detail: "There is nothing at this path."}
}

// Problems returns the form of all calls without a vendor's own form: RFC 9457. WriteProblem answers in it, with the prefix that the
// caller's paths have.
func Problems() *ErrorForm {
	return &ErrorForm{Name: "Problem", Type: problem.MediaType, Of: problem.Document{}, Status: Status,
		Encode: func(e *task.Error, requestID string) []byte { return Marshal(problemOf(e, requestID)) }}
}
