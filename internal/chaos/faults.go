package chaos

import (
	"context"
	"time"
)

// lanes returns the plan's faults that can be made here, by what they happen to.
func (r *run) lanes() map[string][]Fault {
	lanes := map[string][]Fault{}
	for _, f := range r.plan.Faults {
		if f.Kind == FillDisk && r.disk == nil || f.Kind == TurnClock && r.clock == nil {
			continue
		}
		lanes[f.lane()] = append(lanes[f.lane()], f)
	}
	return lanes
}

// play makes the faults of one lane happen, one after another.
func (r *run) play(ctx context.Context, faults []Fault) {
	for _, f := range faults {
		if !waitUntil(ctx, r.began.Add(f.At)) {
			return
		}
		r.say("%v", f)
		err := r.begin(ctx, f)
		waitUntil(ctx, time.Now().Add(f.Lasts))
		if err == nil {
			err = r.end(ctx, f)
		}
		if err != nil && ctx.Err() == nil {
			r.audit.problem("%v: %v", f, err)
			return
		}
		r.mu.Lock()
		r.made[f.Kind]++
		r.mu.Unlock()
	}
}

func (r *run) begin(ctx context.Context, f Fault) error {
	switch f.Kind {
	case KillServer:
		r.servers.all[f.Server].kill()
	case KillVendor:
		r.vendor.stop()
	case KillReceiver:
		r.receiver.stop()
	case KillDatabase:
		return r.db.kill(ctx)
	case KillBucket:
		r.bucket.kill()
	case FillDisk:
		return r.disk.fill()
	case TurnClock:
		return r.servers.all[f.Server].turn(f.Ahead)
	default:
		r.vendor.fault.Store(f.Kind)
	}
	return nil
}

// end undoes a fault. It returns when all works again.
func (r *run) end(ctx context.Context, f Fault) error {
	switch f.Kind {
	case KillServer:
		return r.servers.all[f.Server].start(ctx)
	case KillVendor:
		return r.vendor.start()
	case KillReceiver:
		return r.receiver.start()
	case KillDatabase:
		return r.db.start(ctx)
	case KillBucket:
		return r.bucket.start(ctx)
	case FillDisk:
		return r.disk.free()
	case TurnClock:
		return r.servers.all[f.Server].turn(0)
	default:
		r.vendor.fault.Store(Kind(""))
		return nil
	}
}

// waitUntil waits until a moment. It returns false if ctx ended before.
func waitUntil(ctx context.Context, at time.Time) bool {
	select {
	case <-time.After(time.Until(at)):
		return true
	case <-ctx.Done():
		return false
	}
}
