package runway

import (
	"maps"
	"sync"
	"time"
)

// recentLinks holds the links of videos that polls have just returned. Runway wants five seconds between two polls of a task, and
// the download of a finished video follows its last poll at once.
type recentLinks struct {
	now func() time.Time

	mu  sync.Mutex
	all map[string]recentLink // by task
}

type recentLink struct {
	url    string
	polled time.Time
}

// put keeps a task's link until the task may be polled again.
func (r *recentLinks) put(handle, url string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	maps.DeleteFunc(r.all, func(_ string, l recentLink) bool { return now.Sub(l.polled) >= pollEvery })
	r.all[handle] = recentLink{url, now}
}

// take returns a task's link once, if it is still kept: whoever comes again found it broken or expired.
func (r *recentLinks) take(handle string) (url string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, ok := r.all[handle]
	delete(r.all, handle)
	return l.url, ok && r.now().Sub(l.polled) < pollEvery
}
