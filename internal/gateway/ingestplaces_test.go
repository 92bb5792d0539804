package gateway

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// TestIngestLimitKeepsPlacesInOrder plays what comes and leaves at a limit of two places, by a clock.
func TestIngestLimitKeepsPlacesInOrder(t *testing.T) {
	l := newIngestLimit(2)
	now := time.Unix(0, 0)
	for _, s := range []struct {
		does  string // +a: a comes; -a: a leaves; ~a: a waits no more; "": nobody does anything
		later time.Duration
		in    bool
		wakes string
	}{
		{"+a", 0, true, ""}, {"+b", 0, true, ""}, {"+c", 0, false, ""}, {"+d", 0, false, ""}, {"+e", 0, false, ""}, {"+c", 0, false, ""},
		{"-a", 0, false, "c"},
		{"+f", 0, false, ""}, // the place is kept for c
		{"+c", time.Minute - 1, true, ""},
		{"~d", 0, false, ""},
		{"-c", 0, false, "e"},                                           // d has ended meanwhile
		{"+g", time.Minute, false, "f"},                                 // e has not come
		{"~f", 0, false, ""},                                            // and f has ended
		{"-b", 0, false, "g"},                                           // two places, for one that waits
		{"+e", 0, true, ""},                                             // it comes late, and there is one more
		{"+h", -time.Hour, true, ""},                                    // the clock was set back: g's place is not kept for an hour
		{"+g", 0, false, ""},                                            // and comes too late
		{"-h", time.Hour, false, "g"},                                   //
		{"+g", 0, true, ""},                                             //
		{"-e", 0, false, ""}, {"-g", 0, false, ""}, {"+a", 0, true, ""}, // nothing is left
	} {
		now = now.Add(s.later)
		var in bool
		var wakes []task.Wake
		switch id := s.does[1:]; s.does[0] {
		case '+':
			in, wakes = l.enter(task.Wake{Task: id}, now)
		case '-':
			wakes = l.leave(id, now)
		default:
			l.forget(id)
		}
		var got []string
		for _, w := range wakes {
			got = append(got, w.Task)
		}
		if want := strings.Split(s.wakes, ""); in != s.in || !slices.Equal(got, want) {
			t.Fatalf("%s: in %v, wakes %v; want %v, %v", s.does, in, got, s.in, want)
		}
	}
	if len(l.inside)+len(l.kept)+len(l.waiting)+len(l.order) != 1 {
		t.Errorf("left: %+v", l)
	}
}
