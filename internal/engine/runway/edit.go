package runway

import (
	"context"
	"net/http"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// editModels returns the models that take an input video, with video_to_video. aleph2 takes 2 to 30 seconds of at most 30
// frames a second (docs.comfy.org, built-in-nodes/RunwayAleph2VideoToVideoNode); the official client does not say.
func editModels() []engine.Model {
	types := []string{"video/mp4", "video/quicktime"}
	imageTypes := []string{"image/jpeg", "image/png", "image/webp"}
	aleph := engine.Model{
		Name: "aleph2", Modes: []engine.Mode{engine.FromVideo}, Limits: task.Limits{MaxSeconds: 30, PromptLimit: 1000, AspectRatios: []string{"16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "21:9"}, NeedsPrompt: true}, PromptUnit: engine.UTF16Units, Seed: true,

		Video: task.InputVideoLimits{Types: types, MinSeconds: 2, MaxSeconds: 30, MaxFrameRate: 30, KeepsResolution: true},
		Price: task.Price{PerSecond: 0.28, Currency: "USD"},
	}
	omni := engine.Model{
		Name: "gemini_omni_flash", Modes: []engine.Mode{engine.FromText, engine.FromFirst, engine.FromVideo}, Limits: task.Limits{Seconds: engine.SecondsRange(3, 10), AspectRatios: []string{"16:9", "9:16"}, Resolutions: []string{"720p"}, PromptLimit: 1000},
		PromptUnit: engine.UTF16Units,
		Images:     task.InputImageLimits{Types: imageTypes, Bytes: 16 << 20},
		ByMode:     map[engine.Mode]task.Limits{engine.FromVideo: {NeedsPrompt: true}},
		Video:      task.InputVideoLimits{Types: types, KeepsShape: true, KeepsResolution: true},
	}
	return []engine.Model{aleph, omni}
}

// edit creates a task with the job's input video.
func (e *Engine) edit(ctx context.Context, job engine.Job) (engine.Submission, error) {
	data, err := job.Video.Bytes(ctx)
	if err != nil {
		return engine.Submission{}, err
	}
	file := "video.mp4"
	if job.Video.Type == "video/quicktime" {
		file = "video.mov"
	}
	in := editRequest{Model: job.Model, PromptText: job.Prompt()}
	if in.VideoURI, err = e.fileURI(ctx, file, job.Video.Type, data, videoURILimit); err != nil {
		return engine.Submission{}, err
	}
	if job.Model == "aleph2" { // only this model has these fields
		in.TargetAspectRatio, in.Seed = job.Request.AspectRatio, job.Request.Seed
	}
	var out created
	_, err = e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/v1/video_to_video", In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}
