package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/filmgate/filmgate/internal/task"
)

// saidLimit is how much of a vendor's own words an error keeps for callers, in characters.
const saidLimit = 200

// Explain returns what callers are told of the error of the engine of that name: what it did, what it said, and what to do. An Error's own
// Text replaces what to do.
func (e *Error) Explain(name string) string {
	did, todo := e.reaction()
	if e.Text != "" {
		todo = e.Text
	}
	return explain(name, did, e.Said, e.Status, todo)
}

// ExplainFailure returns what callers are told of a job that failed at the engine of that name: what it did, what it said, and what to do.
// The Detail of a failure is what the engine said; but if the failure has a text of its own, which then says what to do, only that of an
// Error is.
func ExplainFailure(name string, f task.Failure) string {
	did, todo := contentReaction(f.Reason, "made no video")
	if f.Reason == task.VendorRefused {
		todo = "Change the request or ask for another model, or tell the operator of this server."
	}
	said, own := f.Detail, f.Text != "" && f.Text != f.Reason.PublicText()
	if strings.HasPrefix(said, "engine: ") { // an Error's text, which begins with its class and reason
		_, said, _ = strings.Cut(said, "): ")
	} else if own {
		said = ""
	}
	if own {
		todo = f.Text
	}
	said = strings.Trim(strings.TrimPrefix(said, string(f.Reason)+": "), " :")
	return explain(name, did, Quote(said), 0, todo)
}

func explain(name, did, said string, status int, todo string) string {
	text := "The engine " + name + " " + did
	switch {
	case said != "":
		text += `: "` + said + `"`
	case status > 0:
		text += fmt.Sprintf(" (HTTP status %d)", status)
	}
	return text + ". " + todo
}

// reaction returns what the engine did, and what the caller can do.
func (e *Error) reaction() (did, todo string) {
	if e.Reason == task.BadOutput {
		return "gave no playable video", "Try again later."
	}
	switch e.Class {
	case Refused:
		return contentReaction(e.Reason, "refused the request")
	case AuthError:
		return "refused this server's key or account", "The operator of this server must check the key, its balance and its terms."
	case ModelError:
		return "does not offer the model", "It is unknown, retired or not open to this server's account, or the engine's address is wrong. Ask for another model, or tell the operator of this server."
	case Overloaded:
		return "has no capacity", "Try again later."
	case NotFound:
		return "does not find the job that it had accepted", "Create the task again."
	case InvalidResponse:
		return "gave an answer that makes no sense", "Try again later."
	default:
		return "could not be reached, or failed", "Try again later."
	}
}

// contentReaction is reaction for what may be about the request's content; other is what the engine did if it is not.
func contentReaction(r task.Reason, other string) (did, todo string) {
	switch r {
	case task.SafetyInputText, task.PreprocessSafety:
		return "refused the prompt by its content rules", "Change the prompt."
	case task.SafetyInputImage:
		return "refused the picture by its content rules", "Use another picture."
	case task.SafetyInputVideo:
		return "refused the input video by its content rules", "Use another video."
	case task.SafetyOutputVideo:
		return "withheld the finished video by its content rules", "Another seed or prompt may pass."
	case task.AssetInvalid:
		return "could not use the picture or video", "Check its format and size."
	case task.VendorUnavailable, task.Overdue, task.BadOutput, task.PreprocessFailed:
		return other, "Try again later."
	default:
		return other, "Change the request, or ask for another model."
	}
}

// saidIn returns the sentence in a vendor's error body, with the field that it is about: the first text under one of the names that
// vendors use. It returns "" if there is none.
func saidIn(body []byte) string {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return ""
	}
	return Quote(sentenceIn(v))
}

func sentenceIn(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		for _, one := range v {
			if s := sentenceIn(one); s != "" {
				return s
			}
		}
	case map[string]any:
		text := ""
		for _, name := range []string{"error", "detail", "message", "msg", "errors", "status_msg", "base_resp", "output", "failure", "title"} {
			if text = sentenceIn(v[name]); text != "" {
				break
			}
		}
		if issue := sentenceIn(v["issues"]); issue != "" && text != "" { // of Runway: the first names the field
			text += ": " + issue
		}
		if field := fieldIn(v); field != "" && text != "" && !strings.Contains(text, field) {
			text = field + ": " + text
		}
		return text
	}
	return ""
}

// fieldIn returns the field that an entry of an error's body is about: the end of its path.
func fieldIn(entry map[string]any) string {
	for _, name := range []string{"path", "loc", "param", "pointer"} {
		switch at := entry[name].(type) {
		case string:
			return strings.TrimPrefix(at, "#/")
		case []any:
			for i := len(at) - 1; i >= 0; i-- {
				if field, ok := at[i].(string); ok {
					return field
				}
			}
		}
	}
	return ""
}

// Quote returns the words of a vendor as Error.Said holds them: on one line, without control characters and double quotes, of 200
// characters at most.
func Quote(text string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return ' '
		}
		return r
	}, text)
	words := []rune(strings.Join(strings.Fields(plain), " "))
	if len(words) > saidLimit {
		return string(words[:saidLimit]) + "…"
	}
	return string(words)
}
