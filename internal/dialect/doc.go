package dialect

import (
	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/problem"
	"github.com/filmgate/filmgate/internal/task"
)

// Doc tells a stranger about a call: it is what the API's reference says of the route. It is plain data and stands
// beside the route. What follows from it is not repeated in it:
//
//   - a Scope brings the key, 401, 403 and 503; a Body 400, 413 and 415; a {wildcard} of the path is a required parameter;
//     Once brings Idempotency-Key, 409 and 422; Kept brings ETag and 304; every call may answer 500;
//   - the fields of a Body and their limits are read off its decoder, those of an Answer off its wire struct.
//
// Texts are Markdown. They say what the call does and how to go on from there.
type Doc struct {
	ID         string // names the call in programs, snake_case: "create_runway"; it never changes
	Operation  string // the call as callers see it, "GET /cdn/{date}/{name}", where the route's pattern takes more; "" = the pattern
	Tag        Tag
	Summary    string // a few words: "Create a video"
	Text       string
	Scope      apikey.Scope // what the key must be allowed; "" = no key is needed
	Params     []Param
	Body       *Body // nil = none is read
	Idempotent bool  // honours Idempotency-Key
	Ignores    bool  // ignores what it does not know of bodies and queries, and names it in IgnoredHeader
	ETag       bool  // a final answer bears an ETag, and is 304 to a caller that has it
	Answers    []Answer
	Errors     []task.Code // beyond those that follow
	Form       *ErrorForm  // nil = problem documents
}

// Param is a parameter of the path, the query, or a header.
type Param struct {
	In, Name string // In is "path", "query" or "header"
	Text     string
	Required bool   // one of the path always is
	Schema   Schema // the zero value stands for a text; the values of an array are comma-separated
	Example  any    // nil = none
}

// Body is what a call reads.
type Body struct {
	Text     string
	Decode   func(*Fields) // reads the JSON object; nil where the body is none
	Texts    [][2]string   // what each field is, by its path: {"camera_control/type", "…"}; in the order in which they are shown
	Media    []Media       // of a body that is no JSON object
	Limit    int64         // bytes
	Examples []Example     // the first works as it is, on a server without a network
}

// Media is one type of content. The zero Schema stands for bytes as they are.
type Media struct {
	Type   string // "video/mp4"
	Schema Schema
}

// Answer is one way in which a call succeeds.
type Answer struct {
	Status   int // 0 = 200
	Text     string
	Of       any     // a value of the wire struct; its fields' tags say more: doc, format. nil = no JSON
	Type     string  // media type of Of; "" = application/json
	Media    []Media // of an answer that is no JSON
	Headers  [][2]string
	Examples []Example
}

// Example is a body that was really sent.
type Example struct {
	Name string // "text_only"; unique within the body
	Text string // one line
	File string // "internal/dialect/makevid/testdata/get_luma.completed.json", or "….http#what it shows" of an exchange file
}

// ErrorForm is how a family of calls tells errors.
type ErrorForm struct {
	Name   string // of its answers in the document: "Problem"
	Type   string // media type
	Of     any    // a value of the wire struct
	Status func(task.Code) int
	Encode func(e *task.Error, requestID string) []byte
}

// Problems is the form of all calls that follow no vendor's own: RFC 9457.
func Problems() *ErrorForm {
	return &ErrorForm{Name: "Problem", Type: problem.MediaType, Of: problem.Document{}, Status: Status,
		Encode: func(e *task.Error, requestID string) []byte { return Marshal(problemOf(e, requestID)) }}
}
