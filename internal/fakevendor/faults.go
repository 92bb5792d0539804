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
		{"slow:20s", "the job takes so long"},
		{"fail:SAFETY.INPUT.TEXT", "the job ends failed, with this code in the vendor's own words"},
		{"stuck", "the job never ends"},
		{"unheard", "polls answer a status that nobody has heard of"},
		{"reworded", "polls say the same in other words: NOT_START, processing, Succeeded, ERROR, canceled"},
		{"nofile", "the job succeeds without a file"},
		{"lost", "polls do not know the job"},
		{"late-cancel", "a cancel is accepted and has no effect"},
		{"429:3", "the first 3 submits of the task get this status; any status will do; without a number: all of them"},
		{"drop:1", "the first submit begins the work and its connection is cut before the answer"},
		{"garbled-submit", "a submit begins the work and is answered with half a JSON"},
		{"garbage:2", "the first 2 polls are answered with half a JSON; without a number: all of them"},
		{"html:2", "the same with a page"},
		{"wrong-type:2", "the same with a right answer under a wrong media type"},
		{"slow-body", "polls get half an answer, and the rest never comes"},
		{"cut:50%", "each download ends after this share of the file"},
		{"no-range", "downloads ignore Range"},
		{"expired-url:1", "the first link to the file is dead; without a number: all are"},
		{"redirect-private", "the link to the file leads to a private address"},
		{"video-html", "the file is a page"},
		{"video-lie", "the file is a page that calls itself a video"},
		{"video-scrambled", "the file is a video whose frames are noise"},
		{"changes:1", "the first download is cut in half, and another file is in its place from then on"},
		{"huge", "the file claims to be 10 GB"},
		{"slow-file:1", "the first download gets half the file, and the rest never comes; without a number: all of them"},
		{"no-callback", "callbacks are never sent"},
		{"callback-twice", "each callback is sent twice"},
		{"callback-forged", "callbacks bear the signature of somebody else"},
		{"callback-bare", "callbacks bear no signature"},
		{"callback-stale", "callbacks are an hour old, and were signed then"},
		{"callback-changed", "callbacks were changed on their way"},
		{"callback-lie", "callbacks tell of success from the beginning"},
	}
}

// unlimited is the count of a word without a number.
const unlimited = 1 << 30

// faults are the faults that fault words ask for.
type faults struct {
	tag    string
	slow   time.Duration
	fail   string
	cut    int            // percentage of the file that each download returns; 0 = all
	status map[int]int    // by status, the number of submits that get it
	times  map[string]int // by word, how often it applies
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
