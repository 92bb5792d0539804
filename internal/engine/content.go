package engine

import "context"

// ContentPart is one input of a job in the list that Ark's API has, and version 2 of MiniMax's.
type ContentPart struct {
	Type     string       `json:"type"` // text, image_url or audio_url
	Text     string       `json:"text,omitempty"`
	ImageURL *ContentLink `json:"image_url,omitempty"`
	AudioURL *ContentLink `json:"audio_url,omitempty"`
	Role     string       `json:"role,omitempty"`
}

// ContentLink is where a ContentPart's file is: a URL or a data URI.
type ContentLink struct {
	URL string `json:"url"`
}

// Content returns the job's frames, and its references behind them. The error is one of opening a reference.
func (j Job) Content(ctx context.Context) ([]ContentPart, error) {
	var out []ContentPart
	image := func(link, role string) {
		out = append(out, ContentPart{Type: "image_url", ImageURL: &ContentLink{link}, Role: role})
	}
	if j.First != nil {
		image(j.First.Link(), "first_frame")
	}
	if j.Last != nil {
		image(j.Last.Link(), "last_frame")
	}
	images, recordings, err := j.ReferenceLinks(ctx)
	for _, link := range images {
		image(link, "reference_image")
	}
	for _, link := range recordings {
		out = append(out, ContentPart{Type: "audio_url", AudioURL: &ContentLink{link}, Role: "reference_audio"})
	}
	return out, err
}
