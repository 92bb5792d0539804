package fakevendor

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Words lists the fault words and what they do. They may be anywhere in a prompt, in the request header FaultHeader or in
// Options.Faults, each as "word" or "word:value".
func Words() [][2]string {
	return [][2]string{
		{"tag:NAME", "counts the submit under NAME"},
		{"slow:20s", "the job takes this long"},
		{"fail:SAFETY.INPUT.TEXT", "the job fails with this reason, in the vendor's own form"},
		{"stuck", "the job never ends"},
		{"unheard", "polls answer an unknown status"},
		{"reworded", "polls answer the status in other words: NOT_START, processing, Succeeded, ERROR, canceled"},
		{"nofile", "the job succeeds without a file"},
		{"lost", "polls answer that there is no such job"},
		{"late-cancel", "a cancel is accepted and has no effect"},
		{"429:3", "the first 3 submits of the task get this status, which may be any from 400 to 599; without a number: all of them"},
		{"no-model:2", "the first 2 submits of the task are refused because the vendor does not offer the model; without a number: all of them"},
		{"no-money:1", "the same because the account has no money left"},
		{"no-region:1", "the same because of the country that the call comes from"},
		{"bad-gateway:1", "the first submit of the task is answered by the vendor's front: 502 and an HTML page, and no job is created"},
		{"gateway-timeout:1", "the first submit creates a job, and is answered by the vendor's front: 504 and an HTML page"},
		{"crash:1", "the first submit creates a job, and is answered 500 without a body"},
		{"retry-after:3600", "a submit that gets a status is told to come back after this many seconds"},
		{"drop:1", "the first submit creates a job, and its connection is closed before the answer"},
		{"garbled-submit", "a submit creates a job, and is answered with half of the JSON"},
		{"garbage:2", "the first 2 polls are answered with half of the JSON; without a number: all of them"},
		{"html:2", "the same with an HTML page"},
		{"wrong-type:2", "the same with the right answer and a wrong media type"},
		{"slow-body", "polls get half of the answer, and the rest never comes"},
		{"cut:50%", "each download ends after this share of the file"},
		{"no-range", "downloads ignore Range"},
		{"expired-url:1", "the first link to the file has expired; without a number: all have"},
		{"redirect-private", "the link to the file redirects to a private address"},
		{"video-html", "the file is an HTML page"},
		{"video-lie", "the file is an HTML page with the media type of a video"},
		{"video-scrambled", "the file is a video whose frames are noise"},
		{"changes:1", "the first download is cut in half, and later ones get another file"},
		{"huge", "the file's Content-Length is 10 GB"},
		{"slow-file:1", "the first download gets half of the file, and the rest never comes; without a number: all of them"},
		{"no-callback", "callbacks are never sent"},
		{"callback-twice", "each callback is sent twice"},
		{"callback-forged", "callbacks are signed with another key"},
		{"callback-bare", "callbacks have no signature"},
		{"callback-stale", "callbacks were signed an hour ago"},
		{"callback-changed", "callbacks were changed after they were signed"},
		{"callback-lie", "callbacks report success from the beginning"},
	}
}

// unlimited is the count of a word without a number.
const unlimited = 1 << 30

// faults holds the faults that fault words ask for.
type faults struct {
	tag        string
	slow       time.Duration
	fail       string
	retryAfter int            // seconds; 0 = as usual
	cut        int            // percentage of the file that each download returns; 0 = all
	status     map[int]int    // by status, the number of submits that get it
	times      map[string]int // by word, how often it applies
}

// parseFaults reads the fault words of a text and ignores all others.
func parseFaults(text string) faults {
	s := faults{status: map[int]int{}, times: map[string]int{}}
	for word := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(strings.TrimRight(word, ".,;"), ":")
		switch key {
		case "tag":
			s.tag = value
		case "slow":
			s.slow, _ = time.ParseDuration(value)
		case "fail":
			s.fail = value
		case "retry-after":
			s.retryAfter, _ = strconv.Atoi(value)
		case "cut":
			s.cut, _ = strconv.Atoi(strings.TrimSuffix(value, "%"))
		default:
			if isWord(key) {
				s.times[key] = parseCount(value)
			} else if n, err := strconv.Atoi(key); err == nil && n >= 400 && n <= 599 && len(key) == 3 {
				s.status[n] = parseCount(value)
			}
		}
	}
	return s
}

// isWord reports whether Words lists the word.
func isWord(word string) bool {
	return slices.ContainsFunc(Words(), func(w [2]string) bool {
		name, _, _ := strings.Cut(w[0], ":")
		return name == word && name[0] > '9' // statuses are parsed separately
	})
}

// parseCount parses how often a word applies.
func parseCount(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil {
		return unlimited
	}
	return n
}

// with adds another text's faults to s.
func (s faults) with(o faults) faults {
	s.tag, s.fail = cmp.Or(s.tag, o.tag), cmp.Or(s.fail, o.fail)
	s.retryAfter = cmp.Or(s.retryAfter, o.retryAfter)
	s.slow, s.cut = cmp.Or(s.slow, o.slow), cmp.Or(s.cut, o.cut)
	for k, n := range o.status {
		s.status[k] = n
	}
	for k, n := range o.times {
		s.times[k] = n
	}
	return s
}

// has reports whether a word applies at least once.
func (s faults) has(word string) bool { return s.times[word] > 0 }
