package directions

import (
	"cmp"
	"slices"

	"github.com/filmgate/filmgate/internal/render/words"
)

// span is a part of the video that a prompt names by its times, in seconds.
type span struct{ from, to float64 } // to is 0 if only the beginning is named

// timecodes joins the tokens of each time of the video that a prompt names to one of the kind "time", which stands before what happens
// then: "0-2s: pan left", "[00:02-00:05] push in", "from 2 to 5 seconds, tilt up", "at 3s zoom out". seconds is the video's length; 0: not
// known.
func timecodes(tokens []token, seconds float64) []token {
	var out []token
	found := false
	for i := 0; i < len(tokens); {
		s, n := timeRange(tokens, i)
		if n == 0 {
			s, n = timeBegun(tokens, i, seconds)
		}
		if n == 0 {
			out = append(out, tokens[i])
			i++
			continue
		}
		found = true
		first, last := tokens[i], tokens[i+n-1]
		t := token{text: "time", at: first.at, len: max(first.len, last.at+last.len-first.at), sense: &sense{kind: "time"}, span: &s}
		i += n
		if k := len(out) - 1; k >= 0 && (out[k].is("from at") || isMark(out[k], "[(【（") && i < len(tokens) && isMark(tokens[i], "])】）")) {
			if out[k].is("mark") {
				i++
			}
			out = out[:k]
		}
		out = append(out, t)
	}
	if found && named(out) {
		return timesFirst(out)
	}
	return out
}

// moment reads a time of the video from the first tokens: its seconds, how many tokens it has, and whether it says its unit.
func moment(t []token) (at float64, n int, exact bool) {
	switch {
	case len(t) == 0 || !t[0].is("number"):
		return 0, 0, false
	case len(t) > 2 && isMark(t[1], ":") && t[2].is("number") && len(t[2].text) == 2 && t[2].n < 60:
		return float64(60*t[0].n) + t[2].n, 3, true
	case len(t) > 1 && t[1].is("seconds"):
		return float64(t[0].n * t[1].n), 2, true
	}
	return t[0].n, 1, false
}

// timeRange reads the two times of a span at token i: "0-2s", "0:02-0:05". It returns how many tokens they have, and 0 if there are
// none. A length ("for 2 to 3 seconds", "a 5-10 second video") is none.
func timeRange(tokens []token, i int) (s span, n int) {
	from, n, _ := moment(tokens[i:])
	if n == 0 || i > 0 && (tokens[i-1].is("for of after before number") || words.IsOne(tokens[i-1].text, "over in within than about")) {
		return span{}, 0
	}
	if i+n < len(tokens) && tokens[i+n].is("to") {
		n++
	}
	to, m, exact := moment(tokens[i+n:])
	end := i + n + m
	if m == 0 || !exact || to <= from || end < len(tokens) && (tokens[end].is("shot") || tokens[end].is("other") && tokens[end-1].text == "second") {
		return span{}, 0
	}
	return span{from, to}, n + m
}

// timeBegun reads a time at which something begins: "at 3s", or at the beginning of a clause "0:03" or "3s:". A ratio like 9:16 or a time of day
// is later than any video's end.
func timeBegun(tokens []token, i int, seconds float64) (s span, n int) {
	from, n, exact := moment(tokens[i:])
	if seconds == 0 {
		seconds = 60
	}
	if n == 0 || !exact || from >= seconds {
		return span{}, 0
	}
	at := i > 0 && tokens[i-1].is("at")
	opens := i == 0 || isMark(tokens[i-1], ".,;\n[。，；")
	colon := n == 3 || i+n < len(tokens) && isMark(tokens[i+n], ":：")
	if !at && !(opens && colon) {
		return span{}, 0
	}
	return span{from: from}, n
}

// isMark reports whether a token is one of the marks.
func isMark(t token, marks string) bool {
	return t.is("mark") && slices.Contains([]rune(marks), []rune(t.text)[0])
}

// named reports whether the times stand after what happens then, as in "pan left (0-2s), push in (2-5s)".
func named(tokens []token) bool {
	before, after, begun := false, false, false
	for _, t := range tokens {
		switch {
		case t.is("time"):
			begun, after = true, false
		case t.is("verb hold still move"):
			before, after = before || !begun, true
		}
	}
	return before && !after
}

// timesFirst moves each time before what happens then: all since the time before, or the clause if only the beginning is named.
func timesFirst(tokens []token) []token {
	var out []token
	since, clause := 0, 0
	for _, t := range tokens {
		switch {
		case !t.is("time"):
			out = append(out, t)
			if t.is("mark next and") {
				clause = len(out)
			}
		default:
			at := since
			if t.span.to == 0 {
				at = max(since, clause)
			}
			out = slices.Insert(out, at, t)
			since = len(out)
		}
	}
	return out
}

// inSpans gives each step the time that the prompt names for it. Steps of one span follow one another in it. What is said before the first
// time is until then, or for the whole video if that begins at once. A prompt written for a longer video is shortened as a whole.
func (o *order) inSpans(steps []*stepInWork) []Step {
	length := o.seconds
	for _, s := range steps {
		if s.span != nil {
			length = max(length, s.span.from+0.1, s.span.to)
		}
	}
	slices.SortStableFunc(steps, func(a, b *stepInWork) int { return cmp.Compare(a.begin(), b.begin()) })
	var out []Step
	for len(steps) > 0 {
		n := 1
		for n < len(steps) && steps[n].span == steps[0].span {
			n++
		}
		from, to := max(0, steps[0].begin()), length
		switch {
		case steps[0].span != nil && steps[0].span.to > 0:
			to = steps[0].span.to
		case n < len(steps) && steps[n].begin() > from:
			to = steps[n].begin()
		}
		for _, s := range timed(steps[:n]) {
			s.From, s.To = (from+float64(s.From*(to-from)))/length, (from+float64(s.To*(to-from)))/length
			out = append(out, s)
		}
		steps = steps[n:]
	}
	return out
}

// begin returns when the span of a step begins, and a time before all others if it has none.
func (s *stepInWork) begin() float64 {
	if s.span == nil {
		return -1
	}
	return s.span.from
}
