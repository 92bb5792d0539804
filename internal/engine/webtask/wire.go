package webtask

import "encoding/json"

// request is the body of POST /tasks.
type request struct {
	TaskType string  `json:"taskType"`
	Internal bool    `json:"internal"`
	Options  options `json:"options"`
	Team     int     `json:"asTeamId,omitempty"`
}

// options are the options of gen3a and gen3a_turbo, in the order in which clients send them.
type options struct {
	Name           string `json:"name"`
	Seconds        int    `json:"seconds"`
	TextPrompt     string `json:"text_prompt"`
	Seed           uint32 `json:"seed"`
	Explore        bool   `json:"exploreMode"`
	Watermark      bool   `json:"watermark"`
	Enhance        bool   `json:"enhance_prompt"`
	Width          int    `json:"width,omitempty"`  // pixels; only without an image
	Height         int    `json:"height,omitempty"` // pixels; only without an image
	Flip           bool   `json:"flip,omitempty"`   // portrait; only with an image
	InitImage      string `json:"init_image,omitempty"`
	Resolution     string `json:"resolution,omitempty"`
	EndFrame       bool   `json:"image_as_end_frame"`
	AssetGroupName string `json:"assetGroupName"`
}

// taskResponse is the outer object of a task.
type taskResponse struct {
	Task struct {
		ID            string    `json:"id"`
		Status        string    `json:"status"`
		Error         taskError `json:"error"`
		ProgressText  string    `json:"progressText"`
		ProgressRatio string    `json:"progressRatio"` // "0.35"
		Artifacts     []struct {
			URL string `json:"url"`
		} `json:"artifacts"`
	} `json:"task"`
}

// taskError is an object, or, from some relays, a plain text.
type taskError struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// UnmarshalJSON reads both.
func (e *taskError) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &e.Reason)
	}
	type plain taskError
	return json.Unmarshal(b, (*plain)(e))
}

type uploadRequest struct {
	Filename string `json:"filename"`
	Parts    int    `json:"numberOfParts"`
	Type     string `json:"type"`
}

type uploadTarget struct {
	ID      string            `json:"id"`
	URLs    []string          `json:"uploadUrls"`
	Headers map[string]string `json:"uploadHeaders"`
}

type uploadParts struct {
	Parts []uploadPart `json:"parts"`
}

type uploadPart struct {
	Number int    `json:"PartNumber"`
	ETag   string `json:"ETag"`
}

type uploaded struct {
	URL string `json:"url"`
}
