package localai

// request is the body of POST /video.
type request struct {
	Model          string   `json:"model"`
	Prompt         string   `json:"prompt"`
	Negative       string   `json:"negative_prompt,omitempty"`
	Start          string   `json:"start_image,omitempty"` // Base64
	End            string   `json:"end_image,omitempty"`   // Base64
	Width          int      `json:"width,omitempty"`
	Height         int      `json:"height,omitempty"`
	Frames         int      `json:"num_frames,omitempty"`
	FPS            int      `json:"fps,omitempty"`
	Seconds        string   `json:"seconds"`
	Seed           int32    `json:"seed,omitempty"`
	CfgScale       *float64 `json:"cfg_scale,omitempty"`
	ResponseFormat string   `json:"response_format"`
}

type videoResponse struct {
	Data []struct {
		URL string `json:"url"`
	} `json:"data"`
}
