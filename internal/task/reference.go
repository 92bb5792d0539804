package task

import (
	"cmp"
	"time"
)

// ReferenceRole says what a reference image is for.
type ReferenceRole string

// The roles.
const (
	RoleGeneral ReferenceRole = ""        // the engine decides
	RoleSubject ReferenceRole = "subject" // a person, an animal or a thing that is to look the same in the video
	RoleStyle   ReferenceRole = "style"   // how the video is to look
)

// String returns the role as callers write it: "general" for RoleGeneral.
func (r ReferenceRole) String() string { return cmp.Or(string(r), "general") }

// ReferenceImage is a picture of what the video is to show, which need not be a frame of it.
type ReferenceImage struct {
	Image
	Role ReferenceRole
	Name string // by which the prompt mentions it, "hero" for "@hero"; "" = it has none
}

// InputAudio is an input recording. A dialect fills Source, Field and Name; the gateway copies the recording to our storage and fills
// the rest.
type InputAudio struct {
	Source   string // http(s) URL, data URI or dataset URL, as the caller sent it; not stored
	Field    string // the caller's own name of the field, for field errors: "reference_audio/0"
	Name     string // by which the prompt mentions it; "" = it has none
	Dataset  string // UUID of the stored copy
	Key      string // blob key of the stored copy
	Type     string // "audio/wav", "audio/mpeg", "audio/aac", "audio/mp4", "audio/ogg" or "audio/flac"
	Size     int64  // bytes
	Duration time.Duration
}

// HasReferences reports whether the request has reference images or recordings.
func (r Request) HasReferences() bool { return len(r.ReferenceImages) > 0 || len(r.ReferenceAudio) > 0 }

// Pictures returns the request's pictures: the first and the last frame, if it has them, and the reference images.
func (r *Request) Pictures() []*Image {
	var all []*Image
	for _, img := range []*Image{r.First, r.Last} {
		if img != nil {
			all = append(all, img)
		}
	}
	for i := range r.ReferenceImages {
		all = append(all, &r.ReferenceImages[i].Image)
	}
	return all
}
