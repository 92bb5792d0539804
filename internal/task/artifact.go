package task

import (
	"iter"
	"time"
)

// NameLimit is the longest name of a task, an artifact or a group that callers may choose, in characters.
const NameLimit = 255

// Artifact is a finished video: its files, what was measured of it, and what its owner has set.
type Artifact struct {
	ID            string // UUID
	Task          string // ID of the task that made it
	Account       int64  // the owner
	Group         string // UUID of the asset group
	Filename      string // "name.mp4"; ".mp4" if the task has no name
	Files         []File
	Width, Height int     // pixels
	FrameRate     float64 // frames per second
	Duration      time.Duration
	HasAudio      bool   // the video has a sound track
	ConvertedFrom string // media type of the engine's file, if it was converted to MP4; "" = it was an MP4
	Created       time.Time
	Updated       time.Time
	Unlisted      bool // only its owner finds it in lists; true from the start, as in makevid's published answers
	PrivateInTeam bool
	SignedOnly    bool // its files are served only by signed URLs; set when its owner makes it private
	Favorite      bool
	Reported      bool
	Deleted       bool   // its files are removed, or Pending says that they will be
	Share         string // token of its public page; "" = not shared
	// Pending is the work that a job still has to do on the files. It is written together with the edit that needs it, and
	// cleared when the work is done. "" = all files are where the row says, and nowhere else.
	Pending FileChange
}

// FileChange is a kind of work on the files of an artifact. Each may be done twice, or continued after a crash.
type FileChange string

// The kinds of work on files.
const (
	// SealFiles moves the files to keys that only signed URLs reach. Plain URLs end as soon as it is written.
	SealFiles FileChange = "seal"
	// UnsealFiles moves the files to keys that plain URLs reach. SignedOnly stays true until they are there.
	UnsealFiles FileChange = "unseal"
	// RemoveFiles deletes the files. All URLs end as soon as it is written.
	RemoveFiles FileChange = "remove"
)

// Role says what a file of an artifact is.
type Role string

// The roles of an artifact's files.
const (
	Video     Role = "video"
	Raw       Role = "raw"        // the video without our watermark
	Preview   Role = "preview"    // one of five frames, evenly spaced
	LastFrame Role = "last_frame" // the last frame of the video
	Poster    Role = "poster"
	Sprite    Role = "sprite" // sprite sheet for scrubbing
	Hover     Role = "hover"  // short animated WebP
)

// Roles lists every role.
func Roles() []Role { return []Role{Video, Raw, Preview, LastFrame, Poster, Sprite, Hover} }

// File is one stored file of an artifact.
type File struct {
	Role          Role
	Key           string // blob key, "cdn/20240909/<30 base62>.mp4"
	Type          string // media type, "video/mp4"
	Size          int64  // bytes
	Width, Height int    // pixels
	SHA256        string // 64 hex digits
}

// FirstFile returns the first file of the given role; ok is false if there is none.
func (a Artifact) FirstFile(r Role) (f File, ok bool) {
	for _, f := range a.Files {
		if f.Role == r {
			return f, true
		}
	}
	return File{}, false
}

// FilesOf returns the files of the given role, in order, or nil if there are none.
func (a Artifact) FilesOf(r Role) []File {
	var out []File
	for _, f := range a.Files {
		if f.Role == r {
			out = append(out, f)
		}
	}
	return out
}

// FilesOf returns, for each artifact that is not deleted and has a file of the given role, the artifact and its first such file.
func (t Task) FilesOf(r Role) iter.Seq2[Artifact, File] {
	return func(yield func(Artifact, File) bool) {
		for _, a := range t.Artifacts {
			if f, ok := a.FirstFile(r); ok && !a.Deleted && !yield(a, f) {
				return
			}
		}
	}
}

// FirstFile returns the first file that FilesOf returns; ok is false if there is none.
func (t Task) FirstFile(r Role) (a Artifact, f File, ok bool) {
	for _, a := range t.Artifacts {
		if f, ok := a.FirstFile(r); ok && !a.Deleted {
			return a, f, true
		}
	}
	return Artifact{}, File{}, false
}

// AssetGroup is a named collection of an account's artifacts.
type AssetGroup struct {
	ID      string // UUID
	Account int64
	Name    string // unique within the account
	Created time.Time
}
