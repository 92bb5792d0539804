package minimax

import (
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// invalidParameter is the code for a parameter that is not valid.
const invalidParameter = 2013

// errorOfCode sorts a code, which both versions share (platform.minimax.io/docs/api-reference/errorcode). A code that nobody
// has heard of is a refusal.
func errorOfCode(code int, text string) *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.Internal}
	lower := strings.ToLower(text)
	switch code {
	case 0: // none was named
		if strings.Contains(lower, "sensitive") {
			e.Reason = task.SafetyInputText
		}
	case 1002, 1039, 1041, 2045: // requests, tokens, connections, growth
		e.Class, e.Reason = engine.Overloaded, task.VendorUnavailable
	case 1004, 1008, 1028, 1030, 2038, 2049, 2056, 2061: // key, balance, quotas, who one is, key, plan's window, plan
		e.Class, e.Reason = engine.AuthError, task.VendorRefused
	case 1026:
		e.Reason = task.SafetyInputText
	case 1027:
		e.Reason = task.SafetyOutputVideo
	case 1042:
		e.Text = "The prompt has too many invisible characters. Change the prompt."
	case 1000, 1001, 1013, 1024, 1033: // unknown, timeout, internal, internal, a service behind
		e.Class, e.Reason, e.Unconfirmed = engine.Unreachable, task.VendorUnavailable, true
	case invalidParameter:
		if strings.Contains(lower, "image") {
			e.Reason = task.AssetInvalid
		}
	}
	return e
}
