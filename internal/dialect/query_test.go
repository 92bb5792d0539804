package dialect

import (
	"net/url"
	"testing"
)

func TestAQueryIsRead(t *testing.T) {
	q := Query{Values: url.Values{"limit": {"5"}, "order": {"asc"}, "empty": {""}}}
	for name, got := range map[string]int{"limit": q.Int("limit", 20, 1, 100), "absent": q.Int("absent", 5, 1, 10), "empty": q.Int("empty", 5, 1, 10)} {
		if got != 5 {
			t.Errorf("%s is %d", name, got)
		}
	}
	for name, got := range map[string]string{"order": q.OneOf("order", "desc", "desc", "asc"), "absent": q.OneOf("absent", "asc", "desc"), "empty": q.OneOf("empty", "asc", "desc")} {
		if got != "asc" {
			t.Errorf("%s is %s", name, got)
		}
	}
	if err := q.Err(); err != nil {
		t.Error(err)
	}
}

func TestEachErrorOfAQueryIsReported(t *testing.T) {
	q := Query{Values: url.Values{"low": {"0"}, "high": {"101"}, "text": {"1.5"}, "word": {"up"}}}
	for _, name := range []string{"low", "high", "text"} {
		if got := q.Int(name, 7, 1, 100); got != 7 {
			t.Errorf("%s is %d, want the fallback", name, got)
		}
	}
	if got := q.OneOf("word", "desc", "desc", "asc"); got != "desc" {
		t.Errorf("the word is %s, want the fallback", got)
	}
	q.AddError("after", "there is no %q", "x")
	want := `invalid: The query is not valid.; ?low: must be a whole number from 1 to 100; ?high: must be a whole number from 1 to 100; ` +
		`?text: must be a whole number from 1 to 100; ?word: "up" is not possible; allowed: desc, asc; ?after: there is no "x"`
	if err := q.Err(); err == nil || err.Error() != want {
		t.Errorf("the error is %v\nwant %s", err, want)
	}
}
