package runway

import (
	"cmp"
	_ "embed"
	"slices"

	"github.com/filmgate/filmgate/internal/engine"
)

//go:embed models.yaml
var table []byte

// call is how a model is called. The models differ in how a frame size is written: most name the pixels, in the field ratio.
type call struct {
	Sizes        map[string]map[string]string `yaml:"sizes"`         // by resolution and aspect ratio, the ratio in pixels
	Named        bool                         `yaml:"named"`         // ratio takes the aspect ratio as it is
	Resolution   bool                         `yaml:"resolution"`    // the resolution has a field of its own
	FollowsImage bool                         `yaml:"follows_image"` // from an image it takes the resolution, and no ratio
	Auto         bool                         `yaml:"auto"`          // from an image, ratio is "auto_" and the resolution
	Negative     bool                         `yaml:"negative"`      // it takes a negative prompt
	Video        string                       `yaml:"video"`         // the field of an input video
	Edit         bool                         `yaml:"edit"`          // it has to be told that an input video is to be edited
	Target       bool                         `yaml:"target"`        // the aspect ratio has a field of its own beside an input video
	Mention      string                       `yaml:"mention"`       // how a prompt mentions a reference image, by its number
}

// rows returns the models.
func rows() []engine.Row[call] {
	all := engine.ReadTable[call](table)
	for i, r := range all {
		all[i].Sends = append([]engine.Part{engine.PartResolution}, r.Sends...)
		if r.Call.Named || r.Call.Auto || r.Call.Target || len(r.Call.Sizes) > 0 {
			all[i].Sends = append(all[i].Sends, engine.PartAspectRatio)
		}
		all[i].Omits = map[engine.Mode][]engine.Part{}
		if r.Call.Negative {
			all[i].Sends = append(all[i].Sends, engine.PartNegative)
		}
		if r.Call.FollowsImage || r.Call.Auto {
			for _, mode := range []engine.Mode{engine.FromFirst, engine.FromLast, engine.FromFirstLast} {
				all[i].Omits[mode] = []engine.Part{engine.PartAspectRatio}
			}
		}
		all[i].FollowsFrame = r.Call.Named
	}
	return all
}

// shape returns the fields ratio and resolution of a job; "" = the field is not sent. A job that names no resolution gets 720p, or the
// model's first; one that names no aspect ratio gets the model's nearest to that of its input, or 16:9.
func shape(row engine.Row[call], job engine.Job) (ratio, resolution string) {
	resolution = job.Request.Resolution
	if resolution == "" && len(row.Resolutions) > 0 {
		resolution = row.Resolutions[0]
		if slices.Contains(row.Resolutions, "720p") {
			resolution = "720p"
		}
	}
	image := job.First != nil || job.Last != nil
	aspect := job.Request.AspectRatio
	switch {
	case image && row.Call.FollowsImage:
		return "", resolution
	case image && row.Call.Auto:
		return "auto_" + resolution, ""
	case row.Call.Named && aspect == "" && (image || job.Video != nil):
		ratio = "adaptive"
	case row.Call.Named:
		ratio = cmp.Or(aspect, "16:9")
	case aspect == "":
		ratio = row.Call.Sizes[resolution][nearest(row, job)]
	default:
		ratio = row.Call.Sizes[resolution][aspect]
	}
	if !row.Call.Resolution {
		resolution = ""
	}
	return ratio, resolution
}

// nearest returns the model's aspect ratio that is nearest to that of the job's image or input video; 16:9 if it has neither.
func nearest(row engine.Row[call], job engine.Job) string {
	width, height := 16, 9
	if p := cmp.Or(job.First, job.Last); p != nil && p.Width > 0 && p.Height > 0 {
		width, height = p.Width, p.Height
	} else if v := job.Video; v != nil && v.Width > 0 && v.Height > 0 {
		width, height = v.Width, v.Height
	}
	return engine.NearestRatio(row.ForMode(engine.ModeOf(job.Request)).AspectRatios, width, height)
}
