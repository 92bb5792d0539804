package ark

import (
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f fault) text() string { return f.Code + ": " + f.Message }

// refused sorts an answer that is no success by Ark's own code; where that says nothing, the status tells.
func refused(status int, body []byte, _ http.Header) *engine.Error {
	var said struct {
		Error fault `json:"error"`
	}
	if !engine.Reads(body, &said) || said.Error.Code == "" {
		return nil
	}
	e := said.Error.error()
	if e.Class == engine.Refused && e.Reason == task.Internal && status != http.StatusBadRequest {
		return nil
	}
	return e
}

// kind is what a code means by how it begins; the rest of it tells details.
type kind struct {
	codes  string
	class  engine.Class
	reason task.Reason
}

// kinds are the codes of volcengine.com/docs/82379/1299023, those of requests and of tasks alike.
func kinds() []kind {
	return []kind{
		{"AuthenticationError InvalidAccountStatus InvalidSubscription AccountOverdueError AccessDenied SetLimitExceeded " +
			"OperationDenied ModelNotOpen InvalidEndpoint UnsupportedModel", engine.Account, task.VendorRefused},
		{"RateLimitExceeded ModelAccount APIAccount AccountRateLimitExceeded QuotaExceeded ServerOverloaded RequestBurstTooFast " +
			"InflightBatchsizeExceeded", engine.Overloaded, task.VendorUnavailable},
		{"InternalServiceError ContentSecurityDetectionError", engine.Unreachable, task.VendorUnavailable},
		{"InputTextSensitiveContentDetected InputTextRiskDetection InputAudioSensitiveContentDetected SensitiveContentDetected",
			engine.Refused, task.SafetyInputText},
		{"InputImageSensitiveContentDetected InputImageRiskDetection InputVideoSensitiveContentDetected", engine.Refused, task.SafetyInputImage},
		{"Output", engine.Refused, task.SafetyOutputVideo},
		{"InvalidImage InvalidParameter.OversizeImage InvalidParameter.UnsupportedImageFormat InvalidArgumentError.InvalidImageDetail " +
			"InvalidArgumentError.InvalidPixelLimit", engine.Refused, task.AssetInvalid},
	}
}

// error sorts a fault.
func (f fault) error() *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: f.text()}
	low := strings.ToLower(f.Message)
	for _, k := range kinds() {
		for code := range strings.FieldsSeq(k.codes) {
			if strings.HasPrefix(f.Code, code) {
				e.Class, e.Reason = k.class, k.reason
			}
		}
		if e.Class != engine.Refused || e.Reason != task.Internal {
			break
		}
	}
	switch {
	case strings.HasPrefix(f.Code, "QuotaExceeded") && (strings.Contains(low, "free trial") || strings.Contains(low, "usage quota")):
		e.Class, e.Reason = engine.Account, task.VendorRefused // else too much is queued
	case strings.HasPrefix(f.Code, "InvalidParameter") && strings.Contains(low, "image"):
		e.Reason = task.AssetInvalid
	}
	return e
}
