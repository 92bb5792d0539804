package fakevendor

import "net/http"

// knownJob is Vendor.known for a caller that does not hold the mutex.
func (req *request) knownJob(external string) *job {
	req.v.mu.Lock()
	defer req.v.mu.Unlock()
	return req.v.known(req.wire, external)
}

// find returns a job by id. If there is none, it answers 404 and returns nil.
func (req *request) find(id string) *job {
	return req.findOr(id, http.StatusNotFound, "there is no "+id)
}

// findOr is find with another answer if there is no such job.
func (req *request) findOr(id string, status int, text string) *job {
	req.v.mu.Lock()
	j, ok := req.v.jobs[id]
	ok = ok && j.wire == req.wire.name && !j.deleted && !req.hasFault(j, "lost")
	req.v.mu.Unlock()
	if !ok {
		req.refuse(status, "%s", text)
		return nil
	}
	req.setTask(j.task)
	return j
}

// jobs returns the wire's jobs, oldest first.
func (req *request) jobs() []*job {
	req.v.mu.Lock()
	defer req.v.mu.Unlock()
	var out []*job
	for n := 1; n <= req.v.count; n++ {
		for _, j := range req.v.jobs {
			if j.n == n && j.wire == req.wire.name && !j.deleted {
				out = append(out, j)
			}
		}
	}
	return out
}
