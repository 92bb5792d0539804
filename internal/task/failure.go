package task

// Reason says why a task failed, in Runway's dotted codes (docs.dev.runwayml.com, "Task failures").
type Reason string

// The reasons a task may end FAILED.
const (
	SafetyInputText   Reason = "SAFETY.INPUT.TEXT"
	SafetyInputImage  Reason = "SAFETY.INPUT.IMAGE"
	SafetyInputVideo  Reason = "SAFETY.INPUT.VIDEO"
	SafetyOutputVideo Reason = "SAFETY.OUTPUT.VIDEO"
	PreprocessSafety  Reason = "INPUT_PREPROCESSING.SAFETY.TEXT"
	PreprocessFailed  Reason = "INPUT_PREPROCESSING.INTERNAL"
	BadOutput         Reason = "INTERNAL.BAD_OUTPUT.CODE01"
	AssetInvalid      Reason = "ASSET.INVALID"
	VendorUnavailable Reason = "THIRD_PARTY.UNAVAILABLE"
	VendorRefused     Reason = "THIRD_PARTY.REFUSED"              // the vendor refused for a cause of the operator's: key, money, terms
	Overdue           Reason = "THIRD_PARTY.UNAVAILABLE.DEADLINE" // it did not end by the task's deadline
	Internal          Reason = "INTERNAL"
)

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{SafetyInputText, SafetyInputImage, SafetyInputVideo, SafetyOutputVideo, PreprocessSafety, PreprocessFailed,
		BadOutput, AssetInvalid, VendorUnavailable, VendorRefused, Overdue, Internal}
}

// Failure is why a task ended FAILED: a reason for programs, a text for people, and what the log needs.
type Failure struct {
	Reason Reason
	Text   string // public: what happened and what the caller may do
	Detail string // for the operator; may quote the vendor, never a secret
}

// PublicText is the sentence shown for r where an engine gave none of its own.
func (r Reason) PublicText() string {
	switch r {
	case SafetyInputText, PreprocessSafety:
		return "The prompt was refused by the engine's content rules. Change the prompt."
	case SafetyInputImage:
		return "The picture was refused by the engine's content rules. Use another picture."
	case SafetyInputVideo:
		return "The input video was refused by the engine's content rules. Use another video."
	case SafetyOutputVideo:
		return "The finished video was withheld by the engine's content rules. Another seed or prompt may pass."
	case PreprocessFailed:
		return "The engine could not prepare the request. Try again in a while."
	case BadOutput:
		return "The engine's result was not a playable video. Try again."
	case AssetInvalid:
		return "The engine could not use the picture or video. Check its format and size."
	case VendorUnavailable:
		return "The engine could not be reached in time. Try again later."
	case Overdue:
		return "The task did not end by its deadline. Try again later."
	case VendorRefused:
		return "The engine refused the request for a reason that the operator of this server must mend."
	default:
		return "Something went wrong on our side. Try again."
	}
}

// Retryable reports whether another attempt at the same request may succeed unchanged. Refusals are final, for content
// or by the vendor's account rules; so is a picture or video that can't be used.
func (r Reason) Retryable() bool {
	switch r {
	case SafetyInputText, SafetyInputImage, SafetyInputVideo, SafetyOutputVideo, PreprocessSafety, AssetInvalid, VendorRefused:
		return false
	default:
		return true
	}
}
