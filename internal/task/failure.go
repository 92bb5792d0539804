package task

// Reason is why a task failed, as one of Runway's dotted codes (docs.dev.runwayml.com, "Task failures").
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
	VendorRefused     Reason = "THIRD_PARTY.REFUSED"              // the vendor refused the request, or the operator's key, balance or terms
	Overdue           Reason = "THIRD_PARTY.UNAVAILABLE.DEADLINE" // the task did not end by its deadline
	Internal          Reason = "INTERNAL"                         // our own fault, never the vendor's
)

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{SafetyInputText, SafetyInputImage, SafetyInputVideo, SafetyOutputVideo, PreprocessSafety, PreprocessFailed,
		BadOutput, AssetInvalid, VendorUnavailable, VendorRefused, Overdue, Internal}
}

// Failure is why a task ended FAILED.
type Failure struct {
	Reason Reason // for programs
	Text   string // public: what happened and what the caller can do
	Detail string // for the operator; may quote the vendor, never a secret
}

// WhyFailed returns the task's failure, with a text for callers: that of its reason if it has none of its own. The reason of a
// task without a failure is Internal.
func (t Task) WhyFailed() Failure {
	f := Failure{Reason: Internal}
	if t.Failure != nil {
		f = *t.Failure
	}
	if f.Text == "" {
		f.Text = f.Reason.PublicText()
	}
	return f
}

// PublicText returns the sentence that callers see if the engine gave none of its own. An unknown reason has the text of
// Internal.
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
		return "The engine refused the request, or the account of this server. Change the request, or tell the operator of this server."
	default:
		return "Something went wrong on our side. Try again."
	}
}

// Retryable reports whether the same request may succeed in another attempt. Refusals because of content or the vendor's
// account are final; so is a picture or video that the engine cannot use. An unknown reason is retryable.
func (r Reason) Retryable() bool {
	switch r {
	case SafetyInputText, SafetyInputImage, SafetyInputVideo, SafetyOutputVideo, PreprocessSafety, AssetInvalid, VendorRefused:
		return false
	default:
		return true
	}
}
