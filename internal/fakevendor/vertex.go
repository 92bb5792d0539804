package fakevendor

import (
	"net/http"
	"strings"
)

// vertex is Veo at Google's Vertex AI, and the bucket that holds its videos (cloud.google.com/vertex-ai).
func vertex() wire {
	const model = "/projects/{project}/locations/{location}/publishers/google/models/{call}"
	return wire{
		name: "vertex", authorized: bearer,
		errorBody: func(status int, text string) any {
			word := map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}[status]
			if word == "" {
				word = "UNAVAILABLE"
			}
			return map[string]any{"error": map[string]any{"code": status, "message": text, "status": word}}
		},
		routes: map[string]func(*request){
			"POST " + model:                         vertexCall,
			"GET /storage/v1/b/{bucket}/o/{object}": vertexObject,
		},
	}
}

// vertexCall distinguishes the two calls of a model, since the mux does not match colons.
func vertexCall(req *request) {
	switch model, verb, _ := strings.Cut(req.r.PathValue("call"), ":"); verb {
	case "predictLongRunning":
		vertexSubmit(req)
	case "fetchPredictOperation":
		vertexPoll(req, model)
	default:
		req.refuse(http.StatusNotFound, "no method %s", verb)
	}
}

func vertexSubmit(req *request) {
	var in struct {
		Instances []struct {
			Prompt string `json:"prompt"`
			Image  struct {
				Bytes []byte `json:"bytesBase64Encoded"`
			} `json:"image"`
			References []struct {
				Image struct {
					Bytes    string `json:"bytesBase64Encoded"`
					MimeType string `json:"mimeType"`
				} `json:"image"`
				Type string `json:"referenceType"`
			} `json:"referenceImages"`
		} `json:"instances"`
		Parameters struct {
			Audio           *bool  `json:"generateAudio"`
			DurationSeconds int    `json:"durationSeconds"`
			StorageURI      string `json:"storageUri"`
		} `json:"parameters"`
	}
	if !req.json(&in) {
		return
	}
	if len(in.Instances) != 1 || in.Instances[0].Prompt == "" && len(in.Instances[0].Image.Bytes) == 0 {
		req.refuse(http.StatusBadRequest, "one instance with a prompt or an image is needed")
		return
	}
	s := submission{
		prompt: in.Instances[0].Prompt, image: len(in.Instances[0].Image.Bytes) > 0, seconds: in.Parameters.DurationSeconds,
		kind: strings.TrimPrefix(strings.TrimSuffix(req.r.URL.Path, ":predictLongRunning"), "/"), echo: map[string]any{"storageUri": in.Parameters.StorageURI},
		inputs: Inputs{Sound: in.Parameters.Audio},
	}
	for _, r := range in.Instances[0].References {
		if r.Type != "asset" || r.Image.MimeType == "" || s.image || in.Parameters.DurationSeconds != 8 || strings.Contains(s.kind, "lite") {
			req.refuse(http.StatusBadRequest, "referenceImages are assets, for videos of 8 seconds without an image")
			return
		}
		s.inputs.Images = append(s.inputs.Images, r.Image.Bytes)
	}
	if j, ok := req.submit(s); ok {
		req.answer(http.StatusOK, map[string]string{"name": j.kind + "/operations/" + j.id})
	}
}

func vertexPoll(req *request, model string) {
	var in struct {
		OperationName string `json:"operationName"`
	}
	if !req.json(&in) {
		return
	}
	before, id, _ := strings.Cut(in.OperationName, "/operations/")
	if !strings.HasSuffix(before, "/"+model) {
		req.refuse(http.StatusBadRequest, "the operation is not one of model %s", model)
		return
	}
	j := req.find(id)
	if j == nil {
		return
	}
	s := req.statusOf(j)
	out := map[string]any{"name": in.OperationName}
	switch {
	case req.hasFault(j, "unheard"): // operations have no status words
		out["name"] = "whatever"
	case s.phase == done:
		videos := []any{}
		if link := req.link(j); link != "" && j.echo["storageUri"] != "" {
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
	req.answerPoll(j, http.StatusOK, out)
}

// vertexObject serves a file of the bucket: "folder/<operation>/sample_0.mp4".
func vertexObject(req *request) {
	parts := strings.Split(req.r.PathValue("object"), "/")
	if len(parts) < 2 || req.r.URL.Query().Get("alt") != "media" {
		req.refuse(http.StatusNotFound, "No such object")
		return
	}
	if j := req.find(parts[len(parts)-2]); j != nil {
		req.serveVideo(j)
	}
}
