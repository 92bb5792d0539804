package engine_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
)

func TestRefusalsOfTheModelAreToldApart(t *testing.T) {
	const json = "Content-Type: application/json"
	for _, c := range []struct {
		status int
		body   string
		want   engine.Class
	}{
		{403, `{"error":"Model variant gen3_alphaturbo is not available"}`, engine.ModelError},
		{403, `{"error":{"message":"Your organization must be verified","code":"x"}}`, engine.AuthError},
		{400, `{"error":{"message":"The model \"sora-1\" does not exist or you do not have access to it."}}`, engine.ModelError},
		{400, `{"error":{"message":"The model 'ray-1-6' has been deprecated."}}`, engine.ModelError},
		{400, `{"detail":"Model veo-2.0-generate-001 is no longer available, use veo-3.1"}`, engine.ModelError},
		{422, `{"title":"Invalid version or not permitted","detail":"The specified version does not exist","status":422}`, engine.ModelError},
		{400, `{"error":"unsupported model: wan2.1"}`, engine.ModelError},
		{410, `{"error":"gone"}`, engine.ModelError},
		{405, ``, engine.ModelError},
		{400, `{"error":"A duration of 20 is not supported by the model ray-2."}`, engine.Refused},
		{400, `{"error":"Duration is not supported in the Ray 1.6 API"}`, engine.Refused},
		{400, `{"error":"model ray-2: the resolution 4k is not supported"}`, engine.Refused},
		{400, `{"error":"The image was not found."}`, engine.Refused},
		{429, `{"error":"The model is not available at the moment"}`, engine.Overloaded},
		{500, `{"error":"The model is not available at the moment"}`, engine.Unreachable},
	} {
		_, err := vendor(t, answer(c.status, c.body, json)).Do(t.Context(), engine.Call{Method: "POST", Path: "/x"})
		e := engine.AsError(err)
		if err == nil || e.Class != c.want {
			t.Errorf("%d %s: %s, want %s", c.status, c.body, e.Class, c.want)
		}
		if c.want == engine.ModelError && (e.Unconfirmed || e.Failure().Text == "") {
			t.Errorf("%d %s: %+v", c.status, c.body, e)
		}
	}
}
