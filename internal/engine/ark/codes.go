package ark

import (
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

type apiError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// errorOf classifies an error response by Ark's own code. It returns nil, and leaves it to the HTTP status, if there is no
// code or an unknown one.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var resp struct {
		Error apiError `json:"error"`
	}
	if !engine.DecodeObject(body, &resp) || resp.Error.Code == "" {
		return nil
	}
	return resp.Error.engineError().OrByStatus(status)
}

// codeRules returns the codes of volcengine.com/docs/82379/1299023. Requests and tasks use the same codes.
func codeRules() []engine.CodeRule {
	return []engine.CodeRule{
		{Class: engine.AuthError, Prefixes: "AuthenticationError InvalidAccountStatus InvalidSubscription AccountOverdueError AccessDenied " +
			"SetLimitExceeded OperationDenied"},
		{Class: engine.ModelError, Prefixes: "ModelNotOpen InvalidEndpoint UnsupportedModel"},
		{Class: engine.Overloaded, Prefixes: "RateLimitExceeded ModelAccount APIAccount AccountRateLimitExceeded QuotaExceeded " +
			"ServerOverloaded RequestBurstTooFast InflightBatchsizeExceeded"},
		{Class: engine.Unreachable, Prefixes: "InternalServiceError ContentSecurityDetectionError"},
		{Class: engine.Refused, Reason: task.SafetyInputText, Prefixes: "InputTextSensitiveContentDetected InputTextRiskDetection " +
			"InputAudioSensitiveContentDetected SensitiveContentDetected"},
		{Class: engine.Refused, Reason: task.SafetyInputImage, Prefixes: "InputImageSensitiveContentDetected InputImageRiskDetection " +
			"InputVideoSensitiveContentDetected"},
		{Class: engine.Refused, Reason: task.SafetyOutputVideo, Prefixes: "Output"},
		{Class: engine.Refused, Reason: task.AssetInvalid, Prefixes: "InvalidImage InvalidParameter.OversizeImage " +
			"InvalidParameter.UnsupportedImageFormat InvalidArgumentError.InvalidImageDetail InvalidArgumentError.InvalidPixelLimit"},
		{Class: engine.Refused, Reason: task.VendorRefused, Prefixes: "MissingParameter InvalidParameter InvalidArgumentError"},
	}
}

// engineError classifies the error of a request or a task.
func (f apiError) engineError() *engine.Error {
	e, lower := engine.ClassifyCode(codeRules(), f.Code, f.Message), strings.ToLower(f.Message)
	switch {
	case strings.HasPrefix(f.Code, "QuotaExceeded") && (strings.Contains(lower, "free trial") || strings.Contains(lower, "usage quota")):
		e.Class, e.Reason = engine.AuthError, task.VendorRefused // other QuotaExceeded errors mean that too much is queued
	case strings.HasPrefix(f.Code, "InvalidParameter") && strings.Contains(lower, "image"):
		e.Reason = task.AssetInvalid
	}
	return e
}
