// Package fakevendor is a fake vendor of videos that misbehaves on demand: one HTTP handler that serves all vendors' wires,
// each under its own name ("/runway/v1/tasks/…"). Tests use it as a library, people as cmd/fakevendor. [Words] lists the
// faults it knows.
//
// Each wire has a file of its own. It is written from the vendor's documents and not from our engines, so that each checks
// the other. Faults are implemented once for all wires. The package imports nothing of this module.
package fakevendor

import (
	_ "embed" // the video
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Key is the accepted key if Options names none: a bearer token, or a secret to sign with.
const Key = "key_fakevendor_0123456789abcdef0123456789abcdef"

// FaultHeader is a request header that takes fault words, as a prompt does, for this one request.
const FaultHeader = "Fakevendor-Fault"

const (
	requestLimit = 64 << 20 // bytes of a request
	keptRequests = 200      // requests that the page shows
)

//go:generate ffmpeg -v error -y -f lavfi -i testsrc2=size=192x128:rate=24:duration=1 -c:v libx264 -profile:v high -pix_fmt yuv420p -crf 34 -preset veryslow -g 24 -movflags +faststart -bitexact video.mp4

//go:embed video.mp4
var video []byte

// Options configures a Vendor. The zero value works.
type Options struct {
	Key    string           // the only key that is accepted; "" = Key
	Now    func() time.Time // the clock of the jobs; nil = time.Now
	Takes  time.Duration    // from submit to the finished video; 0 = 3 s
	Delay  time.Duration    // real time before each answer
	Faults string           // words that apply to every job
}

// Vendor is the fake vendor. Make it with New. It may serve many requests at once.
type Vendor struct {
	opts Options
	mux  *http.ServeMux

	mu          sync.Mutex
	jobs        map[string]*job
	callingJobs []*job // whose final callback is still to come
	count       int
	tasks       map[string]Count
	seen        []Seen
	uploads     map[string]string // files of ComfyUI's input folder and of a Filmgate's datasets by their names, in Base64
}

// Count counts the calls for one task.
type Count struct {
	Tries    int       `json:"tries"`    // submits received
	Accepted int       `json:"accepted"` // submits that created a job
	Polls    int       `json:"polls"`
	Ends     time.Time `json:"ends"` // when the last job ends; zero = none was created
	Reported time.Time `json:"told"` // when a poll first reported that end; zero = none did
}

// Seen is one request that was received.
type Seen struct {
	Time   time.Time
	Wire   string
	Method string
	Path   string
	Task   string // of submits and of requests about a job
	Status int    // 0 = the connection was dropped
}

// New returns a Vendor with all wires.
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
	v := &Vendor{opts: o, mux: http.NewServeMux(), jobs: map[string]*job{}, tasks: map[string]Count{}, uploads: map[string]string{}}
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
	authorized   func(key string, r *http.Request, now time.Time) bool // reports whether the request has a valid key
	errorBody    func(status int, text string) any                     // an error's body, in the vendor's shape
	routes       map[string]func(*request)                             // by mux pattern, "POST /v1/jobs"
	public       map[string]func(*request)                             // the same, without a key
	callbackBody func(req *request, j *job) any                        // the body of a callback; nil = the vendor has none
	sign         func(v *Vendor, h http.Header, body []byte, at time.Time)
}

// wires returns all wires.
func wires() []wire {
	return append([]wire{
		runway(), luma(), lumaAgents(), kling(), webtask(), makevid(), localai(),
		fal(), replicate(), ark(), dashscope(), minimax(), vertex(), comfyui(), comfy(), sdcpp(), lightx2v(), xai(), openrouter(), ltx(), gemini(),
	}, openAIs()...)
}

// Wires returns the names of the wires. Each wire is served under "/" and its name.
func Wires() []string {
	var names []string
	for _, w := range wires() {
		names = append(names, w.name)
	}
	return names
}

// handleWire registers the wire's routes, which need the key, and the finished files, whose links are signed.
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
				req.refuse(http.StatusUnauthorized, "the key %q is not valid", r.Header.Get("Authorization"))
				return
			}
			handle(req)
		})
	}
	v.mux.Handle("/"+w.name+"/", http.StripPrefix("/"+w.name, inner))
}

// bearer checks for "Authorization: Bearer KEY".
func bearer(key string, r *http.Request, _ time.Time) bool {
	return r.Header.Get("Authorization") == "Bearer "+key
}

// ServeHTTP serves a request and records it.
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

// Seen returns the latest requests, oldest first.
func (v *Vendor) Seen() []Seen {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.seen)
}

// Tasks returns the counts by task. A task is named by the external id or idempotency key that was sent, or else by the word
// "tag:…" in the prompt, or else by the prompt.
func (v *Vendor) Tasks() map[string]Count {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.tasks)
}

// recorder records the status of an answer.
type recorder struct {
	http.ResponseWriter
	seen Seen
}

// WriteHeader records the status.
func (r *recorder) WriteHeader(status int) {
	r.seen.Status = status
	r.ResponseWriter.WriteHeader(status)
}

// Write records status 200 if none was written.
func (r *recorder) Write(b []byte) (int, error) {
	if r.seen.Status == 0 {
		r.seen.Status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is inside.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// request is one request to a wire.
type request struct {
	v          *Vendor
	wire       wire
	w          http.ResponseWriter
	r          *http.Request
	baseURL    string // "http://host:port/runway", for links
	faults     faults // of FaultHeader
	retryAfter int    // seconds that a refusal names; 0 = as usual
}

func (v *Vendor) newRequest(w wire, rw http.ResponseWriter, r *http.Request) *request {
	r.Body = http.MaxBytesReader(rw, r.Body, requestLimit)
	return &request{v: v, wire: w, w: rw, r: r, baseURL: "http://" + r.Host + "/" + w.name, faults: parseFaults(r.Header.Get(FaultHeader))}
}

// json decodes the request's body. It returns false if it refused the request.
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

// answer writes body as JSON; nil writes no body.
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
	if req.retryAfter > 0 {
		req.w.Header().Set("Retry-After", strconv.Itoa(req.retryAfter))
	} else if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		req.w.Header().Set("Retry-After", "2")
	}
	req.answer(status, req.wire.errorBody(status, fmt.Sprintf(format, args...)))
}

// setTask records which task the request is about.
func (req *request) setTask(name string) {
	if rec, ok := req.w.(*recorder); ok {
		rec.seen.Task = name
	}
}

// dropConnection closes the connection without an answer.
func (req *request) dropConnection() { panic(http.ErrAbortHandler) }
