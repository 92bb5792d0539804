package webhook

import (
	"errors"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/panics"
)

const (
	// maxUnrecorded is the most attempts for one webhook that are not recorded yet. Those whose requests have ended wait for a commit with
	// others, and make room for the next requests meanwhile.
	maxUnrecorded = 64
	// maxClaimed is the most attempts for one webhook whose requests have not ended. Those above maxAtOnce wait for one to end.
	maxClaimed = 48
)

// underWay are the attempts of a drain that are not recorded yet.
type underWay struct {
	attempts panics.Group
	places   chan struct{} // has an element for each request
	changed  chan struct{} // has an element if a request has ended, or an attempt is recorded, since the last wait

	mu         sync.Mutex
	claimed    int // their requests have not ended
	ended      int // requests that have ended since the last claim
	unrecorded int // with those that are claimed
	err        error
}

func newUnderWay() *underWay {
	return &underWay{places: make(chan struct{}, maxAtOnce), changed: make(chan struct{}, 1)}
}

// begin makes an attempt in a goroutine, as soon as there is a place for its request. It calls sent once, when the request has ended, and
// returns when it is recorded. After an error of either no other attempt is to be begun.
func (u *underWay) begin(attempt func(sent func(error)) error) {
	u.mu.Lock()
	u.claimed++
	u.unrecorded++
	u.mu.Unlock()
	u.attempts.Go(func() {
		u.places <- struct{}{}
		err := errors.New("webhook: an attempt panicked")
		defer func() { u.change(err, func() { u.unrecorded-- }) }()
		err = attempt(func(err error) {
			<-u.places
			u.change(err, func() { u.claimed--; u.ended++ })
		})
	})
}

// change counts the end of a request or of an attempt, and signals it.
func (u *underWay) change(err error, count func()) {
	u.mu.Lock()
	count()
	u.err = errors.Join(u.err, err)
	u.mu.Unlock()
	select {
	case u.changed <- struct{}{}:
	default:
	}
}

// wait returns after a change, or after a time. It reports whether to look for what is due: always after that time, and after a change if
// many may be claimed by one commit.
func (u *underWay) wait(longest time.Duration) (look bool) {
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-u.changed:
		u.mu.Lock()
		defer u.mu.Unlock()
		return u.room(maxAtOnce) >= u.most()/2
	case <-timer.C:
		return true
	}
}

// most returns how many attempts may be claimed at once: more than there are places, if so many have ended since the last claim that these
// would be empty before the next one.
func (u *underWay) most() int { return min(max(maxAtOnce, 2*u.ended), maxClaimed) }

// room returns how many attempts may be claimed, if so many requests may be under way at once.
func (u *underWay) room(atOnce int) int {
	if atOnce == maxAtOnce {
		atOnce = u.most()
	}
	return min(atOnce-u.claimed, maxUnrecorded-u.unrecorded)
}

// claim returns how many attempts may be claimed, as room, and begins to count anew.
func (u *underWay) claim(atOnce int) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := u.room(atOnce)
	if n > 0 {
		u.ended = 0
	}
	return n
}

// none reports whether all attempts are recorded.
func (u *underWay) none() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.unrecorded == 0
}

// fail notes an error, as that of an attempt.
func (u *underWay) fail(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.err = errors.Join(u.err, err)
}

// failed returns the errors so far.
func (u *underWay) failed() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.err
}
