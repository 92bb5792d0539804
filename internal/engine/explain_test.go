package engine_test

import (
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestRefusalsAreExplainedInTheVendorsWords(t *testing.T) {
	const json = "Content-Type: application/json"
	const change, operator = "Change the request, or ask for another model.", "The operator of this server must check the key, its balance and its terms."
	for _, c := range []struct {
		vendor, body string
		status       int
		want         string
	}{
		{"runway", `{"error":"Validation of body failed","issues":[{"code":"invalid_value","path":["ratio"],"message":"Invalid option"}]}`, 400,
			`The engine team refused the request: "Validation of body failed: ratio: Invalid option". ` + change},
		{"openai", `{"error":{"message":"Invalid value: '7'. Supported values are: '4', '8', and '12'.","type":"invalid_request_error","param":"seconds","code":"invalid_value"}}`, 400,
			`The engine team refused the request: "seconds: Invalid value: '7'. Supported values are: '4', '8', and '12'.". ` + change},
		{"openai, the key", `{"error":{"message":"Incorrect API key provided: key_secret_123.","code":"invalid_api_key"}}`, 401,
			`The engine team refused this server's key or account: "Incorrect API key provided: ***.". ` + operator},
		{"FastAPI", `{"detail":[{"loc":["body","num_frames"],"msg":"Input should be less than 121","type":"less_than"}]}`, 422,
			`The engine team refused the request: "num_frames: Input should be less than 121". ` + change},
		{"a problem document", `{"type":"about:blank","title":"Bad Request","status":400,"detail":"seconds must be 5 or 10"}`, 400,
			`The engine team refused the request: "seconds must be 5 or 10". ` + change},
		{"google", `{"error":{"code":400,"message":"Unsupported output video duration 3 seconds.","status":"INVALID_ARGUMENT"}}`, 400,
			`The engine team refused the request: "Unsupported output video duration 3 seconds.". ` + change},
		{"kling", `{"code":1201,"message":"duration value '7' is invalid","request_id":"r"}`, 400,
			`The engine team refused the request: "duration value '7' is invalid". ` + change},
		{"minimax", `{"base_resp":{"status_code":2013,"status_msg":"invalid params, duration"}}`, 400,
			`The engine team refused the request: "invalid params, duration". ` + change},
		{"a model", `{"error":"Model variant gen3_alphaturbo is not available"}`, 403, `The engine team does not offer the model: "Model variant gen3_alphaturbo is not available". ` +
			"It is unknown, retired or not open to this server's account, or the engine's address is wrong. Ask for another model, or tell the operator of this server."},
		{"a page", `<html><h1>Bad gateway</h1></html>`, 502, `The engine team could not be reached, or failed (HTTP status 502). Try again later.`},
		{"lines and control characters", `{"error":"no\n\n\tsuch \u001b[31m\"ratio\"\u202e"}`, 400, `The engine team refused the request: "no such [31m'ratio'". ` + change},
		{"a long text", `{"error":"` + strings.Repeat("é", 300) + `"}`, 400, `The engine team refused the request: "` + strings.Repeat("é", 200) + `…". ` + change},
	} {
		client := vendor(t, answer(c.status, c.body, json))
		client.Secrets = []string{"key_secret_123"}
		_, err := client.Do(t.Context(), engine.Call{Method: "POST", Path: "/x"})
		if got := engine.AsError(err).Explain("team"); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.vendor, got, c.want)
		}
	}
}

func TestAnEnginesOwnTextSaysWhatToDo(t *testing.T) {
	e := &engine.Error{Class: engine.Refused, Said: "Prompt is too short", Text: "Luma takes prompts of 3 to 5000 characters."}
	if got, want := e.Explain("luma"), `The engine luma refused the request: "Prompt is too short". Luma takes prompts of 3 to 5000 characters.`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAResultThatIsNoVideoIsExplained(t *testing.T) {
	client := vendor(t, answer(200, "<html>Sign in</html>", "Content-Type: text/html"))
	_, err := client.Open(t.Context(), "/video.mp4", 0)
	if got, want := engine.AsError(err).Explain("team"), "The engine team gave no playable video. Try again later."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFailedJobsAreExplained(t *testing.T) {
	inner := (&engine.Error{Class: engine.Refused, Reason: task.AssetInvalid, Detail: "image_too_small: The image is too small"}).Failure()
	tooShort := (&engine.Error{Class: engine.Refused, Detail: "Prompt is too short", Text: "It takes prompts of 3 to 5000 characters."}).Failure()
	for _, c := range []struct {
		f    task.Failure
		want string
	}{
		{task.Failure{Reason: task.SafetyInputText, Text: task.SafetyInputText.PublicText(), Detail: "SAFETY.INPUT.TEXT: Moderated"},
			`The engine team refused the prompt by its content rules: "Moderated". Change the prompt.`},
		{*inner, `The engine team could not use the picture or video: "image_too_small: The image is too small". Check its format and size.`},
		{task.Failure{Reason: task.VendorUnavailable}, "The engine team made no video. Try again later."},
		{task.Failure{Reason: task.VendorRefused, Detail: "InvalidParameter: seconds"},
			`The engine team made no video: "InvalidParameter: seconds". Change the request or ask for another model, or tell the operator of this server.`},
		{*tooShort, `The engine team made no video: "Prompt is too short". It takes prompts of 3 to 5000 characters.`},
		{task.Failure{Reason: task.BadOutput, Text: "The workflow saved no video: a.png. Ask for another model.", Detail: "a.png"},
			"The engine team made no video. The workflow saved no video: a.png. Ask for another model."},
	} {
		if got := engine.ExplainFailure("team", c.f); got != c.want {
			t.Errorf("%s\nwant\n%s", got, c.want)
		}
	}
}
