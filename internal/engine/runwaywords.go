package engine

import (
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// RunwayStates maps Runway's words for states, which several vendors use, to ours. The words are the same.
func RunwayStates() map[string]task.State {
	return map[string]task.State{
		"PENDING": task.Pending, "THROTTLED": task.Throttled, "RUNNING": task.Running,
		"SUCCEEDED": task.Succeeded, "FAILED": task.Failed, "CANCELLED": task.Cancelled,
	}
}

// DottedReason parses one of Runway's dotted codes, which several vendors use. Ours are the same, but a vendor's code may go
// on: its third segment is only for diagnosis. The vendor's own INTERNAL, and an unknown code, are VendorUnavailable: Internal is a
// fault of ours.
func DottedReason(code string) task.Reason {
	for _, r := range task.Reasons() {
		if r != task.Internal && strings.HasPrefix(code, string(r)) {
			return r
		}
	}
	for _, x := range []struct {
		prefix string
		reason task.Reason
	}{
		{"SAFETY.OUTPUT", task.SafetyOutputVideo},
		{"SAFETY", task.SafetyInputText},
		{"INPUT_PREPROCESSING.SAFETY", task.PreprocessSafety},
		{"INPUT_PREPROCESSING", task.PreprocessFailed},
		{"INTERNAL.BAD_OUTPUT", task.BadOutput},
		{"ASSET", task.AssetInvalid},
		{"THIRD_PARTY", task.VendorUnavailable},
	} {
		if strings.HasPrefix(code, x.prefix) {
			return x.reason
		}
	}
	return task.VendorUnavailable
}
