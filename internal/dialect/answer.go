package dialect

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
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
	kept *lru.Cache[answerKey, answer]
}

type answerKey struct{ form, task, base string }

type answer struct {
	version int64
	wait    time.Duration
	period  time.Time
	body    []byte
	tag     string // its ETag
}

// NewAnswers returns an empty cache of at most 2,048 answers of 16 KiB.
func NewAnswers() *Answers {
	kept, _ := lru.New[answerKey, answer](answersLimit) // fails on no size above 0
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
	Encode func(task.Task, Links) []byte // its result depends on its arguments alone
}

// Write answers a read of a task.
func (a *Answers) Write(w http.ResponseWriter, r *http.Request, t TaskAnswer) {
	one := a.get(t)
	writeTagged(w, r, t.Status, one.body, one.tag)
}

// get returns the answer, from memory if it is there.
func (a *Answers) get(t TaskAnswer) answer {
	key, period := answerKey{t.Form, t.Task.ID, t.Links.Base}, t.Links.Now.UTC().Truncate(t.Period)
	if a != nil {
		if one, ok := a.kept.Get(key); ok && one.version == t.Task.Version && one.wait == t.Task.QueueWait && one.period.Equal(period) {
			return one
		}
	}
	body := t.Encode(t.Task, t.Links)
	one := answer{version: t.Task.Version, wait: t.Task.QueueWait, period: period, body: body}
	if t.ETag && t.Task.State.Terminal() {
		one.tag = entityTag(body)
	}
	if a != nil && t.Task.Version > 0 && len(body) <= answerBytes {
		a.kept.Add(key, one)
	}
	return one
}

// entityTag returns the ETag of a body.
func entityTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// writeTagged answers with a JSON body. Without a tag it must not be cached.
func writeTagged(w http.ResponseWriter, r *http.Request, status int, body []byte, tag string) {
	h := w.Header()
	if tag == "" {
		h.Set("Cache-Control", "no-store")
	} else {
		h.Set("ETag", tag)
		h.Set("Cache-Control", "private, no-cache")
		if matches(r.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", "application/json")
	writeBody(w, status, body)
}
