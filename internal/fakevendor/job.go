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

// phase is where a job stands, whatever its vendor calls it.
type phase int

const (
	waiting phase = iota
	running
	done
	failed
	cancelled
)

// submission is what a wire read from a submit.
type submission struct {
	named    string // the id that the caller gives the job, where the vendor lets it; "" = one of the fake's
	kind     string // the part of the wire that made it, where a vendor tells them apart
	prompt   string
	external string // external id or idempotency key; "" = the vendor has none
	unique   bool   // an external id that is taken is refused; else its work is the answer
	seconds  int
	image    bool           // a first frame came along
	callback string         // where the vendor is to tell that something has changed; "" = nowhere
	echo     map[string]any // what polls give back as it came
}

// job is one video in the making. Fields after script are guarded by the Vendor's mutex.
type job struct {
	submission
	id     string // UUID, the submission's or the fake's own
	n      int    // counts the jobs
	wire   string
	task   string
	begun  time.Time
	script script

	ended   time.Time // cancelled at; zero = it was not
	gone    bool      // deleted
	serials int       // links given out
	by      wire
	base    string // of links
	told    phase  // what the last callback told
	spent   map[string]int
}

// stand is a job at a moment.
type stand struct {
	phase    phase
	progress float64 // 0..1
	reason   string  // dotted code, of failed
}

// submit takes work in, unless the words say otherwise; false means that the answer was given.
func (a *ask) submit(s submission) (*job, bool) {
	v := a.v
	v.mu.Lock()
	if old := v.known(a.wire, s.external); old != nil {
		v.mu.Unlock()
		a.task(old.task)
		if s.unique {
			a.refuse(http.StatusBadRequest, "the external id must be unique")
		}
		return old, !s.unique
	}
	j := v.add(a, s, parse(s.prompt).with(parse(v.opts.Faults)).with(a.script))
	a.task(j.task)
	count := v.tasks[j.task]
	count.Tries++
	v.tasks[j.task] = count
	for _, status := range slices.Sorted(maps.Keys(j.script.status)) {
		if count.Tries <= j.script.status[status] {
			v.mu.Unlock()
			a.refuse(status, "as the words ask: %d", status)
			return nil, false
		}
	}
	count.Accepted++
	count.Ends = j.begun.Add(v.takes(j))
	v.tasks[j.task] = count
	v.jobs[j.id] = j
	if j.callback != "" {
		v.callers = append(v.callers, j)
	}
	v.mu.Unlock()
	if count.Tries <= j.script.times["drop"] {
		a.cut()
	}
	if j.script.has("garbled-submit") {
		a.bytes(http.StatusOK, "application/json", []byte(`{"id":"`))
		return nil, false
	}
	return j, true
}

// add makes a job; the caller holds the mutex and keeps it.
func (v *Vendor) add(a *ask, s submission, words script) *job {
	v.count++
	j := &job{
		submission: s, wire: a.wire.name, by: a.wire, base: a.base, n: v.count, id: fmt.Sprintf("00000000-0000-4000-8000-%012x", v.count),
		begun: v.opts.Now(), script: words, task: s.external, spent: map[string]int{},
	}
	if s.named != "" {
		j.id = s.named
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

// known returns the wire's job with an external id; nil where there is none. The caller holds the mutex.
func (v *Vendor) known(w wire, external string) *job {
	for _, j := range v.jobs {
		if external != "" && j.external == external && j.wire == w.name && !j.gone {
			return j
		}
	}
	return nil
}

// known is Vendor.known for one that does not hold the mutex.
func (a *ask) known(external string) *job {
	a.v.mu.Lock()
	defer a.v.mu.Unlock()
	return a.v.known(a.wire, external)
}

// find returns a job by id; nil means that a 404 was given.
func (a *ask) find(id string) *job {
	a.v.mu.Lock()
	j, ok := a.v.jobs[id]
	ok = ok && j.wire == a.wire.name && !j.gone && !a.has(j, "lost")
	a.v.mu.Unlock()
	if !ok {
		a.refuse(http.StatusNotFound, "there is no %s", id)
		return nil
	}
	a.task(j.task)
	return j
}

// all lists the wire's jobs, oldest first.
func (a *ask) all() []*job {
	a.v.mu.Lock()
	defer a.v.mu.Unlock()
	var out []*job
	for n := 1; n <= a.v.count; n++ {
		for _, j := range a.v.jobs {
			if j.n == n && j.wire == a.wire.name && !j.gone {
				out = append(out, j)
			}
		}
	}
	return out
}

// stand tells how far the clock has brought a job: a quarter of its time it waits.
func (a *ask) stand(j *job) stand {
	a.v.mu.Lock()
	defer a.v.mu.Unlock()
	spent := a.v.opts.Now().Sub(j.begun)
	share := min(float64(spent)/float64(a.v.takes(j)), 1)
	switch {
	case a.r == nil && j.script.has("callback-lie"): // a callback, not a poll
		return stand{phase: done, progress: 1}
	case !j.ended.IsZero() && !j.script.has("late-cancel"):
		return stand{phase: cancelled}
	case share < 0.25:
		return stand{phase: waiting}
	case share < 1 || j.script.has("stuck"):
		return stand{phase: running, progress: min(share, 0.9)}
	case j.script.fail != "":
		return stand{phase: failed, progress: 0.9, reason: j.script.fail}
	default:
		return stand{phase: done, progress: 1}
	}
}

// takes is how long a job lasts.
func (v *Vendor) takes(j *job) time.Duration {
	if j.script.slow > 0 {
		return j.script.slow
	}
	return v.opts.Takes
}

// cancel ends a job that has not ended, and reports whether it had.
func (a *ask) cancel(j *job) bool {
	if s := a.stand(j); s.phase >= done {
		return false
	}
	a.v.mu.Lock()
	defer a.v.mu.Unlock()
	j.ended = a.v.opts.Now()
	return true
}

// forget deletes a job.
func (a *ask) forget(j *job) {
	a.v.mu.Lock()
	defer a.v.mu.Unlock()
	j.gone = true
}

// status is the vendor's word for where a job stands, unless the words want another.
func (a *ask) status(j *job, s stand, words [5]string) string {
	if a.has(j, "unheard") {
		return "whatever"
	}
	if a.has(j, "reworded") {
		return [5]string{"NOT_START", "processing", "Succeeded", "ERROR", "canceled"}[s.phase]
	}
	return words[s.phase]
}

// link gives a fresh link to the finished file; "" where the words want none.
func (a *ask) link(j *job) string {
	if a.has(j, "nofile") {
		return ""
	}
	a.v.mu.Lock()
	defer a.v.mu.Unlock()
	j.serials++
	return fmt.Sprintf("%s/files/%s/%d.mp4?X-Signature=%032x", a.base, j.id, j.serials, j.serials)
}

// has reports whether a word holds, for the job or for this request alone.
func (a *ask) has(j *job, word string) bool { return a.script.has(word) || j.script.has(word) }

// spend reports whether a word still holds for the job, and counts it.
func (a *ask) spend(j *job, word string) bool {
	a.v.mu.Lock()
	defer a.v.mu.Unlock()
	if a.script.has(word) {
		return true
	}
	j.spent[word]++
	return j.spent[word] <= j.script.times[word]
}

// about answers a poll of a job, with the faults that its words ask for.
func (a *ask) about(j *job, status int, body any) {
	ended := a.stand(j).phase >= done
	a.v.mu.Lock()
	count := a.v.tasks[j.task]
	count.Polls++
	if ended && count.Told.IsZero() {
		count.Told = a.v.opts.Now()
	}
	a.v.tasks[j.task] = count
	a.v.mu.Unlock()
	page := []byte("<!doctype html><title>Bad gateway</title><h1>Something went wrong</h1>")
	b, err := json.Marshal(body)
	if err != nil {
		http.Error(a.w, err.Error(), http.StatusInternalServerError)
		return
	}
	switch {
	case a.spend(j, "garbage"):
		a.bytes(status, "application/json", b[:len(b)/2])
	case a.spend(j, "html"):
		a.bytes(http.StatusOK, "text/html; charset=utf-8", page)
	case a.spend(j, "wrong-type"):
		a.bytes(status, "text/html", b)
	case a.spend(j, "slow-body"):
		a.w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		a.bytes(status, "application/json", b[:len(b)/2])
		_ = http.NewResponseController(a.w).Flush()
		<-a.r.Context().Done()
	default:
		a.bytes(status, "application/json", b)
	}
}

// file gives the finished video by one of its links.
func (a *ask) file(j *job, serial string) {
	var n int
	_, _ = fmt.Sscanf(serial, "%d.mp4", &n)
	if a.r.URL.Query().Get("X-Signature") != fmt.Sprintf("%032x", n) {
		a.refuse(http.StatusForbidden, "the link is not signed")
		return
	}
	if n <= max(j.script.times["expired-url"], a.script.times["expired-url"]) {
		a.bytes(http.StatusForbidden, "application/xml", []byte("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"))
		return
	}
	a.film(j)
}

// film gives the finished video, with the faults that the job's words ask for.
func (a *ask) film(j *job) {
	h := a.w.Header()
	page := []byte("<!doctype html><title>Sign in</title>")
	switch {
	case a.has(j, "redirect-private"):
		http.Redirect(a.w, a.r, "http://10.255.255.1/video.mp4", http.StatusFound)
		return
	case a.has(j, "video-html"):
		a.bytes(http.StatusOK, "text/html", page)
		return
	case a.has(j, "video-lie"):
		a.bytes(http.StatusOK, "video/mp4", page)
		return
	case a.has(j, "video-scrambled"):
		a.bytes(http.StatusOK, "video/mp4", scrambled())
		return
	case a.spend(j, "changes"):
		h.Set("Content-Type", "video/mp4")
		h.Set("ETag", fmt.Sprintf("%q", "before"))
		http.ServeContent(&shears{ResponseWriter: a.w, left: len(video) / 2}, a.r, "", time.Time{}, bytes.NewReader(earlier()))
		return
	case a.has(j, "huge"):
		h.Set("Content-Length", "10000000000")
		a.bytes(http.StatusOK, "video/mp4", video)
		a.cut()
	case a.spend(j, "slow-file"):
		h.Set("Content-Length", strconv.Itoa(len(video)))
		a.bytes(http.StatusOK, "video/mp4", video[:len(video)/2])
		_ = http.NewResponseController(a.w).Flush()
		<-a.r.Context().Done()
		return
	case a.has(j, "no-range"):
		a.r.Header.Del("Range")
	}
	h.Set("Content-Type", "video/mp4")
	if j.script.times["changes"]+a.script.times["changes"] > 0 {
		h.Set("ETag", fmt.Sprintf("%q", "after"))
	}
	w := a.w
	if share := cmp.Or(a.script.cut, j.script.cut); share > 0 {
		w = &shears{ResponseWriter: a.w, left: max(1, len(video)*share/100)}
	}
	http.ServeContent(w, a.r, "", time.Time{}, bytes.NewReader(video))
}

// earlier is a video as good as the video, and another: it tells of another version of its format.
func earlier() []byte {
	const minorVersion = 15
	out := bytes.Clone(video)
	out[minorVersion]++
	return out
}

// scrambled is the video with noise in the place of its frames.
func scrambled() []byte {
	out := bytes.Clone(video)
	for i := bytes.Index(out, []byte("mdat")) + 4; i < len(out); i++ {
		out[i] ^= 0xff
	}
	return out
}

// shears cut the connection after so many bytes.
type shears struct {
	http.ResponseWriter
	left int
}

// Write writes what may still go, and then cuts.
func (s *shears) Write(b []byte) (int, error) {
	if len(b) <= s.left {
		s.left -= len(b)
		return s.ResponseWriter.Write(b)
	}
	_, _ = s.ResponseWriter.Write(b[:s.left])
	_ = http.NewResponseController(s.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// Unwrap lets http.ResponseController reach what is inside.
func (s *shears) Unwrap() http.ResponseWriter { return s.ResponseWriter }
