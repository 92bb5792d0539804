package fakevendor

import (
	"cmp"
	"slices"
	"time"
)

// MostInFlight returns the largest number of jobs that were in flight at the same time, from their submits to their ends by the
// vendor's clock, which callers learn of later.
func (v *Vendor) MostInFlight() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	type change struct {
		at   time.Time
		jobs int
	}
	var changes []change
	for _, j := range v.jobs {
		end := j.started.Add(v.jobTime(j))
		if !j.ended.IsZero() && j.ended.Before(end) {
			end = j.ended
		}
		changes = append(changes, change{j.started, 1}, change{end, -1})
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), a.jobs-b.jobs) })
	now, most := 0, 0
	for _, c := range changes {
		now += c.jobs
		most = max(most, now)
	}
	return most
}
