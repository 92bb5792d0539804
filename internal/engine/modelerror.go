package engine

import (
	"net/http"
	"regexp"

	"github.com/filmgate/filmgate/internal/task"
)

// modelTextLimit is how much of an answer is searched for words about the model, in bytes.
const modelTextLimit = 4 << 10

// refusesModel reports whether a refusal without a reason, or one for the account, says that the vendor has no such model, or
// not for this account. Vendors say so with various statuses and codes, but in similar words.
func refusesModel(e *Error, status int, body []byte) bool {
	switch status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity:
	default:
		return false
	}
	unexplained := e.Class == Refused && (e.Reason == "" || e.Reason == task.Internal)
	return (unexplained || e.Class == AuthError) && isAboutModel(string(body[:min(len(body), modelTextLimit)]))
}

// isAboutModel reports whether a vendor's text says that a model is unknown, retired or not open to the account. A text about
// what a model can't do ("a duration of 20 is not supported by the model") does not.
func isAboutModel(text string) bool {
	const (
		noun = `(?:model|endpoint|application)(?: (?:variant|name|id|version|or endpoint))?`
		name = "[\\s:=]*\\\\?[\"'`]?[\\w./:@-]*\\\\?[\"'`]?\\s*"
		verb = `\s(?:(?:is|was|has been|does|do) )?`
		gone = `(?:not exist|not found|not available|not supported|unsupported|no longer (?:available|supported|offered)|deprecated|retired|` +
			`discontinued|not (?:enabled|open|activated|permitted))`
		code = `model_?not_?found|(?:invalid|unknown|unsupported|no such) model|not have access to (?:the |this )?model|` +
			`not (?:authorized|allowed) to (?:access|use) (?:the |this )?model|invalid version or not permitted`
	)
	return regexp.MustCompile(`(?i)\b` + noun + name + verb + gone + `|` + code).MatchString(text)
}
