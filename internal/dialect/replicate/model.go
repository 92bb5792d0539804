package replicate

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// unnamedModel is the model of versions and deployments that have no route of their own: they name no model here.
const unnamedModel = "default"

// names are Replicate's video models: those of the models' pages that our engine knows, of the AI SDK's types, and of the
// collections "Generate videos" and "Animate images" (replicate.com/collections/text-to-video, as of 2026-11-28).
var names = []string{
	"bytedance/seedance-1-lite", "bytedance/seedance-1-pro", "bytedance/seedance-1-pro-fast", "bytedance/seedance-1.5-pro", "bytedance/seedance-2.0",
	"bytedance/seedance-2.0-fast",
	"google/veo-2", "google/veo-3", "google/veo-3-fast", "google/veo-3.1", "google/veo-3.1-fast", "google/veo-3.1-lite",
	"kwaivgi/kling-v1.6-pro", "kwaivgi/kling-v1.6-standard", "kwaivgi/kling-v2.0", "kwaivgi/kling-v2.1", "kwaivgi/kling-v2.1-master",
	"kwaivgi/kling-v2.5-turbo-pro", "kwaivgi/kling-v2.6", "kwaivgi/kling-v3-omni-video", "kwaivgi/kling-v3-video",
	"leonardoai/motion-2.0",
	"lightricks/ltx-2-fast", "lightricks/ltx-2-pro", "lightricks/ltx-video",
	"luma/modify-video", "luma/ray", "luma/ray-2-540p", "luma/ray-2-720p", "luma/ray-flash-2-540p", "luma/ray-flash-2-720p", "luma/reframe-video",
	"minimax/hailuo-02", "minimax/hailuo-02-fast", "minimax/hailuo-2.3", "minimax/hailuo-2.3-fast", "minimax/video-01", "minimax/video-01-director",
	"minimax/video-01-live",
	"openai/sora-2", "openai/sora-2-pro",
	"pixverse/pixverse-v4", "pixverse/pixverse-v4.5", "pixverse/pixverse-v5",
	"runwayml/gen-4.5", "runwayml/gen4-aleph", "runwayml/gen4-turbo",
	"stability-ai/stable-video-diffusion",
	"tencent/hunyuan-video",
	"wan-video/wan-2.1-1.3b", "wan-video/wan-2.2-5b-fast", "wan-video/wan-2.2-i2v-a14b", "wan-video/wan-2.2-i2v-fast", "wan-video/wan-2.2-t2v-fast",
	"wan-video/wan-2.5-i2v", "wan-video/wan-2.5-i2v-fast", "wan-video/wan-2.5-t2v", "wan-video/wan-2.5-t2v-fast", "wan-video/wan-2.6-i2v",
	"wan-video/wan-2.6-t2v",
	"wavespeedai/wan-2.1-i2v-480p", "wavespeedai/wan-2.1-i2v-720p", "wavespeedai/wan-2.1-t2v-480p", "wavespeedai/wan-2.1-t2v-720p",
	"xai/grok-imagine-video",
}

// Models returns the models that callers may name.
func Models() map[string][]string { return map[string][]string{Dialect: slices.Clone(names)} }

// known returns every model that a caller may name: Replicate's and the operator's, sorted.
func (c calls) known() []string { return dialect.KnownModels(names, c.gw.RoutedModels()) }

// modelOr returns the name if it is a model's, else the fallback.
func (c calls) modelOr(name, fallback string) string {
	if slices.Contains(c.known(), name) {
		return name
	}
	return fallback
}

// namer returns the model of a create, and notes in the echo what else named it.
type namer func(r *http.Request, f *dialect.Fields, e *echo) (model string, err error)

func ownerName(r *http.Request) string { return r.PathValue("owner") + "/" + r.PathValue("name") }

// ofModel returns the model that the path names. Error: NotFound.
func (c calls) ofModel(r *http.Request, _ *dialect.Fields, _ *echo) (string, error) {
	name := ownerName(r)
	if c.modelOr(name, "") == "" {
		return "", &task.Error{Code: task.NotFound, Detail: fmt.Sprintf("There is no model %q here; there are %s.", task.Excerpt(name), strings.Join(c.known(), ", "))}
	}
	return name, nil
}

// ofDeployment returns the model of the deployment that the path names: its own route's, or the default.
func (c calls) ofDeployment(r *http.Request, _ *dialect.Fields, e *echo) (string, error) {
	e.Deployment = ownerName(r)
	if len(e.Deployment) > task.NameLimit {
		return "", &task.Error{Code: task.NotFound, Detail: fmt.Sprintf("A deployment's name has at most %d bytes.", task.NameLimit)}
	}
	return c.modelOr(e.Deployment, unnamedModel), nil
}

// ofVersion returns the model of the version that the body names.
func (c calls) ofVersion(_ *http.Request, f *dialect.Fields, e *echo) (string, error) {
	e.Version = decodeVersion(f)
	return c.versionModel(f, e.Version), nil
}

// versionForm matches the id of a version: a SHA-256, or a UUID of older ones.
var versionForm = regexp.MustCompile(`^(?:[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

// versionModel returns the model of a version, which is "owner/name", "owner/name:id" or an id. An id names no model, so that its
// own route or the default makes it. What is wrong is noted in f.
func (c calls) versionModel(f *dialect.Fields, version string) string {
	name, id, _ := strings.Cut(version, ":")
	switch model := c.modelOr(version, c.modelOr(name, "")); {
	case version == "", model != "" && (id == "" || versionForm.MatchString(id)):
		return model
	case id == "" && versionForm.MatchString(name):
		return unnamedModel
	default:
		f.AddError("version", "%q is no version here; allowed: the 64 hexadecimal digits of a version, or one of %s", task.Excerpt(version), strings.Join(c.known(), ", "))
		return ""
	}
}
