package dialect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/filmgate/filmgate/internal/task"
)

const (
	answersLimit = 2048     // answers that are kept
	answerBytes  = 16 << 10 // largest answer that is kept, in bytes: 32 MiB in all
)

// Answers keeps the encoded answers to reads of tasks, so that a task that is polled again and again is encoded once. An answer is
// kept for one version of its task, one host and one period of its signed links. A nil *Answers keeps nothing.
type Answers struct {
	kept *lru.Cache[answerKey, *answer]
}

type answerKey struct{ form, task, base string }

type answer struct {
	version int64
	wait    time.Duration
	period  time.Time
	content
}

// NewAnswers returns an empty cache of at most 2,048 answers of 16 KiB.
func NewAnswers() *Answers {
	kept, _ := lru.New[answerKey, *answer](answersLimit) // fails on no size above 0
	return &Answers{kept}
}

// How long the links in an answer are the same.
const (
	EveryDay    = 24 * time.Hour // those of Links.Signed
	EverySecond = time.Second    // those of Links.SignedUntil, until a moment that moves on with Now
)

// TaskAnswer is the answer to a read of a task.
type TaskAnswer struct {
	Status int    // HTTP
	Form   string // names the encoder
	Task   task.Task
	Links  Links
	Period time.Duration                 // of the links: EveryDay or EverySecond
	ETag   bool                          // whether the answer has an ETag once the task has ended; a caller that has it gets 304 without a body
	Header func(task.Task) http.Header   // headers besides those of every answer; nil = none. It depends on the task alone
	Encode func(task.Task, Links) []byte // its result depends on its arguments, and Form, alone
	// NamesRequest says that the result has RequestMark, in place of the first of which each answer has the id of its request.
	NamesRequest bool
}

// RequestMark stands for the id of a request in an encoded answer.
const RequestMark = "(the id of the request)"

// Write answers a read of a task.
func (a *Answers) Write(w http.ResponseWriter, r *http.Request, t TaskAnswer) {
	a.get(&t).write(w, r, t.Status)
}

// get returns the answer, from memory if it is there.
func (a *Answers) get(t *TaskAnswer) *answer {
	key, period := answerKey{t.Form, t.Task.ID, t.Links.Base}, t.Links.Now.UTC().Truncate(t.Period)
	if a != nil {
		if one, ok := a.kept.Get(key); ok && one.version == t.Task.Version && one.wait == t.Task.QueueWait && one.period.Equal(period) {
			return one
		}
	}
	body, tag := t.Encode(t.Task, t.Links), ""
	if t.ETag && t.Task.State.Terminal() {
		tag = entityTag(body)
	}
	if tag != "" && t.NamesRequest {
		tag = weak + tag // two answers with this tag differ in the id
	}
	one := &answer{version: t.Task.Version, wait: t.Task.QueueWait, period: period, content: newContent(body, tag)}
	if t.NamesRequest {
		one.body, one.tail, _ = bytes.Cut(body, []byte(RequestMark))
	}
	if t.Header != nil {
		for name, values := range t.Header(t.Task) {
			one.head = append(one.head, header{name, values})
		}
	}
	if a != nil && t.Task.Version > 0 && len(body) <= answerBytes {
		a.kept.Add(key, one)
	}
	return one
}

// weak begins the ETag of answers that are not the same to the byte.
const weak = "W/"

// entityTag returns the ETag of a body.
func entityTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// header is one header of an answer: its canonical name and its values, which are never changed.
type header struct {
	name   string
	values []string
}

// content is an answer with its headers, made once and written many times.
type content struct {
	body   []byte
	tail   []byte   // what follows the body and the request's id; nil = the answer has no id
	tag    string   // its ETag; "" = it has none
	head   []header // of every answer
	entity []header // besides, if the answer has a body
}

// newContent returns the content of a JSON body. Without a tag it must not be cached.
func newContent(body []byte, tag string) content {
	c := content{body: body, tag: tag, entity: []header{{"Content-Type", jsonType}, {"Content-Length", []string{strconv.Itoa(len(body))}}}}
	if tag == "" {
		c.head = []header{{"Cache-Control", noStore}}
	} else {
		c.head = []header{{"Etag", []string{tag}}, {"Cache-Control", privateNoCache}}
	}
	return c
}

// WriteKept answers with a JSON body that callers may keep and ask for again, or with 304 if the caller has it. Its ETag is weak: a
// body that is compressed on the way is the same one.
func WriteKept(w http.ResponseWriter, r *http.Request, body []byte) {
	c := newContent(body, weak+entityTag(body))
	c.write(w, r, http.StatusOK)
}

// Values of headers that many answers share.
var (
	jsonType       = []string{"application/json"}
	noStore        = []string{"no-store"}
	privateNoCache = []string{"private, no-cache"}
)

// write answers with the body, or with 304 if the caller has it.
func (c *content) write(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	for _, one := range c.head {
		h[one.name] = one.values
	}
	if c.tag != "" && matches(r.Header["If-None-Match"], c.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	for _, one := range c.entity {
		h[one.name] = one.values
	}
	body := c.body
	if c.tail != nil {
		body = slices.Concat(body, []byte(RequestID(w)), c.tail)
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller may have gone
}
