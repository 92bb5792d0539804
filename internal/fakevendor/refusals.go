package fakevendor

import "net/http"

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
