package chaos

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
)

// call is a create of a dialect, with the least body that it takes.
type call struct {
	name   string // of the dialect's call
	path   string
	header [2]string // a header that it needs besides the usual ones; "" = none
	body   string    // PROMPT and PICTURE stand for these
	id     string    // where the answer holds the task's id, in the dialect's form: "data.task_id"
}

// calls returns the creates of all dialects, as far as they need no other task and no video.
func calls() []call {
	runway := [2]string{"X-Runway-Version", "2024-11-06"}
	return []call{
		{name: "filmgate", path: "/api/v1/tasks", body: `{"prompt":PROMPT}`, id: "id"},
		{name: "aisdk", path: "/v4/ai/video-model/start", header: [2]string{"ai-model-id", "google/veo-3.1-generate-001"}, body: `{"prompt":PROMPT}`, id: "operation.jobId"},
		{name: "ark", path: "/api/v3/contents/generations/tasks", body: `{"model":"seedance-1-5-pro-251215","content":[{"type":"text","text":PROMPT}]}`, id: "id"},
		{name: "fal", path: "/fal/fal-ai/veo3.1", body: `{"prompt":PROMPT,"duration":"8s"}`, id: "request_id"},
		{name: "google", path: "/v1beta/models/veo-3.1-generate-preview:predictLongRunning", body: `{"instances":[{"prompt":PROMPT}]}`, id: "name"},
		{name: "google/vertex", path: "/v1beta1/publishers/google/models/veo-3.1-generate-001:predictLongRunning",
			body: `{"instances":[{"prompt":PROMPT}],"parameters":{"durationSeconds":4}}`, id: "name"},
		{name: "kling text", path: "/kling/v1/videos/text2video", body: `{"prompt":PROMPT}`, id: "data.task_id"},
		{name: "kling picture", path: "/kling/v1/videos/image2video", body: `{"prompt":PROMPT,"image":PICTURE}`, id: "data.task_id"},
		{name: "kling pictures", path: "/kling/v1/videos/multi-image2video", body: `{"prompt":PROMPT,"image_list":[{"image":PICTURE}]}`, id: "data.task_id"},
		{name: "luma", path: "/dream-machine/v1/generations/video", body: `{"model":"ray-2","prompt":PROMPT}`, id: "id"},
		{name: "luma agents", path: "/v1/generations", body: `{"model":"ray-3.2","type":"video","prompt":PROMPT}`, id: "id"},
		{name: "makevid runway", path: "/api/v1/create_runway", body: `{"text_prompt":PROMPT,"seconds":5}`, id: "task.id"},
		{name: "makevid runway picture", path: "/api/v1/create_runway", body: `{"text_prompt":PROMPT,"seconds":5,"init_image":PICTURE}`, id: "task.id"},
		{name: "makevid luma", path: "/api/v1/create_luma", body: `{"user_prompt":PROMPT,"expand_prompt":false}`, id: "id"},
		{name: "makevid kling text", path: "/api/v1/kling/text2video/create_kling", body: `{"prompt":PROMPT}`, id: "data.task_id"},
		{name: "makevid kling picture", path: "/api/v1/kling/image2video/create_kling", body: `{"prompt":PROMPT,"image":PICTURE}`, id: "data.task_id"},
		{name: "openai", path: "/v1/videos", body: `{"model":"sora-2","prompt":PROMPT}`, id: "id"},
		{name: "openrouter", path: "/openrouter/api/v1/videos", body: `{"model":"google/veo-3.1","prompt":PROMPT}`, id: "id"},
		{name: "replicate", path: "/v1/predictions", body: `{"version":"kwaivgi/kling-v2.5-turbo-pro","input":{"prompt":PROMPT}}`, id: "id"},
		{name: "replicate model", path: "/v1/models/google/veo-3.1/predictions", body: `{"input":{"prompt":PROMPT}}`, id: "id"},
		{name: "replicate deployment", path: "/v1/deployments/team/films/predictions", body: `{"input":{"prompt":PROMPT}}`, id: "id"},
		{name: "runway text", path: "/v1/text_to_video", header: runway, body: `{"model":"gen4.5","promptText":PROMPT,"duration":5,"ratio":"1280:720"}`, id: "id"},
		{name: "runway picture", path: "/v1/image_to_video", header: runway, body: `{"model":"gen4_turbo","promptText":PROMPT,"promptImage":PICTURE,"ratio":"1280:720"}`, id: "id"},
		{name: "runway web", path: "/runway/v1/tasks", body: `{"taskType":"gen3a_turbo","options":{"text_prompt":PROMPT,"seconds":5}}`, id: "task.id"},
		{name: "xai", path: "/xai/v1/videos/generations", body: `{"model":"grok-imagine-video","prompt":PROMPT}`, id: "request_id"},
	}
}

// newPicture returns a PNG that all vendors take.
func newPicture() ([]byte, error) {
	const side = 512 // pixels
	var b bytes.Buffer
	err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side)))
	return b.Bytes(), err
}

// request returns the call of a create for a server at base.
func (c call) request(base, key string, o Create, picture []byte) (*http.Request, error) {
	quoted, err := json.Marshal(o.prompt())
	if err != nil {
		return nil, err
	}
	inline := `"data:image/png;base64,` + base64.StdEncoding.EncodeToString(picture) + `"`
	body := strings.NewReplacer("PROMPT", string(quoted), "PICTURE", inline).Replace(c.body)
	q, err := newRequest(http.MethodPost, base+c.path, key, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Idempotency-Key", o.idempotencyKey())
	if c.header[0] != "" {
		q.Header.Set(c.header[0], c.header[1])
	}
	return q, nil
}

// taskID returns the UUID of the task that an answer names in the dialect's form.
func (c call) taskID(answer []byte) (string, error) {
	var at any
	if err := json.Unmarshal(answer, &at); err != nil {
		return "", fmt.Errorf("%s: the answer is no JSON: %w", c.name, err)
	}
	for part := range strings.SplitSeq(c.id, ".") {
		object, _ := at.(map[string]any)
		at = object[part]
	}
	id, _ := at.(string)
	if i := strings.LastIndexByte(id, '/'); i >= 0 {
		id = id[i+1:] // Google names operations by a path
	}
	uuid, ok := dialect.ParseID(id)
	if !ok {
		return "", fmt.Errorf("%s: %s of the answer is no id of a task: %s", c.name, c.id, answer)
	}
	return uuid, nil
}
