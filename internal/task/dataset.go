package task

import (
	"strconv"
	"time"
)

// Dataset is an input picture or video of an account's, or one that is still being uploaded.
type Dataset struct {
	ID            string // UUID
	Account       int64
	Key           string        // blob key, "datasets/<uuid>.jpg"; "" while it is being uploaded
	Upload        *Upload       // how it came in parts; nil where it came whole
	Type          string        // media type
	Size          int64         // bytes
	Width, Height int           // pixels, upright
	FrameRate     float64       // of a video
	Duration      time.Duration // of a video; 0 = it is a picture
	Created       time.Time
}

// IsVideo tells whether it is a video, not a picture.
func (d Dataset) IsVideo() bool { return d.Duration > 0 }

// What an upload may have: parts, and bytes in all of them together.
const (
	MaxParts  = 100
	MaxUpload = 64 << 20
)

// MaxUploads is how many uploads of an account may be open at once.
const MaxUploads = 100

// UploadLife is how long after an upload was begun its parts may come, and it may be completed, or completed again.
const UploadLife = 24 * time.Hour

// Upload is how a dataset comes in parts.
type Upload struct {
	Filename string   // the caller's; it decides nothing
	Parts    int      // how many there are, 1 to MaxParts
	Sums     []string // MD5 of each part, 32 hex digits; nil until all are there
}

// Part is one part of an upload as the caller names it once all are sent.
type Part struct {
	Number int    // from 1
	ETag   string // MD5 of its bytes in hex, as the part's own answer told it, in quotes or bare
}

// Uploading reports whether parts of it are still awaited.
func (d Dataset) Uploading() bool { return d.Key == "" }

// PartKey is the blob key of the n-th part, from 1, of the upload with that id.
func PartKey(id string, n int) string { return "uploads/" + id + "." + strconv.Itoa(n) }
