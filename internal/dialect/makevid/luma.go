package makevid

import (
	"crypto/sha256"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of the Luma family. The page names none.
const (
	lumaBodyLimit   = 24 << 20
	lumaPromptLimit = 5000 // characters, as Luma's official API
	lumaSeconds     = 5
)

func lumaFamily() family {
	return family{
		name:   "makevid/luma",
		create: "/api/v1/create_luma",
		get:    "/api/v1/get_luma",
		limit:  lumaBodyLimit,
		fields: map[string]string{"prompt": "user_prompt", "first_frame": "image_url", "last_frame": "image_end_url"},
		// download_url lives for an hour from the answer on.
		fleeting: true,
		decode:   decodeLuma,
		encode:   encodeLuma,
		refuse:   dialect.WriteProblem,
		doc:      lumaDoc(),
	}
}

// decodeLuma reads the body of create_luma. What is wrong is noted in f.
func decodeLuma(f *dialect.Fields) task.Request {
	p := profiles.luma[0]
	f.Require("user_prompt", "expand_prompt")
	r := task.Request{
		Model:        p.model,
		Prompt:       f.String("user_prompt", "", lumaPromptLimit),
		ExpandPrompt: f.Bool("expand_prompt", false),
		Seconds:      lumaSeconds,
		First:        dialect.Picture(f, "image_url", false, task.ImageLimits{}),
		Last:         dialect.Picture(f, "image_end_url", false, task.ImageLimits{}),
		AssetGroup:   dialect.AssetGroup,
	}
	r.Format = p.format(r.Seconds, "")
	if r.First != nil || r.Last != nil {
		r.Format.Width, r.Format.Height = 0, 0 // the picture's own shape
	} else if strings.TrimSpace(r.Prompt) == "" && !f.HasErrors("image_url") && !f.HasErrors("image_end_url") {
		f.AddError("user_prompt", "must not be empty where there is no picture")
	}
	return r
}

// lumaCreated is the body of create_luma, lumaRead that of get_luma. The order of fields is the published one.
type lumaCreated struct {
	ID                  string       `json:"id" format:"uuid" doc:"Names the task: GET /api/v1/get_luma/{id} tells how it stands."`
	Liked               *bool        `json:"liked" doc:"true where the video was marked as a favorite, else null."`
	State               lumaWord     `json:"state" doc:"Where the task stands: pending waits, processing is at work; completed and failed are its ends. A cancelled task has failed; the header Filmgate-Failure tells the two apart."`
	Video               *lumaVideo   `json:"video" doc:"The finished video, once state is completed; null before."`
	Prompt              string       `json:"prompt" doc:"The prompt as it was sent."`
	UserID              string       `json:"user_id" format:"uuid" doc:"The account that owns the task."`
	BatchID             string       `json:"batch_id" format:"uuid" doc:"The batch that the task is in, one of its own."`
	Thumbnail           *lumaPicture `json:"thumbnail" doc:"A still of the video."`
	VideoRaw            *lumaPicture `json:"video_raw" doc:"The video without a watermark."`
	CreatedAt           string       `json:"created_at" format:"date-time" doc:"When the task was made."`
	LastFrame           *lumaPicture `json:"last_frame" doc:"The real last frame, to begin the next video with."`
	PipelineID          string       `json:"pipeline_id" doc:"Always V1."`
	QueueState          *struct{}    `json:"queue_state" doc:"Always null."`
	EstimateWaitSeconds *int         `json:"estimate_wait_seconds" doc:"Seconds until the work is likely to begin; null where it has or that is not known."`
}

type lumaRead struct {
	ID                  string       `json:"id" format:"uuid" doc:"Names the task: GET /api/v1/get_luma/{id} tells how it stands."`
	Liked               *bool        `json:"liked" doc:"true where the video was marked as a favorite, else null."`
	State               lumaWord     `json:"state" doc:"Where the task stands: pending waits, processing is at work; completed and failed are its ends. A cancelled task has failed; the header Filmgate-Failure tells the two apart."`
	Video               *lumaVideo   `json:"video" doc:"The finished video, once state is completed; null before."`
	Prompt              string       `json:"prompt" doc:"The prompt as it was sent."`
	Thumbnail           *lumaPicture `json:"thumbnail" doc:"A still of the video."`
	VideoRaw            *lumaPicture `json:"video_raw" doc:"The video without a watermark."`
	CreatedAt           string       `json:"created_at" format:"date-time" doc:"When the task was made."`
	LastFrame           *lumaPicture `json:"last_frame" doc:"The real last frame, to begin the next video with."`
	QueueState          *struct{}    `json:"queue_state" doc:"Always null."`
	EstimateWaitSeconds *int         `json:"estimate_wait_seconds" doc:"Seconds until the work is likely to begin; null where it has or that is not known."`
}

// lumaPicture is a file with its width and height: a picture, or the raw video.
type lumaPicture struct {
	URL    string `json:"url" format:"uri" doc:"The file."`
	Width  int    `json:"width" doc:"Pixels."`
	Height int    `json:"height" doc:"Pixels."`
}

type lumaVideo struct {
	lumaPicture
	DownloadURL string `json:"download_url" format:"uri" doc:"A link to the video that is good for an hour from this answer on."`
}

// encodeLuma returns the answer of create_luma and get_luma.
func encodeLuma(t task.Task, s scene) []byte {
	out := lumaRead{ID: t.ID, State: lumaWord(lumaState(t.State)), Prompt: t.Request.Prompt,
		CreatedAt: dialect.Micros(t.Created)}
	if out.State == "pending" && t.QueueWait > 0 {
		wait := int(math.Ceil(t.QueueWait.Seconds()))
		out.EstimateWaitSeconds = &wait
	}
	if t.State == task.Succeeded && len(t.Artifacts) > 0 && !t.Artifacts[0].Deleted { // no link to files that are gone
		out.show(t.Artifacts[0], s.links)
	}
	if !s.create {
		return dialect.Marshal(out)
	}
	return dialect.Marshal(lumaCreated{ID: out.ID, Liked: out.Liked, State: out.State, Video: out.Video, Prompt: out.Prompt,
		UserID: derivedUUID("account", strconv.FormatInt(t.Account, 10)), BatchID: derivedUUID("batch", t.ID), PipelineID: "V1",
		Thumbnail: out.Thumbnail, VideoRaw: out.VideoRaw, CreatedAt: out.CreatedAt, LastFrame: out.LastFrame,
		EstimateWaitSeconds: out.EstimateWaitSeconds})
}

// show fills in what was made.
func (out *lumaRead) show(a task.Artifact, l dialect.Links) {
	if a.Favorite {
		out.Liked = &a.Favorite
	}
	if v, ok := a.FirstFile(task.Video); ok {
		video := *lumaFile(a, v, l)
		out.Video = &lumaVideo{video, l.SignedUntil(v.Key, l.Now.Add(time.Hour))}
		out.VideoRaw = &video // without a watermark the video itself is the raw one
	}
	if raw, ok := a.FirstFile(task.Raw); ok {
		out.VideoRaw = lumaFile(a, raw, l)
	}
	if still, ok := a.FirstFile(task.Preview); ok {
		out.Thumbnail = lumaFile(a, still, l)
	}
	if poster, ok := a.FirstFile(task.Poster); ok {
		out.Thumbnail = lumaFile(a, poster, l)
	}
	if last, ok := a.FirstFile(task.LastFrame); ok {
		out.LastFrame = lumaFile(a, last, l)
	}
}

func lumaFile(a task.Artifact, f task.File, l dialect.Links) *lumaPicture {
	return &lumaPicture{URL: l.Of(a, f), Width: f.Width, Height: f.Height}
}

// lumaWord is one of the words of lumaState.
type lumaWord string

// Words are all of them.
func (lumaWord) Words() []string { return wordsOf(lumaState) }

// lumaState is the state table. Luma has no word for a cancelled task; the header Filmgate-Failure distinguishes it from a failed one.
func lumaState(s task.State) string { return word(s, "pending", "processing", "completed") }

// derivedUUID returns a UUID for something of ours that has none, always the same one (RFC 9562, version 8).
func derivedUUID(kind, of string) string {
	sum := sha256.Sum256([]byte(kind + ":" + of))
	b := [16]byte(sum[:16])
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return formatUUID(b)
}
