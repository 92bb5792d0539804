// Package fakevendor is a vendor of videos that misbehaves on demand: one HTTP handler that speaks the vendors' wires,
// each under its own name ("/runway/v1/tasks/…"), for tests as a library and for people as cmd/fakevendor. Its
// words for misbehaviour are those of Words.
//
// What may enter: wires, a file each, written from the vendors' documents and not from our engines, so that the two judge
// each other; and misbehaviour, in one place for all wires. What may not: anything of the house.
package fakevendor

import (
	_ "embed" // the video
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Key is the key that the fake knows where Options names none: bearer token, or secret to sign with.
const Key = "key_fakevendor_0123456789abcdef0123456789abcdef"

// FaultHeader is a request header that takes words as a prompt does, for this one request.
const FaultHeader = "Fakevendor-Fault"

const (
	requestLimit = 64 << 20 // bytes of a request
	keptRequests = 200      // requests that the page shows
)

//go:generate ffmpeg -v error -y -f lavfi -i testsrc2=size=192x128:rate=24:duration=1 -c:v libx264 -profile:v high -pix_fmt yuv420p -crf 34 -preset veryslow -g 24 -movflags +faststart -bitexact video.mp4

//go:embed video.mp4
var video []byte

// Options is what a Vendor is made of. Zero fields have the meaning named.
type Options struct {
	Key    string           // the one key that is accepted; "" = Key
	Now    func() time.Time // the clock that jobs run by; nil = time.Now
	Takes  time.Duration    // from submit to the finished video; 0 = 3 s
	Delay  time.Duration    // real time that each answer is held back
	Faults string           // words that hold for every job
}

// Vendor is the fake. Make it with New; any number of requests may come at once.
type Vendor struct {
	opts Options
	mux  *http.ServeMux

	mu          sync.Mutex
	jobs        map[string]*job
	callingJobs []*job // that have more to tell
	count       int
	tasks       map[string]Count
	seen        []Seen
}

// Count is how often a task was really asked for, and when its last work is over and was said to be.
type Count struct {
	Tries    int       `json:"tries"`    // submits that came
	Accepted int       `json:"accepted"` // submits that began work
	Polls    int       `json:"polls"`
	Ends     time.Time `json:"ends"` // zero = nothing began
	Reported time.Time `json:"told"` // when a poll first heard that its last work is over; zero = none did
}

// Seen is one request that came.
type Seen struct {
	Time   time.Time
	Wire   string
	Method string
	Path   string
	Task   string // of submits and of what is about a job
	Status int    // 0 = the connection was cut
}

// New makes a Vendor with all its wires.
func New(o Options) *Vendor {
	if o.Key == "" {
		o.Key = Key
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Takes == 0 {
		o.Takes = 3 * time.Second
	}
	v := &Vendor{opts: o, mux: http.NewServeMux(), jobs: map[string]*job{}, tasks: map[string]Count{}}
	for _, w := range wires() {
		v.handleWire(w)
	}
	v.mux.HandleFunc("GET /{$}", v.page)
	v.mux.HandleFunc("GET /tasks", v.list)
	return v
}

// wire is one vendor's API.
type wire struct {
	name         string
	authorized   func(key string, r *http.Request, now time.Time) bool // whether the request proves who sent it
	errorBody    func(status int, text string) any                     // an error's body, in the vendor's shape
	routes       map[string]func(*request)                             // by mux pattern, "POST /v1/jobs"
	public       map[string]func(*request)                             // the same, for everybody
	callbackBody func(req *request, j *job) any                        // the body of a callback; nil = the vendor has none
	sign         func(v *Vendor, h http.Header, body []byte, at time.Time)
}

// wires lists all of them.
func wires() []wire {
	return append([]wire{
		runway(), luma(), kling(), webtask(), makevid(), localai(),
		fal(), replicate(), ark(), dashscope(), minimax(), vertex(), comfyui(),
	}, openAIs()...)
}

// Wires names the wires; each lies under "/" and its name.
func Wires() []string {
	var names []string
	for _, w := range wires() {
		names = append(names, w.name)
	}
	return names
}

// handleWire gives the wire its place: its routes behind the key, and the finished files, whose links are signed, before it.
func (v *Vendor) handleWire(w wire) {
	inner := http.NewServeMux()
	inner.HandleFunc("GET /files/{job}/{serial}", func(rw http.ResponseWriter, r *http.Request) {
		req := v.newRequest(w, rw, r)
		if j := req.find(r.PathValue("job")); j != nil {
			req.serveFile(j, r.PathValue("serial"))
		}
	})
	for pattern, handle := range w.public {
		inner.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) { handle(v.newRequest(w, rw, r)) })
	}
	for pattern, handle := range w.routes {
		inner.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) {
			req := v.newRequest(w, rw, r)
			if !w.authorized(v.opts.Key, r, v.opts.Now()) {
				req.refuse(http.StatusUnauthorized, "the key %q is not known here", r.Header.Get("Authorization"))
				return
			}
			handle(req)
		})
	}
	v.mux.Handle("/"+w.name+"/", http.StripPrefix("/"+w.name, inner))
}

// bearer proves by "Authorization: Bearer KEY".
func bearer(key string, r *http.Request, _ time.Time) bool {
	return r.Header.Get("Authorization") == "Bearer "+key
}

// ServeHTTP answers a request and remembers it.
func (v *Vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if v.opts.Delay > 0 {
		select {
		case <-time.After(v.opts.Delay):
		case <-r.Context().Done():
		}
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	rec := &recorder{ResponseWriter: w, seen: Seen{Time: v.opts.Now(), Wire: name, Method: r.Method, Path: r.URL.Path}}
	defer func() {
		if rec.seen.Wire == "" || rec.seen.Wire == "favicon.ico" {
			return
		}
		v.addSeen(rec.seen)
	}()
	v.mux.ServeHTTP(rec, r)
}

func (v *Vendor) addSeen(s Seen) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = append(v.seen, s)
	v.seen = v.seen[max(0, len(v.seen)-keptRequests):]
}

// Seen lists the last requests, oldest first.
func (v *Vendor) Seen() []Seen {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.seen)
}

// Tasks counts how often each task was asked for: by the external id or idempotency key that came along, else by the
// word "tag:…" in the prompt, else by the prompt.
func (v *Vendor) Tasks() map[string]Count {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.tasks)
}

// recorder keeps what was answered.
type recorder struct {
	http.ResponseWriter
	seen Seen
}

// WriteHeader keeps the status.
func (r *recorder) WriteHeader(status int) {
	r.seen.Status = status
	r.ResponseWriter.WriteHeader(status)
}

// Write keeps the status that an answer has which names none.
func (r *recorder) Write(b []byte) (int, error) {
	if r.seen.Status == 0 {
		r.seen.Status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is inside.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// ask is one request to a wire.
type request struct {
	v       *Vendor
	wire    wire
	w       http.ResponseWriter
	r       *http.Request
	baseURL string // "http://host:port/runway", for links
	faults  faults // of FaultHeader
}

func (v *Vendor) newRequest(w wire, rw http.ResponseWriter, r *http.Request) *request {
	r.Body = http.MaxBytesReader(rw, r.Body, requestLimit)
	return &request{v: v, wire: w, w: rw, r: r, baseURL: "http://" + r.Host + "/" + w.name, faults: parseFaults(r.Header.Get(FaultHeader))}
}

// json reads the request; false means that it was refused.
func (req *request) json(into any) bool {
	body, err := io.ReadAll(req.r.Body)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		req.refuse(http.StatusBadRequest, "the body is not valid: %v", err)
	}
	return err == nil
}

// answer gives a body as JSON; nil gives none.
func (req *request) answer(status int, body any) {
	if body == nil {
		req.w.WriteHeader(status)
		return
	}
	b, err := json.Marshal(body)
	if err != nil {
		http.Error(req.w, err.Error(), http.StatusInternalServerError)
		return
	}
	req.bytes(status, "application/json", b)
}

func (req *request) bytes(status int, kind string, b []byte) {
	req.w.Header().Set("Content-Type", kind)
	req.w.WriteHeader(status)
	_, _ = req.w.Write(b)
}

// refuse answers with an error in the vendor's shape.
func (req *request) refuse(status int, format string, args ...any) {
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		req.w.Header().Set("Retry-After", "2")
	}
	req.answer(status, req.wire.errorBody(status, fmt.Sprintf(format, args...)))
}

// setTask notes whom the request is about.
func (req *request) setTask(name string) {
	if rec, ok := req.w.(*recorder); ok {
		rec.seen.Task = name
	}
}

// dropConnection ends the connection without a word more.
func (req *request) dropConnection() { panic(http.ErrAbortHandler) }
