package gateway

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// jumpPause is how long after a jump of the clock nothing is deleted because of its age: an operator has time to set the clock
// right.
const jumpPause = time.Hour

// jumps notices when the clock is set forward while the process runs, or when the machine was suspended: then more time has passed
// on the clock than in the process. The zero value is ready to use.
type jumps struct {
	mu     sync.Mutex
	offset time.Duration // of the clock from the time that has passed in the process, at the last look; 0 = there was none
	all    []jump        // since the clock was set back last
	last   time.Duration // when the last one was noticed, in the time of the process
}

// jump is one jump forward.
type jump struct {
	by     time.Duration
	before time.Time // what was written up to this time was written before the jump
}

// look compares the clock with the time that has passed in the process.
func (j *jumps) look(now time.Time, passed time.Duration, log *slog.Logger) {
	j.mu.Lock()
	defer j.mu.Unlock()
	offset := time.Duration(now.UnixNano()) - passed
	by := offset - j.offset
	first := j.offset == 0
	j.offset = offset
	switch {
	case first:
	case by > task.ClockSkew:
		j.add(by, now, passed, log)
	case by < -task.ClockSkew: // what jumped forward is likely to have been corrected
		j.all = nil
	}
}

// add records a jump that was noticed now.
func (j *jumps) add(by time.Duration, now time.Time, passed time.Duration, log *slog.Logger) {
	j.all, j.last = append(j.all, jump{by, now.Add(-by)}), passed
	log.WarnContext(context.Background(), "the clock was set forward, or the machine was suspended: deadlines of tasks move by as much, and for a while nothing is deleted because it is old",
		"by", by.Round(time.Second), "for", jumpPause)
}

// since returns by how much the clock has jumped since something was written.
func (j *jumps) since(written time.Time) (by time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, one := range j.all {
		if !written.After(one.before) {
			by += one.by
		}
	}
	return by
}

// recent reports whether the clock has jumped not long ago.
func (j *jumps) recent(passed time.Duration) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.all) > 0 && passed-j.last < jumpPause
}

// ClockJumped reports whether the clock was set forward within the last hour of this process, or between it and the one before.
func (g *Gateway) ClockJumped() bool {
	if g.cfg.Passed == nil {
		return false
	}
	g.now()
	return g.jumps.recent(g.cfg.Passed())
}

// MayDelete reports whether what is old may be deleted: the clock has not jumped, and is not known to be wrong.
func (g *Gateway) MayDelete(ctx context.Context) bool {
	return !g.ClockJumped() && (g.cfg.ClockRight == nil || g.cfg.ClockRight(ctx))
}
