package kling

// request is the body of text2video and image2video.
type request struct {
	Model          string         `json:"model_name"`
	Prompt         string         `json:"prompt,omitempty"`
	NegativePrompt string         `json:"negative_prompt,omitempty"`
	CfgScale       *float64       `json:"cfg_scale,omitempty"`
	Mode           string         `json:"mode,omitempty"` // std, pro or 4k
	Camera         *cameraControl `json:"camera_control,omitempty"`
	AspectRatio    string         `json:"aspect_ratio,omitempty"` // text2video only
	Duration       string         `json:"duration"`               // "5"
	Watermark      *watermark     `json:"watermark_info,omitempty"`
	Image          string         `json:"image,omitempty"`
	ImageTail      string         `json:"image_tail,omitempty"`
	External       string         `json:"external_task_id,omitempty"`
	CallbackURL    string         `json:"callback_url,omitempty"`
}

type watermark struct {
	Enabled bool `json:"enabled"`
}

type cameraControl struct {
	Type   string        `json:"type"`
	Config *cameraConfig `json:"config,omitempty"` // for type "simple"
}

type cameraConfig struct {
	Horizontal float64 `json:"horizontal"`
	Vertical   float64 `json:"vertical"`
	Pan        float64 `json:"pan"`
	Tilt       float64 `json:"tilt"`
	Roll       float64 `json:"roll"`
	Zoom       float64 `json:"zoom"`
}

// envelope is the outer object of every response.
type envelope struct {
	Code    int     `json:"code"`
	Message string  `json:"message"`
	Data    apiTask `json:"data"`
}

// apiTask is a task in Kling's form.
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
