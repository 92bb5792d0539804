package aisdk

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// modelHeader is the header that names the model.
const modelHeader = "ai-model-id"

// names are the video models that the provider names in its types (@ai-sdk/gateway 4.0.146, gateway-video-model-settings.ts,
// read 2026-11-28).
var names = []string{
	"alibaba/wan-v2.5-t2v-preview", "alibaba/wan-v2.6-i2v", "alibaba/wan-v2.6-i2v-flash", "alibaba/wan-v2.6-r2v", "alibaba/wan-v2.6-r2v-flash",
	"alibaba/wan-v2.6-t2v", "alibaba/wan-v2.7-r2v", "alibaba/wan-v2.7-t2v", "alibaba/wan-v3.0-video", "alibaba/wan-v3.0-video-prime",
	"bfl/flux-3-video",
	"bytedance/seedance-2.0", "bytedance/seedance-2.0-fast", "bytedance/seedance-2.0-mini", "bytedance/seedance-2.5", "bytedance/seedance-v1.0-pro",
	"bytedance/seedance-v1.0-pro-fast",
	"google/veo-3.1-fast-generate-001", "google/veo-3.1-generate-001", "google/veo-3.1-lite-generate-001",
	"heygen/heygen-video-1",
	"klingai/kling-v2.5-turbo-i2v", "klingai/kling-v2.5-turbo-t2v", "klingai/kling-v2.6-i2v", "klingai/kling-v2.6-motion-control",
	"klingai/kling-v2.6-t2v", "klingai/kling-v3.0-i2v", "klingai/kling-v3.0-motion-control", "klingai/kling-v3.0-t2v",
	"minimax/minimax-h3", "minimax/minimax-h3-max",
	"spacexai/grok-imagine-video", "spacexai/grok-imagine-video-1.5", "spacexai/grok-imagine-video-1.5-lite",
	"topaz/proteus", "topaz/starlight-precise-2.6",
	// of earlier versions of the provider, which programs still name
	"google/veo-3.0-fast-generate-001", "google/veo-3.0-generate-001", "xai/grok-imagine-video",
}

// Models returns the models that callers may name.
func Models() map[string][]string { return map[string][]string{Dialect: slices.Clone(names)} }

// known returns every model that a caller may name: the provider's and the operator's, sorted.
func (c calls) known() []string { return dialect.KnownModels(names, c.gw.RoutedModels()) }

// model returns the model that the request's header names. Errors: Invalid without the header; NotFound, of the field
// ai-model-id, for any other model.
func (c calls) model(r *http.Request) (string, error) {
	name := strings.TrimSpace(r.Header.Get(modelHeader))
	known := c.known()
	switch {
	case name == "":
		return "", &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: modelHeader, Detail: "is required: the header names the model"}}}
	case !slices.Contains(known, name):
		return "", &task.Error{Code: task.NotFound, Fields: []task.FieldError{{Field: modelHeader,
			Detail: fmt.Sprintf("%q is no model here; allowed: %s", task.Excerpt(name), strings.Join(known, ", "))}}}
	}
	return name, nil
}

// gatewayModels is the answer of config.
type gatewayModels struct {
	Models []gatewayModel `json:"models" doc:"The video models that a start may name."`
}

type gatewayModel struct {
	ID            string               `json:"id" doc:"The model's name, as a start takes it."`
	Name          string               `json:"name" doc:"The same."`
	Specification gatewayModelProtocol `json:"specification" doc:"How the model is called."`
	ModelType     string               `json:"modelType" doc:"video."`
}

type gatewayModelProtocol struct {
	SpecificationVersion string `json:"specificationVersion" doc:"v4."`
	Provider             string `json:"provider" doc:"filmgate."`
	ModelID              string `json:"modelId" doc:"The model's name."`
}

func encodeModels(known []string) gatewayModels {
	out := gatewayModels{Models: []gatewayModel{}}
	for _, name := range known {
		out.Models = append(out.Models, gatewayModel{ID: name, Name: name, ModelType: "video",
			Specification: gatewayModelProtocol{SpecificationVersion: "v4", Provider: "filmgate", ModelID: name}})
	}
	return out
}
