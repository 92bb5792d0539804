package makevid

import (
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of the Runway family. The page names none but the picture's, which is Runway's own.
const (
	runwayBodyLimit   = 24 << 20 // a picture of 16 MB in Base64, and room
	runwayPromptLimit = 5000     // characters
	runwayResolution  = "720p"   // in answers if none was named, as published
	runwayImageLimit  = 16 << 20
)

func runwayFamily() family {
	return family{
		name:   "makevid/runway",
		create: "/api/v1/create_runway",
		get:    "/api/v1/get_runway",
		limit:  runwayBodyLimit,
		fields: map[string]string{"prompt": "text_prompt", "expand_prompt": "enhance_prompt", "first_frame": "init_image",
			"last_frame": "init_image", "low_priority": "exploreMode", "asset_group": "assetGroupName"},
		decode: decodeRunway,
		encode: encodeRunway,
		refuse: dialect.WriteProblem,
		doc:    runwayDoc(),
	}
}

// decodeRunway reads the body of create_runway. What is wrong is noted in f.
func decodeRunway(f *dialect.Fields) task.Request {
	r := task.Request{
		Model:        f.OneOf("model", profiles.runway[0].model, names(profiles.runway)...),
		Prompt:       f.String("text_prompt", "", runwayPromptLimit),
		ExpandPrompt: f.Bool("enhance_prompt", false),
		LowPriority:  f.Bool("exploreMode", false),
		Watermark:    f.Bool("watermark", false),
		Resolution:   f.OneOf("resolution", "", runwayResolution), // without one the engine chooses
		Name:         f.String("name", "", task.NameLimit),
		AssetGroup:   f.String("assetGroupName", dialect.AssetGroup, task.NameLimit),
	}
	p := find(profiles.runway, r.Model)
	f.Require("seconds")
	r.Seconds = f.IntOf("seconds", p.seconds()...)
	r.Format = p.format(r.Seconds, "")
	r.Seed = dialect.Seed(f)
	img := dialect.Picture(f, "init_image", false, task.ImageLimits{Bytes: runwayImageLimit})
	none := img == nil && !f.HasErrors("init_image")
	if f.Bool("image_as_end_frame", false) {
		r.Last = img
		if none {
			f.AddError("image_as_end_frame", "needs an init_image to end on")
		}
	} else {
		r.First = img
	}
	if none && strings.TrimSpace(r.Prompt) == "" {
		f.AddError("text_prompt", "must not be empty where there is no init_image")
	}
	return r
}
