package fakevendor

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// phase is the state of a job, whatever its vendor calls it.
type phase int

const (
	waiting phase = iota
	running
	done
	failed
	cancelled
)

// submission is the content of a submit, whatever its wire.
type submission struct {
	wantedID string // the id that the caller chose, if the vendor allows it; "" = the fake chooses
	kind     string // the part of the wire that created the job, if the vendor distinguishes them
	prompt   string
	external string // external id or idempotency key; "" = the vendor has none
	unique   bool   // a known external id is refused; otherwise its job is the answer
	seconds  int
	image    bool           // a first frame was sent
	callback string         // URL that the vendor calls when something has changed; "" = none
	echo     map[string]any // what polls return unchanged
	inputs   Inputs
}

// job is one video in production. The fields after faults are guarded by the Vendor's mutex.
type job struct {
	submission
	id      string // UUID, chosen by the submission or the fake
	n       int    // number of the job, from 1
	wire    string
	task    string
	started time.Time
	faults  faults

	ended      time.Time // when it was cancelled; zero = it was not
	deleted    bool      // by the caller
	links      int       // number of links made
	wireOf     wire
	baseURL    string // of links
	lastCalled phase  // phase of the last callback
	used       map[string]int
}

// jobStatus is a job's status at one moment.
type jobStatus struct {
	phase    phase
	progress float64 // 0..1
	reason   string  // dotted code, if failed
}

// submit creates a job, unless the fault words forbid it. It returns false if the answer is written.
func (req *request) submit(s submission) (*job, bool) {
	v := req.v
	v.mu.Lock()
	if old := v.known(req.wire, s.external); old != nil {
		v.mu.Unlock()
		req.setTask(old.task)
		if s.unique {
			req.refuse(http.StatusBadRequest, "the external id must be unique")
		}
		return old, !s.unique
	}
	j := v.add(req, s, parseFaults(s.prompt).with(parseFaults(v.opts.Faults)).with(req.faults))
	req.setTask(j.task)
	count := v.tasks[j.task]
	count.Tries++
	v.tasks[j.task] = count
	for _, status := range slices.Sorted(maps.Keys(j.faults.status)) {
		if count.Tries <= j.faults.status[status] {
			v.mu.Unlock()
			if wait := j.faults.retryAfter; wait > 0 {
				req.retryAfter = wait
			}
			req.refuse(status, "refused with %d, as a fault word asks", status)
			return nil, false
		}
	}
	for word, answer := range refusals() {
		if count.Tries <= j.faults.times[word] {
			v.mu.Unlock()
			req.answer(answer(req.wire))
			return nil, false
		}
	}
	if count.Tries <= j.faults.times["bad-gateway"] {
		v.mu.Unlock()
		req.front(http.StatusBadGateway)
		return nil, false
	}
	count.Accepted++
	count.Ends = j.started.Add(v.jobTime(j))
	v.tasks[j.task] = count
	v.jobs[j.id] = j
	if j.callback != "" {
		v.callingJobs = append(v.callingJobs, j)
	}
	v.mu.Unlock()
	if count.Tries <= j.faults.times["drop"] {
		req.dropConnection()
	}
	if count.Tries <= j.faults.times["gateway-timeout"] {
		req.front(http.StatusGatewayTimeout)
		return nil, false
	}
	if count.Tries <= j.faults.times["crash"] {
		req.bytes(http.StatusInternalServerError, "text/plain", nil)
		return nil, false
	}
	if j.faults.has("garbled-submit") {
		req.bytes(http.StatusOK, "application/json", []byte(`{"id":"`))
		return nil, false
	}
	return j, true
}

// add creates a job. The caller holds the mutex, and still does afterwards.
func (v *Vendor) add(req *request, s submission, words faults) *job {
	v.count++
	j := &job{
		submission: s, wire: req.wire.name, wireOf: req.wire, baseURL: req.baseURL, n: v.count, id: fmt.Sprintf("00000000-0000-4000-8000-%012x", v.count),
		started: v.opts.Now(), faults: words, task: s.external, used: map[string]int{},
	}
	if s.wantedID != "" {
		j.id = s.wantedID
	}
	switch {
	case j.task != "":
	case words.tag != "":
		j.task = words.tag
	default:
		j.task = s.prompt
	}
	return j
}

// known returns the wire's job with an external id, or nil. The caller holds the mutex.
func (v *Vendor) known(w wire, external string) *job {
	for _, j := range v.jobs {
		if external != "" && j.external == external && j.wire == w.name && !j.deleted {
			return j
		}
	}
	return nil
}

// statusOf returns a job's status by the clock: it waits for the first quarter of its time.
func (req *request) statusOf(j *job) jobStatus {
	req.v.mu.Lock()
	defer req.v.mu.Unlock()
	spent := req.v.opts.Now().Sub(j.started)
	share := min(float64(spent)/float64(req.v.jobTime(j)), 1)
	switch {
	case req.r == nil && j.faults.has("callback-lie"): // for a callback, not a poll
		return jobStatus{phase: done, progress: 1}
	case !j.ended.IsZero() && !j.faults.has("late-cancel"):
		return jobStatus{phase: cancelled}
	case share < 0.25:
		return jobStatus{phase: waiting}
	case share < 1 || j.faults.has("stuck"):
		return jobStatus{phase: running, progress: min(share, 0.9)}
	case j.faults.fail != "":
		return jobStatus{phase: failed, progress: 0.9, reason: j.faults.fail}
	default:
		return jobStatus{phase: done, progress: 1}
	}
}

// jobTime returns how long a job takes.
func (v *Vendor) jobTime(j *job) time.Duration {
	if j.faults.slow > 0 {
		return j.faults.slow
	}
	return v.opts.Takes
}

// cancelJob cancels a job that has not ended, and reports whether it did.
func (req *request) cancelJob(j *job) bool {
	if s := req.statusOf(j); s.phase >= done {
		return false
	}
	req.v.mu.Lock()
	defer req.v.mu.Unlock()
	j.ended = req.v.opts.Now()
	return true
}

// delete deletes a job.
func (req *request) delete(j *job) {
	req.v.mu.Lock()
	defer req.v.mu.Unlock()
	j.deleted = true
}

// status returns the vendor's word for the job's phase, or another if the fault words ask for it.
func (req *request) status(j *job, s jobStatus, words [5]string) string {
	if req.hasFault(j, "unheard") {
		return "whatever"
	}
	if req.hasFault(j, "reworded") {
		return [5]string{"NOT_START", "processing", "Succeeded", "ERROR", "canceled"}[s.phase]
	}
	return words[s.phase]
}

// link returns a new link to the finished file; "" if a fault word asks for none.
func (req *request) link(j *job) string {
	if req.hasFault(j, "nofile") {
		return ""
	}
	req.v.mu.Lock()
	defer req.v.mu.Unlock()
	j.links++
	return fmt.Sprintf("%s/files/%s/%d.mp4?X-Signature=%032x", req.baseURL, j.id, j.links, j.links)
}

// hasFault reports whether a word applies to the job or to this request.
func (req *request) hasFault(j *job, word string) bool {
	return req.faults.has(word) || j.faults.has(word)
}

// takeOnce reports whether a word still applies to the job, and counts the use.
func (req *request) takeOnce(j *job, word string) bool {
	req.v.mu.Lock()
	defer req.v.mu.Unlock()
	if req.faults.has(word) {
		return true
	}
	j.used[word]++
	return j.used[word] <= j.faults.times[word]
}

// answerPoll answers a poll of a job, with the faults that apply.
func (req *request) answerPoll(j *job, status int, body any) {
	ended := req.statusOf(j).phase >= done
	req.v.mu.Lock()
	count := req.v.tasks[j.task]
	count.Polls++
	if ended && count.Reported.IsZero() {
		count.Reported = req.v.opts.Now()
	}
	req.v.tasks[j.task] = count
	req.v.mu.Unlock()
	page := []byte("<!doctype html><title>Bad gateway</title><h1>Something went wrong</h1>")
	b, err := json.Marshal(body)
	if err != nil {
		http.Error(req.w, err.Error(), http.StatusInternalServerError)
		return
	}
	switch {
	case req.takeOnce(j, "garbage"):
		req.bytes(status, "application/json", b[:len(b)/2])
	case req.takeOnce(j, "html"):
		req.bytes(http.StatusOK, "text/html; charset=utf-8", page)
	case req.takeOnce(j, "wrong-type"):
		req.bytes(status, "text/html", b)
	case req.takeOnce(j, "slow-body"):
		req.w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		req.bytes(status, "application/json", b[:len(b)/2])
		_ = http.NewResponseController(req.w).Flush()
		<-req.r.Context().Done()
	default:
		req.bytes(status, "application/json", b)
	}
}

// serveFile serves the finished video by one of its links.
func (req *request) serveFile(j *job, serial string) {
	var n int
	_, _ = fmt.Sscanf(serial, "%d.mp4", &n)
	if req.r.URL.Query().Get("X-Signature") != fmt.Sprintf("%032x", n) {
		req.refuse(http.StatusForbidden, "the link is not signed")
		return
	}
	if n <= max(j.faults.times["expired-url"], req.faults.times["expired-url"]) {
		req.bytes(http.StatusForbidden, "application/xml", []byte("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"))
		return
	}
	req.serveVideo(j)
}

// serveVideo serves the finished video, with the faults that apply.
func (req *request) serveVideo(j *job) {
	h := req.w.Header()
	page := []byte("<!doctype html><title>Sign in</title>")
	switch {
	case req.hasFault(j, "redirect-private"):
		http.Redirect(req.w, req.r, "http://10.255.255.1/video.mp4", http.StatusFound)
		return
	case req.hasFault(j, "video-html"):
		req.bytes(http.StatusOK, "text/html", page)
		return
	case req.hasFault(j, "video-lie"):
		req.bytes(http.StatusOK, "video/mp4", page)
		return
	case req.hasFault(j, "video-scrambled"):
		req.bytes(http.StatusOK, "video/mp4", noiseVideo())
		return
	case req.takeOnce(j, "changes"):
		h.Set("Content-Type", "video/mp4")
		h.Set("ETag", fmt.Sprintf("%q", "before"))
		http.ServeContent(&cutWriter{ResponseWriter: req.w, left: len(video) / 2}, req.r, "", time.Time{}, bytes.NewReader(otherVersion()))
		return
	case req.hasFault(j, "huge"):
		h.Set("Content-Length", "10000000000")
		req.bytes(http.StatusOK, "video/mp4", video)
		req.dropConnection()
	case req.takeOnce(j, "slow-file"):
		h.Set("Content-Length", strconv.Itoa(len(video)))
		req.bytes(http.StatusOK, "video/mp4", video[:len(video)/2])
		_ = http.NewResponseController(req.w).Flush()
		<-req.r.Context().Done()
		return
	case req.hasFault(j, "no-range"):
		req.r.Header.Del("Range")
	}
	h.Set("Content-Type", "video/mp4")
	if j.faults.times["changes"]+req.faults.times["changes"] > 0 {
		h.Set("ETag", fmt.Sprintf("%q", "after"))
	}
	w := req.w
	if share := cmp.Or(req.faults.cut, j.faults.cut); share > 0 {
		w = &cutWriter{ResponseWriter: req.w, left: max(1, len(video)*share/100)}
	}
	http.ServeContent(w, req.r, "", time.Time{}, bytes.NewReader(video))
}

// otherVersion returns a valid video that differs from video: it names another minor version of the format.
func otherVersion() []byte {
	const minorVersion = 15
	out := bytes.Clone(video)
	out[minorVersion]++
	return out
}

// noiseVideo returns the video with noise instead of its frames.
func noiseVideo() []byte {
	out := bytes.Clone(video)
	for i := bytes.Index(out, []byte("mdat")) + 4; i < len(out); i++ {
		out[i] ^= 0xff
	}
	return out
}

// cutWriter drops the connection after a number of bytes.
type cutWriter struct {
	http.ResponseWriter
	left int
}

// Write writes up to the limit, then drops the connection.
func (s *cutWriter) Write(b []byte) (int, error) {
	if len(b) <= s.left {
		s.left -= len(b)
		return s.ResponseWriter.Write(b)
	}
	_, _ = s.ResponseWriter.Write(b[:s.left])
	_ = http.NewResponseController(s.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// Unwrap lets http.ResponseController reach what is inside.
func (s *cutWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
