package makevid

// request is the body of create_runway.
type request struct {
	Seconds        int     `json:"seconds"`
	TextPrompt     string  `json:"text_prompt"`
	Enhance        bool    `json:"enhance_prompt"` // always false: Filmgate has expanded the prompt already if it should be
	InitImage      string  `json:"init_image"`     // data URI; "" = none
	EndFrame       bool    `json:"image_as_end_frame"`
	Seed           *uint32 `json:"seed,omitempty"`
	Explore        bool    `json:"exploreMode,omitempty"`
	Watermark      bool    `json:"watermark,omitempty"`
	Resolution     string  `json:"resolution,omitempty"`
	Name           string  `json:"name,omitempty"`
	AssetGroupName string  `json:"assetGroupName,omitempty"`
	Model          string  `json:"model,omitempty"`
}

// taskResponse is the outer object of a task.
type taskResponse struct {
	Task struct {
		ID     string `json:"id"`
		Status string `json:"status"`
		Error  struct {
			Reason  string `json:"reason"`
			Message string `json:"message"`
		} `json:"error"`
		ProgressText  string `json:"progressText"`
		ProgressRatio string `json:"progressRatio"` // "0.35"
		Artifacts     []struct {
			URL string `json:"url"`
		} `json:"artifacts"`
	} `json:"task"`
}
