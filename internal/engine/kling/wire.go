package kling

// request is the body of text2video and image2video.
type request struct {
	Model          string     `json:"model_name"`
	Prompt         string     `json:"prompt,omitempty"`
	NegativePrompt string     `json:"negative_prompt,omitempty"`
	Mode           string     `json:"mode,omitempty"`         // std, pro or 4k
	Sound          string     `json:"sound,omitempty"`        // on or off, which it is if absent; costs more
	AspectRatio    string     `json:"aspect_ratio,omitempty"` // text2video only
	Duration       string     `json:"duration"`               // "5"
	Watermark      *watermark `json:"watermark_info,omitempty"`
	Image          string     `json:"image,omitempty"`
	ImageTail      string     `json:"image_tail,omitempty"`
	External       string     `json:"external_task_id,omitempty"`
	CallbackURL    string     `json:"callback_url,omitempty"`
}

type watermark struct {
	Enabled bool `json:"enabled"`
}

// envelope is the outer object of every response, without its data.
type envelope struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// apiTask is a task of /v1.
type apiTask struct {
	ID      string `json:"task_id"`
	Status  string `json:"task_status"`
	Message string `json:"task_status_msg"`
	Units   string `json:"final_unit_deduction"`
	Result  struct {
		Videos []struct {
			URL          string `json:"url"`
			WatermarkURL string `json:"watermark_url"`
		} `json:"videos"`
	} `json:"task_result"`
}
