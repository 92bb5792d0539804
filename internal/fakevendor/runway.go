package fakevendor

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// runway is Runway's developer API, version 2024-11-06 (docs.dev.runwayml.com).
func runway() wire {
	return wire{
		name: "runway",
		authorized: func(key string, r *http.Request, now time.Time) bool {
			return bearer(key, r, now) || strings.HasPrefix(r.URL.Path, "/upload/")
		},
		errorBody: func(_ int, text string) any { return map[string]any{"error": text} },
		routes: map[string]func(*request){
			"POST /v1/image_to_video": runwaySubmit,
			"POST /v1/text_to_video":  runwaySubmit,
			"POST /v1/video_to_video": runwaySubmit,
			"GET /v1/tasks/{id}":      runwayPoll,
			"DELETE /v1/tasks/{id}":   runwayDelete,
			"GET /v1/organization": func(req *request) {
				req.answer(http.StatusOK, map[string]any{"creditBalance": 1250, "tier": map[string]any{"maxMonthlyCreditSpend": 10000, "models": map[string]any{}},
					"usage": map[string]any{"models": map[string]any{}}})
			},
			"POST /v1/uploads":    runwayUploads,
			"POST /upload/{name}": runwayUpload,
		},
	}
}

// runwayModel describes what one of Runway's models takes: the ratios by call ("" = none may be named, none = it lacks the call), the
// lengths, and the fields that not all models have.
type runwayModel struct {
	text, image, video []string
	least, most        int
	takes              string // words
	resolutions        string // words, of the field resolution
	references         int    // how many pictures the field references takes; 0 = the model has no such field
	recordings         int    // the same of referenceAudio
}

// runwayModels lists the models of the official client (npm @runwayml/sdk 4.20.1, src/resources/image-to-video.ts, text-to-video.ts and
// video-to-video.ts).
func runwayModels() map[string]runwayModel {
	words := strings.Fields
	none, free := []string{""}, words("21:9 16:9 4:3 1:1 3:4 9:16 adaptive")
	six := words("1280:720 720:1280 1104:832 960:960 832:1104 1584:672")
	four := words("1280:720 720:1280 1080:1920 1920:1080")
	omni := append(words("640:360 360:640 3840:2160 2160:3840"), four...)
	low := words("992:432 864:496 752:560 640:640 560:752 496:864 1470:630 1280:720 1112:834 960:960 834:1112 720:1280")
	full := words("2206:946 1920:1080 1664:1248 1440:1440 1248:1664 1080:1920")
	high := words("3840:1646 3840:2160 3840:2880 3840:3840 2880:3840 2160:3840")
	two := slices.Concat(low, full, high)
	half := append(words("992:432 854:480 752:560 640:640 560:752 480:854 1470:630 1280:720 1112:834 960:960 834:1112 720:1280"), full...)
	wan := words("832:480 720:544 624:624 544:720 480:832 1280:720 1104:832 960:960 832:1104 720:1280 1920:1080 1648:1248 1440:1440 1248:1648 1080:1920")
	auto := words("auto_480p auto_720p auto_1080p")
	horse := words("1280:720 720:1280 960:960 1108:832 832:1108 1920:1080 1080:1920 1440:1440 1662:1248 1248:1662")
	return map[string]runwayModel{
		"gen4_turbo":            {nil, six, nil, 2, 10, "seed", "", 0, 0},
		"gen4.5":                {six[:2], six, nil, 2, 10, "seed", "", 0, 0},
		"veo3.1":                {four, four, nil, 4, 8, "seed negativePrompt last audio", "", 0, 0},
		"veo3.1_fast":           {four, four, nil, 4, 8, "seed negativePrompt last audio", "", 0, 0},
		"hailuo3":               {free[:6], free, free, 1, 60, "last resolution", "768p 2k", 9, 3},
		"happyhorse_1_0":        {horse, none, nil, 1, 60, "imageResolution", "720p 1080p", 0, 0},
		"seedance2":             {two, two, two, 1, 60, "seed last audio", "", 9, 3},
		"seedance2_fast":        {low, low, low, 1, 60, "seed last audio", "", 9, 3},
		"seedance2_mini":        {low, low, low, 1, 60, "seed last audio", "", 9, 3},
		"seedance2_5":           {half, half, none, 1, 60, "seed last mode audio", "", 30, 10},
		"gemini_omni_flash":     {six[:2], six[:2], none, 3, 10, "videoReferences", "", 5, 0},
		"gemini_omni_flash_1.1": {omni, omni, none, 3, 10, "last mode", "", 5, 0},
		"grok_imagine_1_5":      {words("1:1 16:9 9:16 4:3 3:4 3:2 2:3"), none, nil, 1, 60, "resolution", "480p 720p 1080p", 7, 3},
		"wan3":                  {wan, auto, nil, 1, 60, "last audio", "", 10, 5},
		"wan3_prime":            {wan, auto, nil, 1, 60, "last audio", "", 10, 5},
		"h3_max":                {none, none, nil, 1, 60, "seed last resolution", "480p 768p", 0, 0},
		"aleph2":                {nil, nil, none, 0, 0, "seed targetAspectRatio", "", 0, 0},
	}
}

// runwayInput is the body of a create.
type runwayInput struct {
	Model          string                           `json:"model"`
	PromptText     string                           `json:"promptText"`
	PromptImage    []struct{ URI, Position string } `json:"promptImage"`
	PromptVideo    string                           `json:"promptVideo"`
	VideoURI       string                           `json:"videoUri"`
	Ratio          string                           `json:"ratio"`
	Resolution     string                           `json:"resolution"`
	Duration       any                              `json:"duration"`
	Mode           string                           `json:"mode"`
	TargetAspect   string                           `json:"targetAspectRatio"`
	NegativePrompt string                           `json:"negativePrompt"`
	Seed           *int64                           `json:"seed"`
	Audio          *bool                            `json:"audio"`
	References     []struct{ URI string }           `json:"references"`
	ReferenceAudio []struct{ Type, URI string }     `json:"referenceAudio"`
}

// faults returns the fields that the call refuses.
func (in runwayInput) faults(call string) []string {
	may := runwayModels()[in.Model]
	var out []string
	for _, wrong := range []map[string]bool{in.shapeFaults(call, may), in.sourceFaults(call, may), in.optionFaults(may), in.referenceFaults(call, may)} {
		for field, is := range wrong {
			if is {
				out = append(out, field)
			}
		}
	}
	slices.Sort(out)
	return out
}

// has reports whether the model takes an option.
func (m runwayModel) has(word string) bool { return slices.Contains(strings.Fields(m.takes), word) }

// shapeFaults checks the model, the frame size and the length.
func (in runwayInput) shapeFaults(call string, may runwayModel) map[string]bool {
	ratios := map[string][]string{"text_to_video": may.text, "image_to_video": may.image, "video_to_video": may.video}[call]
	seconds, number := in.Duration.(float64)
	whole := in.Duration == nil && call == "video_to_video" || in.Duration == "auto" && in.Mode == "edit"
	sized := may.has("resolution") || may.has("imageResolution") && call == "image_to_video"
	return map[string]bool{
		"model":      ratios == nil,
		"ratio":      !slices.Contains(ratios, in.Ratio) && (call != "video_to_video" || in.Ratio != ""),
		"duration":   !whole && (!number || seconds < float64(may.least) || seconds > float64(may.most) || strings.HasPrefix(in.Model, "veo") && int(seconds)%2 > 0),
		"resolution": in.Resolution != "" && !(sized && slices.Contains(strings.Fields(may.resolutions), in.Resolution)),
	}
}

// sourceFaults checks what the video is made from.
func (in runwayInput) sourceFaults(call string, may runwayModel) map[string]bool {
	fromImage, fromVideo := call == "image_to_video", call == "video_to_video"
	older := in.Model == "aleph2" || strings.HasPrefix(in.Model, "gemini") // these name it videoUri
	link := in.PromptVideo + in.VideoURI
	video := strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "runway://") || strings.HasPrefix(link, "data:video/")
	needsPrompt := !fromImage || slices.Contains([]string{"gen4.5", "hailuo3", "wan3", "wan3_prime", "h3_max", "gemini_omni_flash_1.1"}, in.Model)
	images := fromImage != (len(in.PromptImage) > 0) || len(in.PromptImage) > 1 && !may.has("last")
	for i, p := range in.PromptImage {
		images = images || p.Position != []string{"first", "last"}[min(i, 1)] || len(p.URI) > 5_000_000
	}
	return map[string]bool{
		"promptText":  needsPrompt && in.PromptText == "",
		"promptImage": images,
		"videoUri":    (in.VideoURI != "") != (fromVideo && older),
		"promptVideo": (in.PromptVideo != "") != (fromVideo && !older),
		"video":       fromVideo && !video,
	}
}

// optionFaults checks the fields that only some models take.
func (in runwayInput) optionFaults(may runwayModel) map[string]bool {
	return map[string]bool{
		"negativePrompt":    in.NegativePrompt != "" && !may.has("negativePrompt"),
		"seed":              in.Seed != nil && !may.has("seed"),
		"mode":              in.Mode != "" && (in.Mode != "edit" || !may.has("mode")),
		"targetAspectRatio": in.TargetAspect != "" && !may.has("targetAspectRatio"),
	}
}

// referenceFaults checks the sound and the references. image_to_video has no field for pictures that are no frames.
func (in runwayInput) referenceFaults(call string, may runwayModel) map[string]bool {
	images, recordings := len(in.References) > may.references, len(in.ReferenceAudio) > may.recordings
	if len(in.References) > 0 && (call == "image_to_video" || call == "text_to_video" && may.has("videoReferences")) {
		images = true
	}
	for _, r := range in.References {
		images = images || r.URI == ""
	}
	for _, r := range in.ReferenceAudio {
		recordings = recordings || r.URI == "" || r.Type != "audio"
	}
	return map[string]bool{"audio": in.Audio != nil && !may.has("audio"), "references": images, "referenceAudio": recordings}
}

// inputs returns the sound and the references.
func (in runwayInput) inputs() Inputs {
	out := Inputs{Sound: in.Audio}
	for _, r := range in.References {
		out.Images = append(out.Images, r.URI)
	}
	for _, r := range in.ReferenceAudio {
		out.Recordings = append(out.Recordings, r.URI)
	}
	return out
}

func runwaySubmit(req *request) {
	if req.r.Header.Get("X-Runway-Version") != "2024-11-06" {
		req.refuse(http.StatusBadRequest, "X-Runway-Version must be 2024-11-06")
		return
	}
	var in runwayInput
	if !req.json(&in) {
		return
	}
	var issues []map[string]any
	for _, field := range in.faults(path.Base(req.r.URL.Path)) {
		issues = append(issues, map[string]any{"code": "invalid_type", "path": []string{field}, "message": "Invalid input"})
	}
	if len(issues) > 0 {
		req.answer(http.StatusBadRequest, map[string]any{"error": "Validation of body failed", "issues": issues, "docUrl": "https://docs.dev.runwayml.com/api"})
		return
	}
	seconds := 5
	if n, ok := in.Duration.(float64); ok {
		seconds = int(n)
	}
	if j, ok := req.submit(submission{prompt: in.PromptText, image: len(in.PromptImage) > 0, seconds: seconds, inputs: in.inputs()}); ok {
		req.answer(http.StatusOK, map[string]any{"id": j.id, "estimatedCost": map[string]int{"credits": 5 * seconds}})
	}
}

func runwayPoll(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	s := req.statusOf(j)
	out := map[string]any{
		"id": j.id, "createdAt": j.started.UTC().Format("2006-01-02T15:04:05.000Z"),
		"status": req.status(j, s, [5]string{"PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}),
	}
	cost := map[string]int{"credits": 5 * j.seconds}
	switch s.phase {
	case waiting:
		out["estimatedCost"] = cost
	case running:
		out["estimatedCost"], out["progress"] = cost, s.progress
	case done:
		out["cost"], out["output"] = cost, []string{}
		if link := req.link(j); link != "" {
			out["output"] = []string{link}
		}
	case failed:
		out["cost"], out["failure"], out["failureCode"] = cost, "The task failed as it was asked to.", s.reason
	}
	req.answerPoll(j, http.StatusOK, out)
}

func runwayDelete(req *request) {
	j := req.find(req.r.PathValue("id"))
	if j == nil {
		return
	}
	if !req.cancelJob(j) {
		req.delete(j)
	}
	req.answer(http.StatusNoContent, nil)
}

func runwayUploads(req *request) {
	var in struct {
		Filename string `json:"filename"`
		Type     string `json:"type"`
	}
	if !req.json(&in) {
		return
	}
	if in.Filename == "" || in.Type != "ephemeral" {
		req.refuse(http.StatusBadRequest, "filename and type ephemeral are needed")
		return
	}
	req.answer(http.StatusOK, map[string]any{
		"uploadUrl": req.baseURL + "/upload/" + in.Filename, "fields": map[string]string{"key": "u/" + in.Filename, "policy": "p"},
		"runwayUri": "runway://" + in.Filename,
	})
}

// runwayUpload receives an upload as the storage does: all fields, then the file, and no API key.
func runwayUpload(req *request) {
	if req.r.Header.Get("Authorization") != "" {
		req.refuse(http.StatusBadRequest, "Only one auth mechanism allowed")
		return
	}
	f, _, err := req.r.FormFile("file")
	if err != nil || req.r.FormValue("policy") != "p" {
		req.refuse(http.StatusBadRequest, "policy and file are needed")
		return
	}
	_ = f.Close()
	req.answer(http.StatusNoContent, nil)
}
