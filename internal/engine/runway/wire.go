package runway

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// generation is the body of image_to_video and text_to_video.
type generation struct {
	Model       string        `json:"model"`
	PromptImage []promptImage `json:"promptImage,omitempty"`
	PromptText  string        `json:"promptText,omitempty"`
	Ratio       string        `json:"ratio,omitempty"`
	Resolution  string        `json:"resolution,omitempty"`
	Duration    int           `json:"duration"` // seconds
	Seed        *uint32       `json:"seed,omitempty"`
	// NegativePrompt is what the video must not show.
	NegativePrompt string `json:"negativePrompt,omitempty"`
	references
}

// references are the fields of sound, and of what the video is to show or play, which image_to_video does not have.
type references struct {
	Audio          *bool       `json:"audio,omitempty"`
	References     []reference `json:"references,omitempty"`
	ReferenceAudio []reference `json:"referenceAudio,omitempty"`
}

type reference struct {
	Type string `json:"type,omitempty"` // "audio"; pictures have none
	URI  string `json:"uri"`
}

type promptImage struct {
	URI      string `json:"uri"`
	Position string `json:"position"` // first or last
}

// edit is the body of video_to_video.
type edit struct {
	Model             string  `json:"model"`
	VideoURI          string  `json:"videoUri,omitempty"` // the input video, or
	PromptVideo       string  `json:"promptVideo,omitempty"`
	PromptText        string  `json:"promptText,omitempty"`
	Mode              string  `json:"mode,omitempty"`              // edit
	Duration          any     `json:"duration,omitempty"`          // seconds, or "auto"
	TargetAspectRatio string  `json:"targetAspectRatio,omitempty"` // "16:9"
	Ratio             string  `json:"ratio,omitempty"`
	Resolution        string  `json:"resolution,omitempty"`
	Seed              *uint32 `json:"seed,omitempty"`
	references
}

type created struct {
	ID string `json:"id"`
}

// apiTask is a task in Runway's answers.
type apiTask struct {
	Status   string   `json:"status"`
	Progress float64  `json:"progress"` // 0..1, while RUNNING
	Output   []string `json:"output"`
	Cost     struct {
		Credits float64 `json:"credits"`
	} `json:"cost"`
	Failure     string `json:"failure"`
	FailureCode string `json:"failureCode"`
}

type apiError struct {
	Error  string `json:"error"`
	Issues []struct {
		Path []any `json:"path"`
	} `json:"issues"`
}

type uploadRequest struct {
	Filename string `json:"filename"`
	Type     string `json:"type"`
}

type upload struct {
	UploadURL string     `json:"uploadUrl"`
	Fields    formFields `json:"fields"`
	RunwayURI string     `json:"runwayUri"`
}

// formFields are the fields of an object in their order, which may matter to the store they are sent to.
type formFields []struct{ name, value string }

// UnmarshalJSON reads an object of strings.
func (f *formFields) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value string
		if err := d.Decode(&value); err != nil {
			return err
		}
		*f = append(*f, struct{ name, value string }{fmt.Sprint(name), value})
	}
	return nil
}
