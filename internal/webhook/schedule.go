package webhook

import (
	"net/http"
	"strconv"
	"time"
)

const (
	sendLimit    = 20 * time.Second   // for one attempt, with its answer
	lease        = 25 * time.Second   // after which an attempt counts as lost
	longestRetry = 24 * time.Hour     // that a Retry-After is followed
	failureLimit = 5 * 24 * time.Hour // of failures alone, after which a webhook is disabled
	longestPause = 5 * time.Minute    // of a webhook whose server does not work
	jitter       = 0.2                // of a wait is added at random, so that what failed together is not repeated together
	answerHead   = 1 << 10            // bytes of an answer that are kept
)

// retryWaits are the waits after each failed attempt; after as many and one more, a delivery has failed. They are those that the
// standard suggests: about three days in all.
func retryWaits() []time.Duration {
	return []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour,
		20 * time.Hour, 24 * time.Hour}
}

// retryWait returns the wait after the tries-th attempt failed; ok is false after the last one. roll is in [0,1). A Retry-After makes
// it longer, never shorter: a receiver that always says one second would else use up all attempts at once.
func retryWait(tries int, retryAfter time.Duration, roll float64) (wait time.Duration, ok bool) {
	waits := retryWaits()
	if tries > len(waits) {
		return 0, false
	}
	wait = waits[max(tries, 1)-1]
	wait += time.Duration(roll * jitter * float64(wait))
	return max(wait, min(retryAfter, longestRetry)), true
}

// longestWait returns the longest time that a delivery waits after it has been tried tries times, of which the last attempt may have
// been answered with a Retry-After.
func longestWait(tries int, asked bool) time.Duration {
	waits := retryWaits()
	longest := time.Duration(0)
	if tries > 0 {
		longest = waits[min(tries, len(waits))-1]
	}
	longest += time.Duration(jitter * float64(longest))
	if asked {
		longest = max(longest, longestRetry)
	}
	return max(longest, lease)
}

// retryAfter returns how long an answer asks to wait: 0 unless it is 429 or 503 and says so.
func retryAfter(status int, h http.Header, now time.Time) time.Duration {
	if !mayAsk(status) {
		return 0
	}
	text := h.Get("Retry-After")
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// mayAsk reports whether an answer with a status may ask to wait.
func mayAsk(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}
