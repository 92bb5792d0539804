package dashscope_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/task"
)

// TestEveryCodeHasAClass holds the codes of alibabacloud.com/help/en/model-studio/error-code that concern videos.
func TestEveryCodeHasAClass(t *testing.T) {
	for _, c := range []struct {
		status        int
		code, message string
		class         engine.Class
		reason        task.Reason
	}{
		{400, "InvalidParameter", "Range of duration should be [2, 15]", engine.Refused, task.VendorRefused},
		{400, "InvalidParameter", "The size of the image is not valid", engine.Refused, task.AssetInvalid},
		{400, "InvalidParameter.FileDownload", "download image failed", engine.Refused, task.AssetInvalid},
		{400, "InvalidParameter.DataInspection", "Unable to download the media resource during the data inspection process.", engine.Refused, task.AssetInvalid},
		{400, "InvalidURL", "url error, please check url!", engine.Refused, task.AssetInvalid},
		{400, "InvalidURL.ConnectionRefused", "", engine.Refused, task.AssetInvalid},
		{400, "InvalidImage.Resolution", "The image resolution is invalid", engine.Refused, task.AssetInvalid},
		{400, "InvalidImage.FileFormat", "", engine.Refused, task.AssetInvalid},
		{400, "InvalidFile.Size", "", engine.Refused, task.AssetInvalid},
		{400, "DataInspectionFailed", "Input text data may contain inappropriate content.", engine.Refused, task.SafetyInputText},
		{400, "DataInspectionFailed", "Input image data may contain inappropriate content.", engine.Refused, task.SafetyInputImage},
		{400, "DataInspectionFailed", "Output data may contain inappropriate content.", engine.Refused, task.SafetyOutputVideo},
		{400, "DataInspectionFailed", "Input or output data may contain inappropriate content.", engine.Refused, task.SafetyInputText},
		{400, "data_inspection_failed", "", engine.Refused, task.SafetyInputText},
		{400, "IPInfringementSuspect", "Input data is suspected of being involved in IP infringement.", engine.Refused, task.SafetyInputText},
		{400, "Arrearage", "Access denied, please make sure your account is in good standing.", engine.AuthError, task.VendorRefused},
		{400, "AccessDenied", "", engine.AuthError, task.VendorRefused},
		{401, "InvalidApiKey", "Invalid API-key provided.", engine.AuthError, task.VendorRefused},
		{403, "AccessDenied.Unpurchased", "Access to model denied.", engine.ModelError, task.VendorRefused},
		{403, "Model.AccessDenied", "Model access denied.", engine.ModelError, task.VendorRefused},
		{403, "Workspace.AccessDenied", "Workspace access denied.", engine.AuthError, task.VendorRefused},
		{403, "AllocationQuota.FreeTierOnly", "The free tier of the model has been exhausted.", engine.AuthError, task.VendorRefused},
		{404, "ModelNotFound", "Model not exist.", engine.ModelError, task.VendorRefused},
		{429, "Throttling", "Requests throttling triggered.", engine.Overloaded, task.VendorUnavailable},
		{429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later.", engine.Overloaded, task.VendorUnavailable},
		{429, "Throttling.BurstRate", "Request rate increased too quickly.", engine.Overloaded, task.VendorUnavailable},
		{429, "Throttling.AllocationQuota", "Allocated quota exceeded, please increase your quota limit.", engine.Overloaded, task.VendorUnavailable},
		{429, "Throttling.AllocationQuota", "Free allocated quota exceeded.", engine.AuthError, task.VendorRefused},
		{429, "LimitRequests", "You exceeded your current requests list.", engine.Overloaded, task.VendorUnavailable},
		{429, "PrepaidBillOverdue", "The prepaid bill is overdue.", engine.AuthError, task.VendorRefused},
		{429, "PostpaidBillOverdue", "The postpaid bill is overdue.", engine.AuthError, task.VendorRefused},
		{429, "CommodityNotPurchased", "Commodity has not purchased yet.", engine.AuthError, task.VendorRefused},
		{500, "InternalError", "An internal error has occurred.", engine.Unreachable, task.VendorUnavailable},
		{500, "InternalError.Timeout", "", engine.Unreachable, task.VendorUnavailable},
		{500, "RequestTimeOut", "Request timed out.", engine.Unreachable, task.VendorUnavailable},
		{500, "SystemError", "", engine.Unreachable, task.VendorUnavailable},
		{500, "ModelServiceFailed", "Failed to request model service.", engine.Unreachable, task.VendorUnavailable},
		{503, "ModelUnavailable", "Model is unavailable, please try again later.", engine.Unreachable, task.VendorUnavailable},
		{503, "ModelServingError", "Too many requests. Your requests are being throttled.", engine.Overloaded, task.VendorUnavailable},
		{400, "UnknownCode", "", engine.Refused, task.VendorRefused},
		{401, "UnknownCode", "", engine.AuthError, task.VendorRefused},
		{403, "UnknownCode", "", engine.AuthError, task.VendorRefused},
		{429, "UnknownCode", "", engine.Overloaded, task.VendorUnavailable},
		{500, "UnknownCode", "", engine.Unreachable, task.VendorUnavailable},
	} {
		e := enginetest.NewWithAnswer(t, newEngine, c.status, fmt.Sprintf(`{"code":%q,"message":%q,"request_id":"r"}`, c.code, c.message), nil)
		_, err := e.Submit(t.Context(), engine.Job{Model: "wan2.7-t2v", Request: task.Request{Prompt: "a cat", Seconds: 5}})
		got := engine.AsError(err)
		if got.Class != c.class || got.Reason != c.reason || got.Unconfirmed != (c.status == 500 && (c.message == "" || strings.Contains(c.message, "timed out"))) {
			t.Errorf("%d %s %s: %s %s, unconfirmed %v", c.status, c.code, c.message, got.Class, got.Reason, got.Unconfirmed)
		}
		if c.code == "UnknownCode" {
			continue // a failed task has no HTTP status
		}
		failed := enginetest.NewWithAnswer(t, newEngine, 200, fmt.Sprintf(`{"output":{"task_id":"t","task_status":"FAILED","code":%q,"message":%q}}`, c.code, c.message), nil)
		st, err := failed.Poll(t.Context(), "t")
		if err != nil || st.State != task.Failed || st.Failure == nil || st.Failure.Reason != c.reason {
			t.Errorf("%s %s, failed task: %+v, %v", c.code, c.message, st, err)
		}
	}
}

func TestCancelErrors(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		fails  bool
	}{
		{200, "", false},
		{400, "UnsupportedOperation", false}, // running or finished
		{404, "NotFound", false},
		{401, "InvalidApiKey", true},
		{429, "Throttling", true},
		{500, "InternalError", true},
	} {
		err := enginetest.NewWithAnswer(t, newEngine, c.status, fmt.Sprintf(`{"code":%q,"request_id":"r"}`, c.code), nil).Cancel(t.Context(), "t")
		if (err != nil) != c.fails {
			t.Errorf("%d %s: %v", c.status, c.code, err)
		}
	}
}
