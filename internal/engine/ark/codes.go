package ark

import (
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// refused sorts an answer that is no success by Ark's own code; where that says nothing, the status tells.
func refused(status int, body []byte, _ http.Header) *engine.Error {
	var said struct {
		Error fault `json:"error"`
	}
	if !engine.DecodeObject(body, &said) || said.Error.Code == "" {
		return nil
	}
	return said.Error.error().OrByStatus(status)
}

// kinds are the codes of volcengine.com/docs/82379/1299023, those of requests and of tasks alike.
func kinds() []engine.CodeRule {
	return []engine.CodeRule{
		{Class: engine.AuthError, Begins: "AuthenticationError InvalidAccountStatus InvalidSubscription AccountOverdueError AccessDenied " +
			"SetLimitExceeded OperationDenied ModelNotOpen InvalidEndpoint UnsupportedModel"},
		{Class: engine.Overloaded, Begins: "RateLimitExceeded ModelAccount APIAccount AccountRateLimitExceeded QuotaExceeded " +
			"ServerOverloaded RequestBurstTooFast InflightBatchsizeExceeded"},
		{Class: engine.Unreachable, Begins: "InternalServiceError ContentSecurityDetectionError"},
		{Class: engine.Refused, Reason: task.SafetyInputText, Begins: "InputTextSensitiveContentDetected InputTextRiskDetection " +
			"InputAudioSensitiveContentDetected SensitiveContentDetected"},
		{Class: engine.Refused, Reason: task.SafetyInputImage, Begins: "InputImageSensitiveContentDetected InputImageRiskDetection " +
			"InputVideoSensitiveContentDetected"},
		{Class: engine.Refused, Reason: task.SafetyOutputVideo, Begins: "Output"},
		{Class: engine.Refused, Reason: task.AssetInvalid, Begins: "InvalidImage InvalidParameter.OversizeImage " +
			"InvalidParameter.UnsupportedImageFormat InvalidArgumentError.InvalidImageDetail InvalidArgumentError.InvalidPixelLimit"},
	}
}

// error sorts a fault.
func (f fault) error() *engine.Error {
	e, low := engine.ClassifyCode(kinds(), f.Code, f.Message), strings.ToLower(f.Message)
	switch {
	case strings.HasPrefix(f.Code, "QuotaExceeded") && (strings.Contains(low, "free trial") || strings.Contains(low, "usage quota")):
		e.Class, e.Reason = engine.AuthError, task.VendorRefused // else too much is queued
	case strings.HasPrefix(f.Code, "InvalidParameter") && strings.Contains(low, "image"):
		e.Reason = task.AssetInvalid
	}
	return e
}
