package fakevendor

import "net/http"

// refusals returns the fault words by which a vendor refuses a submit, with its answer to each: the status, and the body.
func refusals() map[string]func(w wire) (status int, body any) {
	return map[string]func(w wire) (int, any){"no-model": noModel, "no-money": noMoney, "no-region": noRegion}
}

// noModel returns how a vendor refuses a submit for a model that it does not have, or not for the account: the status, and the
// body. A vendor whose answer is not known has a 404 in its usual form.
func noModel(w wire) (status int, body any) {
	switch w.name {
	case "runway": // runwayml/sdk-python, issue 139
		return http.StatusForbidden, map[string]any{"error": "Model variant gen3_alphaturbo is not available"}
	case "fal":
		return http.StatusNotFound, w.errorBody(http.StatusNotFound, "Application 'wan' not found")
	case "replicate": // replicate/replicate-javascript, issue 307
		return http.StatusUnprocessableEntity, map[string]any{"status": http.StatusUnprocessableEntity, "title": "Invalid version or not permitted",
			"detail": "The specified version does not exist (or perhaps you don't have permission to use it?)"}
	case "ark": // volcengine.com/docs/82379/1299023
		return http.StatusNotFound, map[string]any{"error": map[string]any{"code": "InvalidEndpointOrModel.NotFound", "param": "", "type": "NotFound",
			"message": "The model or endpoint doubao-seedance-1-0 does not exist or you do not have access to it."}}
	case "dashscope": // alibabacloud.com/help/en/model-studio/error-code
		return http.StatusNotFound, map[string]string{"code": "ModelNotFound", "message": "Model not exist.", "request_id": "r"}
	case "minimax": // platform.minimax.io/docs/api-reference/errorcode
		return http.StatusBadRequest, w.errorBody(http.StatusBadRequest, "invalid params, unknown model 'video-01'")
	case "vertex":
		return http.StatusNotFound, w.errorBody(http.StatusNotFound, "Publisher Model `projects/p/locations/us-central1/publishers/google/models/veo-2.0-generate-001` "+
			"was not found or your project does not have access to it. Please ensure you are using a valid model version.")
	case "openai": // the codes of platform.openai.com/docs/guides/error-codes
		return http.StatusNotFound, map[string]any{"error": map[string]any{"code": "model_not_found", "param": nil, "type": "invalid_request_error",
			"message": "The model `sora-1` does not exist or you do not have access to it."}}
	case "litellm": // BerriAI/litellm, pull request 3142
		return http.StatusBadRequest, w.errorBody(http.StatusBadRequest, "400: {'error': 'Invalid model name passed in model=sora-1'}")
	case "sdcpp": // runtime.cpp, unsupported_generation_mode_error
		return http.StatusBadRequest, w.errorBody(http.StatusBadRequest, "loaded model does not support vid_gen")
	default:
		return http.StatusNotFound, w.errorBody(http.StatusNotFound, "The model does not exist.")
	}
}

// noMoney returns how a vendor refuses a submit because the account has no money left. A vendor whose answer is not known has a 402
// in its usual form.
func noMoney(w wire) (status int, body any) {
	switch w.name {
	case "runway", "webtask": // runwayml/sdk-node, issue 28
		return http.StatusBadRequest, map[string]any{"error": "You do not have enough credits to run this task."}
	case "luma": // docs.lumalabs.ai/docs/errors
		return http.StatusBadRequest, map[string]any{"detail": "Insufficient credits"}
	case "kling": // the codes of kling.ai/document-api, commonInfo
		return http.StatusTooManyRequests, klingEnvelope(1102, "Account balance not enough", nil)
	case "fal": // fal-ai/fal, issue 1112
		return http.StatusForbidden, map[string]any{"detail": "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."}
	case "replicate": // opencodeschool/opencode.school, issue 211
		return http.StatusPaymentRequired, map[string]any{"title": "Insufficient credit", "detail": "You have insufficient credit to run this model."}
	case "ark": // volcengine.com/docs/82379/1299023
		return http.StatusForbidden, map[string]any{"error": map[string]any{"code": "AccountOverdueError", "param": "", "type": "Forbidden",
			"message": "The request failed because your account has an overdue balance."}}
	case "dashscope": // alibabacloud.com/help/en/model-studio/error-code
		return http.StatusBadRequest, map[string]string{"code": "Arrearage", "message": "Access denied, please make sure your account is in good standing.", "request_id": "r"}
	case "minimax":
		return http.StatusPaymentRequired, w.errorBody(http.StatusPaymentRequired, "insufficient balance")
	case "vertex":
		return http.StatusForbidden, w.errorBody(http.StatusForbidden, "This API method requires billing to be enabled. Please enable billing on project #1.")
	case "openai": // the codes of platform.openai.com/docs/guides/error-codes
		return http.StatusTooManyRequests, map[string]any{"error": map[string]any{"code": "insufficient_quota", "param": nil, "type": "insufficient_quota",
			"message": "You exceeded your current quota, please check your plan and billing details."}}
	case "litellm": // proxy/auth/auth_exception_handler.py
		return http.StatusBadRequest, map[string]any{"error": map[string]any{"code": "400", "param": nil, "type": "budget_exceeded",
			"message": "Budget has been exceeded! Current cost: 10.2, Max budget: 10.0"}}
	default:
		return http.StatusPaymentRequired, w.errorBody(http.StatusPaymentRequired, "The account has no money left.")
	}
}

// noRegion returns how a vendor refuses a submit because of the country that it comes from. A vendor whose answer is not known has
// a 403 in its usual form.
func noRegion(w wire) (status int, body any) {
	switch w.name {
	case "vertex":
		return http.StatusBadRequest, map[string]any{"error": map[string]any{"code": http.StatusBadRequest, "status": "FAILED_PRECONDITION",
			"message": "User location is not supported for the API use."}}
	case "openai": // the codes of platform.openai.com/docs/guides/error-codes
		return http.StatusForbidden, map[string]any{"error": map[string]any{"code": "unsupported_country_region_territory", "param": nil, "type": "request_forbidden",
			"message": "Country, region, or territory not supported"}}
	default:
		return http.StatusForbidden, w.errorBody(http.StatusForbidden, "Not available in your country or region.")
	}
}

// front answers as a proxy before the vendor does, with a page of HTML.
func (req *request) front(status int) {
	title := http.StatusText(status)
	req.bytes(status, "text/html", []byte("<html><head><title>"+title+"</title></head><body><center><h1>"+title+"</h1></center></body></html>"))
}
