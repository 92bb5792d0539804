package luma

import (
	"context"
	"net/http"

	"github.com/filmgate/filmgate/internal/engine"
)

// modification is the body of POST /generations/video/modify.
type modification struct {
	GenerationType string `json:"generation_type"` // "modify_video"
	Model          string `json:"model"`
	Media          media  `json:"media"`
	Mode           string `json:"mode"`
	Prompt         string `json:"prompt,omitempty"`
	CallbackURL    string `json:"callback_url,omitempty"`
}

type media struct {
	URL string `json:"url"`
}

// modify creates a generation from the job's input video, which Luma fetches by URL.
func (e *dreamMachine) modify(ctx context.Context, job engine.Job) (engine.Submission, error) {
	if err := checkURL(job.Video.URL); err != nil {
		return engine.Submission{}, err
	}
	in := modification{
		GenerationType: "modify_video", Model: job.Model, Media: media{job.Video.URL}, Mode: modifyMode(job.Request.CfgScale),
		Prompt: job.Prompt(), CallbackURL: job.CallbackURL,
	}
	var out generation
	_, err := e.client.Do(ctx, engine.Call{Method: http.MethodPost, Path: "/generations/video/modify", In: in, Out: &out})
	return engine.SubmitResult("", out.ID, err)
}

// modifyMode returns the mode, one of Luma's nine, for a CFG scale of 0..1: the higher the scale, the further the result
// may depart from the input video. nil gives "flex_1".
func modifyMode(scale *float64) string {
	modes := []string{"adhere_1", "adhere_2", "adhere_3", "flex_1", "flex_2", "flex_3", "reimagine_1", "reimagine_2", "reimagine_3"}
	if scale == nil {
		return "flex_1"
	}
	return modes[min(int(max(*scale, 0)*float64(len(modes))), len(modes)-1)]
}
