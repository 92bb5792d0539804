package luma

import (
	"slices"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// strengths are the modes of a change, from the one that keeps most of the video to the one that keeps least.
func strengths() []string {
	return []string{"adhere_1", "adhere_2", "adhere_3", "flex_1", "flex_2", "flex_3", "reimagine_1", "reimagine_2", "reimagine_3"}
}

// scaleOf returns how far the result of a mode may depart from the video, from 0 to 1; nil for "".
func scaleOf(mode string) *float64 {
	at := slices.Index(strengths(), mode)
	if at < 0 {
		return nil
	}
	scale := (float64(at) + 0.5) / float64(len(strengths()))
	return &scale
}

// decodeModify reads the body of POST /generations/video/modify.
func decodeModify(f *dialect.Fields, known []string) wanted {
	f.Require("mode")
	w, e := decodeChange(f, known, "modify_video")
	e.Mode = f.OneOf("mode", "", strengths()...)
	w.request.CfgScale, w.request.Echo = scaleOf(e.Mode), e.text()
	return w
}

// decodeReframe reads the body of POST /generations/video/reframe. Of where the video is placed it only reads what Luma allows:
// engines place it themselves.
func decodeReframe(f *dialect.Fields, known []string) wanted {
	f.Require("aspect_ratio")
	w, e := decodeChange(f, known, "reframe_video")
	e.AspectRatio = f.OneOf("aspect_ratio", "", aspectRatios()...)
	place := map[string]*int64{}
	for _, name := range []string{"grid_position_x", "grid_position_y", "resized_height", "resized_width", "x_end", "x_start", "y_end", "y_start"} {
		if f.Has(name) {
			n := f.Int(name, 0, -pixelLimit, pixelLimit)
			place[name] = &n
		}
	}
	e.setPlace(place)
	w.request.AspectRatio, w.request.Echo = e.AspectRatio, e.text()
	return w
}

// pixelLimit is the largest coordinate.
const pixelLimit = 100_000

// decodeChange reads what the two calls share.
func decodeChange(f *dialect.Fields, known []string, kind string) (wanted, lumaRequest) {
	f.Require("generation_type", "media", "model")
	e := lumaRequest{GenerationType: f.OneOf("generation_type", "", kind)}
	r := task.Request{
		Model:       f.OneOf("model", "", known...),
		Prompt:      f.String("prompt", "", promptLimit),
		CallbackURL: dialect.CallbackURL(f, "callback_url"),
		AssetGroup:  dialect.AssetGroup,
	}
	if f.Has("media") {
		media := f.Object("media")
		media.Require("url")
		if r.Video = dialect.InputVideo(media, "url"); r.Video != nil {
			e.Media = &lumaMedia{withoutData(r.Video.Source)}
		} else if media.Has("url") {
			media.AddError("url", "must not be empty")
		}
	}
	if f.Has("first_frame") {
		frame := f.Object("first_frame")
		frame.Require("url")
		if r.First = dialect.Picture(frame, "url", false, task.ImageLimits{}); r.First != nil {
			e.FirstFrame = &lumaMedia{withoutData(r.First.Source)}
		}
	}
	return wanted{request: r}, e
}
