package mcp

import (
	"fmt"
	"path"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/filmgate/filmgate/internal/client"
)

// video is what the tools say of a task and its video.
type video struct {
	ID          string    `json:"id" jsonschema:"Names the video in the other tools."`
	Status      string    `json:"status" jsonschema:"QUEUED, THROTTLED, PENDING and RUNNING come before the end; SUCCEEDED, FAILED and CANCELLED are ends."`
	Progress    float64   `json:"progress" jsonschema:"How far the work is, 0 to 1."`
	WaitSeconds int       `json:"wait_seconds" jsonschema:"Seconds until the work is likely to begin; 0 once it has."`
	Model       string    `json:"model" jsonschema:"The model that was asked for."`
	Engine      string    `json:"engine" jsonschema:"The engine that makes it."`
	Prompt      string    `json:"prompt" jsonschema:"What was asked for."`
	Failure     string    `json:"failure,omitempty" jsonschema:"Why it failed."`
	URL         string    `json:"url,omitempty" jsonschema:"The finished MP4."`
	PreviewURLs []string  `json:"preview_urls,omitempty" jsonschema:"Still pictures, evenly spaced over the video."`
	ShareURL    string    `json:"share_url,omitempty" jsonschema:"Its public page."`
	Width       int       `json:"width,omitempty" jsonschema:"Pixels."`
	Height      int       `json:"height,omitempty" jsonschema:"Pixels."`
	FrameRate   float64   `json:"frame_rate,omitempty" jsonschema:"Frames per second."`
	Seconds     float64   `json:"duration_seconds,omitempty" jsonschema:"Its length."`
	HasAudio    bool      `json:"has_audio,omitempty" jsonschema:"Whether it has a sound track."`
	CreatedAt   time.Time `json:"created_at" jsonschema:"When it was asked for."`

	asset   string // the id of the asset, "" before there is one
	updated time.Time
}

// answer is what is read of the API's answer about a task.
type answer struct {
	client.Task

	Engine      string    `json:"engine"`
	WaitSeconds int       `json:"wait_seconds"`
	UpdatedAt   time.Time `json:"updated_at"`
	Artifacts   []struct {
		ID              string   `json:"id"`
		URL             string   `json:"url"`
		PreviewURLs     []string `json:"preview_urls"`
		ShareURL        string   `json:"share_url"`
		Width           int      `json:"width"`
		Height          int      `json:"height"`
		FrameRate       float64  `json:"frame_rate"`
		DurationSeconds float64  `json:"duration_seconds"`
		HasAudio        bool     `json:"has_audio"`
	} `json:"artifacts"`
}

func (a answer) video() video {
	v := video{ID: a.ID, Status: a.State, Progress: a.Progress, WaitSeconds: a.WaitSeconds, Model: a.Model, Engine: a.Engine, Prompt: a.Prompt,
		CreatedAt: a.Created, updated: a.UpdatedAt}
	if a.Failure != nil {
		v.Failure = a.Failure.Reason + ": " + a.Failure.Message
	}
	if len(a.Artifacts) > 0 {
		f := a.Artifacts[0]
		v.asset, v.URL, v.PreviewURLs, v.ShareURL = f.ID, f.URL, f.PreviewURLs, f.ShareURL
		v.Width, v.Height, v.FrameRate, v.Seconds, v.HasAudio = f.Width, f.Height, f.FrameRate, f.DurationSeconds, f.HasAudio
	}
	return v
}

// readVideo reads the API's answer about a task.
func readVideo(body []byte) (video, error) {
	var a answer
	err := client.Decode(body, &a)
	return a.video(), err
}

func (v video) ended() bool { return client.Status{State: v.Status}.Ended() }

// sentence says where the video stands.
func (v video) sentence() string {
	switch v.Status {
	case "SUCCEEDED":
		return fmt.Sprintf("Video %s is finished: %d x %d pixels, %.1f seconds. %s", v.ID, v.Width, v.Height, v.Seconds, v.URL)
	case "FAILED":
		return fmt.Sprintf("Video %s failed. %s", v.ID, v.Failure)
	case "CANCELLED":
		return fmt.Sprintf("Video %s was cancelled.", v.ID)
	default:
		return fmt.Sprintf("Video %s is not finished: %s, %.0f %%. Call get_video with this id.", v.ID, v.Status, v.Progress*100)
	}
}

// result returns a tool's answer: a sentence, and links to the files.
func (v video) result() *sdk.CallToolResult {
	r := &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: v.sentence()}}}
	if v.URL == "" {
		return r
	}
	r.Content = append(r.Content, &sdk.ResourceLink{URI: v.URL, Name: path.Base(v.URL), Title: "Video " + v.ID, MIMEType: "video/mp4"})
	for i, still := range v.PreviewURLs {
		r.Content = append(r.Content, &sdk.ResourceLink{URI: still, Name: path.Base(still), Title: fmt.Sprintf("Preview %d", i+1), MIMEType: "image/jpeg"})
	}
	return r
}

// made returns what make_video answers: an error if there will be no video.
func (v video) made() *sdk.CallToolResult {
	r := v.result()
	r.IsError = v.ended() && v.URL == ""
	return r
}
