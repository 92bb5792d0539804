package luma

// generationRequest is the body of POST /generations/video.
type generationRequest struct {
	Model       string              `json:"model"`
	Prompt      string              `json:"prompt,omitempty"`
	AspectRatio string              `json:"aspect_ratio,omitempty"`
	Duration    string              `json:"duration"` // "5s"
	Resolution  string              `json:"resolution,omitempty"`
	Keyframes   map[string]keyframe `json:"keyframes,omitempty"` // frame0, frame1
	Loop        bool                `json:"loop,omitempty"`
	CallbackURL string              `json:"callback_url,omitempty"`
}

type keyframe struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

// generation holds the fields of a Generation that we read.
type generation struct {
	ID            string `json:"id"`
	State         string `json:"state"`
	FailureReason string `json:"failure_reason"`
	Assets        struct {
		Video string `json:"video"`
	} `json:"assets"`
}

type apiError struct {
	Detail string `json:"detail"`
}
