package dashscope

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

// errorOf classifies an error response by DashScope's own code. It returns nil, and leaves it to the HTTP status, if there
// is no code or an unknown one.
func errorOf(status int, body []byte, _ http.Header) *engine.Error {
	var f apiError
	if !engine.DecodeObject(body, &f) || f.Code == "" {
		return nil
	}
	return f.engineError().OrByStatus(status)
}

// codeRules returns the codes of alibabacloud.com/help/en/model-studio/error-code. Requests and tasks use the same codes.
func codeRules() []engine.CodeRule {
	return []engine.CodeRule{
		{Class: engine.ModelError, Prefixes: "AccessDenied.Unpurchased Model.AccessDenied ModelNotFound"},
		{Class: engine.AuthError, Prefixes: "InvalidApiKey Arrearage AccessDenied Workspace.AccessDenied AllocationQuota PrepaidBillOverdue " +
			"PostpaidBillOverdue CommodityNotPurchased"},
		{Class: engine.Overloaded, Prefixes: "Throttling LimitRequests ModelServingError"},
		{Class: engine.Unreachable, Prefixes: "InternalError RequestTimeOut SystemError ModelServiceFailed ModelUnavailable"},
		{Class: engine.Refused, Reason: task.SafetyInputText, Prefixes: "DataInspectionFailed data_inspection_failed IPInfringementSuspect"},
		{Class: engine.Refused, Reason: task.AssetInvalid, Prefixes: "InvalidURL InvalidImage InvalidFile InvalidParameter.DataInspection"},
		{Class: engine.Refused, Reason: task.VendorRefused, Prefixes: "InvalidParameter"},
	}
}

// engineError classifies the error of a request or a task.
func (f apiError) engineError() *engine.Error {
	e := engine.ClassifyCode(codeRules(), f.Code, f.Message)
	switch lower := strings.ToLower(f.Message); {
	case e.Class == engine.Overloaded && strings.Contains(lower, "free allocated quota"):
		e.Class, e.Reason = engine.AuthError, task.VendorRefused // waiting does not help
	case e.Reason == task.SafetyInputText && strings.Contains(lower, "image"):
		e.Reason = task.SafetyInputImage
	case e.Reason == task.SafetyInputText && strings.Contains(lower, "output") && !strings.Contains(lower, "input"):
		e.Reason = task.SafetyOutputVideo
	case strings.HasPrefix(f.Code, "InvalidParameter") && (strings.Contains(lower, "image") || strings.Contains(lower, "url")):
		e.Reason = task.AssetInvalid
	}
	return e
}
