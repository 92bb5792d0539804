package luma

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// lumaRequest is the request as answers repeat it. Stored in Request.Echo, it lacks what the task holds itself: the model, the prompt,
// the callback URL, and inputs that were sent as data.
type lumaRequest struct {
	GenerationType string         `json:"generation_type" doc:"video, modify_video or reframe_video."`
	Model          string         `json:"model" doc:"The model as it was named."`
	Prompt         string         `json:"prompt,omitempty" doc:"The prompt as it was sent."`
	AspectRatio    string         `json:"aspect_ratio,omitempty" doc:"The shape."`
	Resolution     string         `json:"resolution,omitempty" doc:"The number of lines."`
	Duration       string         `json:"duration,omitempty" doc:"The length, such as 5s."`
	Loop           bool           `json:"loop,omitempty" doc:"Whether the video ends on its first frame."`
	Keyframes      *lumaKeyframes `json:"keyframes,omitempty" doc:"The frames that the video begins and ends with."`
	Concepts       []lumaConcept  `json:"concepts,omitempty" doc:"The concepts."`
	Mode           string         `json:"mode,omitempty" doc:"How far the result departs from the video."`
	Media          *lumaMedia     `json:"media,omitempty" doc:"The video that is changed."`
	FirstFrame     *lumaMedia     `json:"first_frame,omitempty" doc:"The first frame of the result."`
	GridPositionX  *int64         `json:"grid_position_x,omitempty" doc:"As it was sent."`
	GridPositionY  *int64         `json:"grid_position_y,omitempty" doc:"As it was sent."`
	ResizedHeight  *int64         `json:"resized_height,omitempty" doc:"As it was sent."`
	ResizedWidth   *int64         `json:"resized_width,omitempty" doc:"As it was sent."`
	XEnd           *int64         `json:"x_end,omitempty" doc:"As it was sent."`
	XStart         *int64         `json:"x_start,omitempty" doc:"As it was sent."`
	YEnd           *int64         `json:"y_end,omitempty" doc:"As it was sent."`
	YStart         *int64         `json:"y_start,omitempty" doc:"As it was sent."`
	CallbackURL    string         `json:"callback_url,omitempty" format:"uri" doc:"The URL that is told of new states."`
}

type lumaKeyframes struct {
	Frame0 *lumaKeyframe `json:"frame0,omitempty" doc:"The first frame."`
	Frame1 *lumaKeyframe `json:"frame1,omitempty" doc:"The last frame."`
}

type lumaKeyframe struct {
	Type string `json:"type" doc:"image or generation."`
	URL  string `json:"url,omitempty" format:"uri" doc:"The picture; a link to our copy if it was sent as data."`
	ID   string `json:"id,omitempty" doc:"The generation."`
}

type lumaMedia struct {
	URL string `json:"url" format:"uri" doc:"The file; a link to our copy if it was sent as data."`
}

// lumaConcept is a concept of a request.
type lumaConcept struct {
	Key string `json:"key" doc:"The concept's name."`
}

// text returns the echo for Request.Echo.
func (e lumaRequest) text() string { return strings.TrimSpace(string(dialect.Marshal(e))) }

func (e *lumaRequest) setPlace(place map[string]*int64) {
	e.GridPositionX, e.GridPositionY = place["grid_position_x"], place["grid_position_y"]
	e.ResizedHeight, e.ResizedWidth = place["resized_height"], place["resized_width"]
	e.XEnd, e.XStart, e.YEnd, e.YStart = place["x_end"], place["x_start"], place["y_end"], place["y_start"]
}

// echoOf returns the task's request as answers repeat it, whatever dialect made the task.
func echoOf(t task.Task, l dialect.Links) lumaRequest {
	r := t.Request
	var e lumaRequest
	if r.Dialect != Dialect || json.Unmarshal([]byte(r.Echo), &e) != nil {
		e = echoOfAny(r)
	}
	e.Model, e.Prompt, e.CallbackURL = r.Model, withoutConcepts(r.Prompt, e.Concepts), r.CallbackURL
	// Each pointer is of a value that was decoded or made just now.
	if k := e.Keyframes; k != nil {
		fillURL(k.Frame0, r.First, l)
		fillURL(k.Frame1, r.Last, l)
	}
	if m := e.Media; m != nil && m.URL == "" && r.Video != nil {
		m.URL = l.Signed(r.Video.Key)
	}
	if m := e.FirstFrame; m != nil && m.URL == "" && r.First != nil {
		m.URL = l.Signed(r.First.Key)
	}
	return e
}

// echoOfAny returns a request of any dialect in Luma's words.
func echoOfAny(r task.Request) lumaRequest {
	e := lumaRequest{GenerationType: "video", AspectRatio: r.AspectRatio, Resolution: r.Resolution, Loop: r.Loop}
	if r.Seconds > 0 {
		e.Duration = strconv.Itoa(r.Seconds) + "s"
	}
	if r.Video != nil {
		e.GenerationType, e.Media = "modify_video", &lumaMedia{}
		return e
	}
	for _, frame := range []struct {
		img *task.Image
		to  func(*lumaKeyframes, *lumaKeyframe)
	}{
		{r.First, func(k *lumaKeyframes, f *lumaKeyframe) { k.Frame0 = f }},
		{r.Last, func(k *lumaKeyframes, f *lumaKeyframe) { k.Frame1 = f }},
	} {
		if frame.img == nil {
			continue
		}
		if e.Keyframes == nil {
			e.Keyframes = &lumaKeyframes{}
		}
		frame.to(e.Keyframes, &lumaKeyframe{Type: "image"})
	}
	return e
}

// fillURL gives a keyframe whose picture was sent as data the link to our copy.
func fillURL(k *lumaKeyframe, img *task.Image, l dialect.Links) {
	if k != nil && k.Type == "image" && k.URL == "" && img != nil && img.Key != "" {
		k.URL = l.Signed(img.Key)
	}
}
