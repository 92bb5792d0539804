package fakevendor

import (
	"net/http"
	"strings"
)

// vertex is Veo at Google's Vertex AI, and the bucket that its videos are left in (cloud.google.com/vertex-ai).
func vertex() wire {
	const model = "/projects/{project}/locations/{location}/publishers/google/models/{call}"
	return wire{
		name: "vertex", proves: bearer,
		refusal: func(status int, text string) any {
			word := map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}[status]
			if word == "" {
				word = "UNAVAILABLE"
			}
			return map[string]any{"error": map[string]any{"code": status, "message": text, "status": word}}
		},
		routes: map[string]func(*ask){
			"POST " + model:                         vertexCall,
			"GET /storage/v1/b/{bucket}/o/{object}": vertexObject,
		},
	}
}

// vertexCall tells the two calls of a model apart: the mux knows no colons.
func vertexCall(a *ask) {
	switch model, verb, _ := strings.Cut(a.r.PathValue("call"), ":"); verb {
	case "predictLongRunning":
		vertexSubmit(a)
	case "fetchPredictOperation":
		vertexPoll(a, model)
	default:
		a.refuse(http.StatusNotFound, "no method %s", verb)
	}
}

func vertexSubmit(a *ask) {
	var in struct {
		Instances []struct {
			Prompt string `json:"prompt"`
			Image  struct {
				Bytes []byte `json:"bytesBase64Encoded"`
			} `json:"image"`
		} `json:"instances"`
		Parameters struct {
			DurationSeconds int    `json:"durationSeconds"`
			StorageURI      string `json:"storageUri"`
		} `json:"parameters"`
	}
	if !a.json(&in) {
		return
	}
	if len(in.Instances) != 1 || in.Instances[0].Prompt == "" && len(in.Instances[0].Image.Bytes) == 0 {
		a.refuse(http.StatusBadRequest, "one instance with a prompt or an image is needed")
		return
	}
	s := submission{
		prompt: in.Instances[0].Prompt, image: len(in.Instances[0].Image.Bytes) > 0, seconds: in.Parameters.DurationSeconds,
		kind: strings.TrimPrefix(strings.TrimSuffix(a.r.URL.Path, ":predictLongRunning"), "/"), echo: map[string]any{"storageUri": in.Parameters.StorageURI},
	}
	if j, ok := a.submit(s); ok {
		a.answer(http.StatusOK, map[string]string{"name": j.kind + "/operations/" + j.id})
	}
}

func vertexPoll(a *ask, model string) {
	var in struct {
		OperationName string `json:"operationName"`
	}
	if !a.json(&in) {
		return
	}
	before, id, _ := strings.Cut(in.OperationName, "/operations/")
	if !strings.HasSuffix(before, "/"+model) {
		a.refuse(http.StatusBadRequest, "the operation is not one of model %s", model)
		return
	}
	j := a.find(id)
	if j == nil {
		return
	}
	s := a.stand(j)
	out := map[string]any{"name": in.OperationName}
	switch {
	case a.has(j, "unheard"): // operations have no words for how they stand
		out["name"] = "whatever"
	case s.phase == done:
		videos := []any{}
		if link := a.link(j); link != "" && j.echo["storageUri"] != "" {
			uri, _ := j.echo["storageUri"].(string)
			videos = append(videos, map[string]string{"gcsUri": uri + j.id + "/sample_0.mp4", "mimeType": "video/mp4"})
		} else if link != "" {
			videos = append(videos, map[string]any{"bytesBase64Encoded": video, "mimeType": "video/mp4"})
		}
		out["done"], out["response"] = true, map[string]any{"videos": videos, "raiMediaFilteredCount": 0}
	case s.phase == failed && strings.HasPrefix(s.reason, "SAFETY"):
		out["done"], out["response"] = true, map[string]any{
			"raiMediaFilteredCount":   1,
			"raiMediaFilteredReasons": []string{"Your current safety filter threshold filtered out 1 generated videos. Support codes: 15236754"},
		}
	case s.phase == failed:
		out["done"], out["error"] = true, map[string]any{"code": 13, "message": "Video generation failed. Please try again in a few minutes."}
	}
	a.about(j, http.StatusOK, out)
}

// vertexObject gives a file of the bucket: "folder/<operation>/sample_0.mp4".
func vertexObject(a *ask) {
	parts := strings.Split(a.r.PathValue("object"), "/")
	if len(parts) < 2 || a.r.URL.Query().Get("alt") != "media" {
		a.refuse(http.StatusNotFound, "No such object")
		return
	}
	if j := a.find(parts[len(parts)-2]); j != nil {
		a.film(j)
	}
}
