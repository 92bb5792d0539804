package engine

import (
	"net/http"
	"regexp"
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
	return (e.unexplained() || e.Class == AuthError) && aboutModel.Match(body[:min(len(body), modelTextLimit)])
}

// aboutModel matches a vendor's text that says that a model is unknown, retired or not open to the account. One about what a model
// can't do ("a duration of 20 is not supported by the model") does not match.
var aboutModel = regexp.MustCompile("(?i)" +
	`\b(?:model|endpoint|application)(?: (?:variant|name|id|version|or endpoint))?` + // what it is
	"[\\s:=]*\\\\?[\"'`]?[\\w./:@-]*\\\\?[\"'`]?\\s*" + // its name
	`\s(?:(?:is|was|has been|does|do) )?` +
	`(?:not exist|not found|not available|not supported|unsupported|no longer (?:available|supported|offered)|deprecated|retired|` +
	`discontinued|not (?:enabled|open|activated|permitted))` +
	`|model_?not_?found|(?:invalid|unknown|unsupported|no such) model|not have access to (?:the |this )?model|` +
	`not (?:authorized|allowed) to (?:access|use) (?:the |this )?model|invalid version or not permitted`)
