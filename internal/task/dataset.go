package task

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Dataset is an input picture, video or recording of an account, or an upload of one that is not complete yet.
type Dataset struct {
	ID            string // UUID
	Account       int64
	Key           string        // blob key, "datasets/<uuid>.jpg"; "" until an upload is complete
	Upload        *Upload       // the upload in parts; nil if it was not uploaded in parts
	Type          string        // media type
	Size          int64         // bytes
	Width, Height int           // pixels, as displayed upright
	FrameRate     float64       // frames per second of a video
	Duration      time.Duration // of a video or a recording; 0 = it is a picture
	Created       time.Time
}

// IsVideo reports whether d is a video, not a picture or a recording.
func (d Dataset) IsVideo() bool { return d.Duration > 0 && !d.IsAudio() }

// IsAudio reports whether d is a recording, without pictures.
func (d Dataset) IsAudio() bool { return strings.HasPrefix(d.Type, "audio/") }

// Kind returns what d is, in a word: "picture", "video" or "recording".
func (d Dataset) Kind() string {
	switch {
	case d.IsAudio():
		return "recording"
	case d.IsVideo():
		return "video"
	default:
		return "picture"
	}
}

// Limits of uploads.
const (
	MaxParts   = 100      // parts of one upload
	MaxUpload  = 64 << 20 // bytes of all parts of one upload
	MaxUploads = 100      // open uploads of one account
)

// UploadLife is how long after its start an upload may receive parts and be completed.
const UploadLife = 24 * time.Hour

// Upload describes a dataset that is uploaded in parts.
type Upload struct {
	Filename string   // the caller's; it has no effect
	Parts    int      // number of parts, 1 to MaxParts
	Sums     []string // MD5 of each part, 32 hex digits; nil until the upload is complete
}

// Part is one part of an upload, as a caller lists it to complete the upload.
type Part struct {
	Number int    // from 1
	ETag   string // MD5 of its bytes in hex, from the answer to the part, with or without quotes
}

// storedScheme begins the Source of an input that is one of our own files. No dialect accepts it from callers.
const storedScheme = "stored:"

// StoredSource returns the Source of an input that is the file under a blob key: the last frame of another task's video, say.
// Whoever uses it has checked that the file is the caller's.
func StoredSource(key string) string { return storedScheme + key }

// StoredKey returns the key of a Source that StoredSource made; ok is false for any other.
func StoredKey(source string) (key string, ok bool) { return strings.CutPrefix(source, storedScheme) }

// Uploading reports whether the upload of d is not complete yet.
func (d Dataset) Uploading() bool { return d.Key == "" }

// PartKey returns the blob key of part n, counted from 1, of the upload with that id.
func PartKey(id string, n int) string { return "uploads/" + id + "." + strconv.Itoa(n) }

// Datasets returns the ids of the datasets that the request refers to, each once, sorted.
func (r Request) Datasets() []string {
	var ids []string
	for _, img := range r.Pictures() {
		if img.Dataset != "" {
			ids = append(ids, img.Dataset)
		}
	}
	for _, a := range r.ReferenceAudio {
		if a.Dataset != "" {
			ids = append(ids, a.Dataset)
		}
	}
	if r.Video != nil && r.Video.Dataset != "" {
		ids = append(ids, r.Video.Dataset)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
