package minimax

import (
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// invalidParameter is the code for an invalid parameter.
const invalidParameter = 2013

// errorOfCode classifies a code. Both versions have the same codes (platform.minimax.io/docs/api-reference/errorcode). An
// unknown code is a refusal.
func errorOfCode(code int, text string) *engine.Error {
	e := &engine.Error{Class: engine.Refused, Said: engine.Quote(text)}
	lower := strings.ToLower(text)
	switch code {
	case 0: // no code
		if strings.Contains(lower, "sensitive") {
			e.Reason = task.SafetyInputText
		}
	case 1002, 1039, 1041, 2045: // too many requests, tokens, connections; too fast a growth
		e.Class, e.Reason = engine.Overloaded, task.VendorUnavailable
	case 1004, 1008, 1028, 1030, 2038, 2049, 2056: // key, balance, quota, quota, identity check, key, usage limit of the plan
		e.Class, e.Reason = engine.AuthError, task.VendorRefused
	case 2061: // model not in the plan
		e.Class, e.Reason = engine.ModelError, task.VendorRefused
	case 1026:
		e.Reason = task.SafetyInputText
	case 1027:
		e.Reason = task.SafetyOutputVideo
	case 1042:
		e.Reason, e.Text = task.VendorRefused, "The prompt has too many invisible characters. Change the prompt."
	case 1000, 1001, 1013, 1024, 1033: // unknown, timeout, internal, internal, backend: only after a timeout the vendor may have the job
		e.Class, e.Reason, e.Unconfirmed = engine.Unreachable, task.VendorUnavailable, code == 1001
	case invalidParameter:
		e.Reason = task.VendorRefused
		if strings.Contains(lower, "image") {
			e.Reason = task.AssetInvalid
		} else if strings.Contains(lower, "unknown model") || strings.Contains(lower, "model not") {
			e.Class, e.Reason = engine.ModelError, task.VendorRefused
		}
	}
	return e
}
