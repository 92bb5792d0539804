package task_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestEveryCodeHasItsTitle(t *testing.T) {
	want := map[task.Code]string{
		task.Invalid: "The request is not valid", task.Unauthorized: "A valid API key is needed", task.BudgetSpent: "The budget is spent",
		task.Forbidden: "The key may not do this", task.NotFound: "Not found", task.NotAllowed: "Method not allowed", task.Conflict: "Not possible in the present state",
		task.Changed:  "It has changed meanwhile",
		task.TooLarge: "Too large", task.Unsupported: "Unsupported media type", task.Unreadable: "The content could not be read",
		task.RateLimited: "Too many requests", task.Unavailable: "The server is busy", task.NoSpace: "No space left for the file", task.InternalError: "Internal error",
		"an unknown code": "Internal error",
	}
	for code, title := range want {
		if got := code.Title(); got != title {
			t.Errorf("%s: %q, want %q", code, got, title)
		}
	}
	for _, code := range task.Codes() {
		if want[code] == "" {
			t.Errorf("%s is missing in this test", code)
		}
	}
}

// Callers' programs compare these values, so they must not change.
func TestValuesAreStable(t *testing.T) {
	for name, c := range map[string]struct{ got, want []string }{
		"states": {texts(task.States()), []string{"QUEUED", "THROTTLED", "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}},
		"codes": {texts(task.Codes()), []string{"invalid", "unauthorized", "budget_spent", "forbidden", "not_found", "method_not_allowed", "conflict", "precondition_failed", "too_large",
			"unsupported", "unreadable", "rate_limited", "unavailable", "no_space", "internal_error"}},
		"roles": {texts(task.Roles()), []string{"video", "raw", "preview", "last_frame", "poster", "sprite", "hover"}},
		"reasons": {texts(task.Reasons()), []string{"SAFETY.INPUT.TEXT", "SAFETY.INPUT.IMAGE", "SAFETY.INPUT.VIDEO", "SAFETY.OUTPUT.VIDEO", "INPUT_PREPROCESSING.SAFETY.TEXT",
			"INPUT_PREPROCESSING.INTERNAL", "INTERNAL.BAD_OUTPUT.CODE01", "ASSET.INVALID", "THIRD_PARTY.UNAVAILABLE", "THIRD_PARTY.REFUSED",
			"THIRD_PARTY.UNAVAILABLE.DEADLINE", "INTERNAL"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}

func texts[T ~string](all []T) []string {
	var out []string
	for _, one := range all {
		out = append(out, string(one))
	}
	return out
}

// Callers read whole sentences that do not mention the server's internals.
func TestPublicTextsAreSentences(t *testing.T) {
	internals := regexp.MustCompile(`(?i)vendor|gateway|store|sqlite|panic|http|json|goroutine|[{}<>]`)
	for _, r := range append(task.Reasons(), "SOMETHING.NEW", "") {
		text := r.PublicText()
		if !regexp.MustCompile(`^[A-Z].*\.$`).MatchString(text) || internals.MatchString(text) || len(text) > 120 {
			t.Errorf("%q: %q", r, text)
		}
	}
	for _, c := range task.Codes() {
		if title := c.Title(); !regexp.MustCompile(`^[A-Z][^.]*$`).MatchString(title) || internals.MatchString(title) {
			t.Errorf("%q: %q", c, title)
		}
	}
}

func TestRetryable(t *testing.T) {
	final := map[task.Reason]bool{task.SafetyInputText: true, task.SafetyInputImage: true, task.SafetyInputVideo: true, task.SafetyOutputVideo: true,
		task.PreprocessSafety: true, task.AssetInvalid: true, task.VendorRefused: true}
	for _, r := range task.Reasons() {
		if r.Retryable() == final[r] {
			t.Errorf("%s: retryable is %v", r, r.Retryable())
		}
	}
	// Only texts of retryable reasons tell the caller to try again.
	for _, r := range task.Reasons() {
		if strings.Contains(r.PublicText(), "Try again") != r.Retryable() {
			t.Errorf("%s: retryable is %v, and the text says %q", r, r.Retryable(), r.PublicText())
		}
	}
	if !task.Reason("SOMETHING.NEW").Retryable() {
		t.Error("an unknown reason is not retryable")
	}
}

func TestErrorText(t *testing.T) {
	for want, e := range map[string]*task.Error{
		"not_found: Not found":                 {Code: task.NotFound},
		"conflict: The task has ended.":        {Code: task.Conflict, Detail: "The task has ended."},
		"invalid: no; a: is required":          {Code: task.Invalid, Detail: "no", Fields: []task.FieldError{{Field: "a", Detail: "is required"}}},
		"invalid: no; a/b: x; ?limit: y":       {Code: task.Invalid, Detail: "no", Fields: []task.FieldError{{Field: "a/b", Detail: "x"}, {Field: "?limit", Detail: "y"}}},
		"too_large: no; the body is too large": {Code: task.TooLarge, Detail: "no", Fields: []task.FieldError{{Detail: "the body is too large"}}},
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestCodeOfReturnsTheOutermost(t *testing.T) {
	inner, outer := &task.Error{Code: task.NotFound}, &task.Error{Code: task.Unreadable}
	for _, c := range []struct {
		name string
		err  error
		want task.Code
	}{
		{"the error itself", inner, task.NotFound},
		{"wrapped twice", fmt.Errorf("b: %w", fmt.Errorf("a: %w", inner)), task.NotFound},
		{"joined with another error", errors.Join(errors.New("disk full"), inner), task.NotFound},
		{"two codes", errors.Join(outer, inner), task.Unreadable},
		{"no code", errors.New("disk full"), task.InternalError},
		{"only its text", errors.New(inner.Error()), task.InternalError},
		{"nil", nil, task.InternalError},
	} {
		if got := task.CodeOf(c.err); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestExcerptKeepsFortyCharacters(t *testing.T) {
	forty := strings.Repeat("é", 40)
	for text, want := range map[string]string{"": "", "short": "short", forty: forty, forty + "é": forty + "…"} {
		if got := task.Excerpt(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
