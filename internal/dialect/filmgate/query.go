package filmgate

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	defaultPage = 20
	largestPage = 100
	searchLimit = 200 // characters
)

// query reads the parameters of a list.
type query struct{ dialect.Query }

func (q *query) limit() int {
	s := q.Get("limit")
	if s == "" {
		return defaultPage
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > largestPage {
		q.AddError("limit", "%q; allowed: 1 to %d", s, largestPage)
	}
	return n
}

func (q *query) cursor() task.Cursor {
	s := q.Get("cursor")
	if s == "" {
		return task.Cursor{}
	}
	at, ok := parseCursor(s)
	if !ok {
		q.AddError("cursor", "must be the next of an earlier answer")
	}
	return at
}

// search reads the words to search for.
func (q *query) search() string {
	s := q.Get("q")
	if n := utf8.RuneCountInString(s); n > searchLimit {
		q.AddError("q", "%d characters; at most %d", n, searchLimit)
	}
	return s
}

func (q *query) time(name string) time.Time {
	s := q.Get(name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		q.AddError(name, "%q; must be an RFC 3339 time such as 2026-11-23T12:00:00Z", s)
	}
	return t
}

func (q *query) states(name string) []task.State {
	var out []task.State
	for _, one := range strings.FieldsFunc(strings.Join(q.Values[name], ","), func(r rune) bool { return r == ',' }) {
		s := task.State(strings.ToUpper(strings.TrimSpace(one)))
		if !slices.Contains(task.States(), s) {
			q.AddError(name, "%q; allowed: %s", one, joined(task.States()))
			continue
		}
		out = append(out, s)
	}
	return out
}

func (q *query) flag(name string) *bool {
	s := q.Get(name)
	if s == "" {
		return nil
	}
	b, err := strconv.ParseBool(s)
	if err != nil {
		q.AddError(name, "%q; allowed: true, false", s)
	}
	return &b
}

// pageParams returns the parameters of every list.
func pageParams() []dialect.Param {
	limit := dialect.Between("integer", 1, largestPage)
	limit.Default = defaultPage
	return []dialect.Param{
		{In: "query", Name: "limit", Text: "How many a page has at most.", Schema: limit},
		{In: "query", Name: "cursor", Text: "The `next` of the page before. Absent for the first page."},
	}
}

func joined[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, v := range all {
		words[i] = string(v)
	}
	return strings.Join(words, ", ")
}
