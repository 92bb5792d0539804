package dashscope

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

// refused sorts an answer that is no success by DashScope's own code; where that says nothing, the status tells.
func refused(status int, body []byte, _ http.Header) *engine.Error {
	var f fault
	if !engine.Reads(body, &f) || f.Code == "" {
		return nil
	}
	e := f.error()
	if e.Class == engine.Refused && e.Reason == task.Internal && status != http.StatusBadRequest {
		return nil
	}
	return e
}

// kind is what a code means by how it begins.
type kind struct {
	codes  string
	class  engine.Class
	reason task.Reason
}

// kinds are the codes of alibabacloud.com/help/en/model-studio/error-code, those of requests and of tasks alike.
func kinds() []kind {
	return []kind{
		{"InvalidApiKey Arrearage AccessDenied Model.AccessDenied Workspace.AccessDenied ModelNotFound AllocationQuota " +
			"PrepaidBillOverdue PostpaidBillOverdue CommodityNotPurchased", engine.Account, task.VendorRefused},
		{"Throttling LimitRequests ModelServingError", engine.Overloaded, task.VendorUnavailable},
		{"InternalError RequestTimeOut SystemError ModelServiceFailed ModelUnavailable", engine.Unreachable, task.VendorUnavailable},
		{"DataInspectionFailed data_inspection_failed IPInfringementSuspect", engine.Refused, task.SafetyInputText},
		{"InvalidURL InvalidImage InvalidFile InvalidParameter.DataInspection", engine.Refused, task.AssetInvalid},
	}
}

// error sorts a fault of a request or a task.
func (f fault) error() *engine.Error {
	e := &engine.Error{Class: engine.Refused, Reason: task.Internal, Detail: f.text()}
	for _, k := range kinds() {
		for code := range strings.FieldsSeq(k.codes) {
			if strings.HasPrefix(f.Code, code) {
				e.Class, e.Reason = k.class, k.reason
			}
		}
	}
	switch low := strings.ToLower(f.Message); {
	case e.Class == engine.Overloaded && strings.Contains(low, "free allocated quota"):
		e.Class, e.Reason = engine.Account, task.VendorRefused // which no waiting brings back
	case e.Reason == task.SafetyInputText && strings.Contains(low, "image"):
		e.Reason = task.SafetyInputImage
	case e.Reason == task.SafetyInputText && strings.Contains(low, "output") && !strings.Contains(low, "input"):
		e.Reason = task.SafetyOutputVideo
	case strings.HasPrefix(f.Code, "InvalidParameter") && (strings.Contains(low, "image") || strings.Contains(low, "url")):
		e.Reason = task.AssetInvalid
	}
	return e
}
