package task

import "time"

// NameLimit is how long a name that people give to a task, an artifact or a group may be, in characters.
const NameLimit = 255

// Artifact is a finished video: its files and its facts. The facts are measured from the file.
type Artifact struct {
	ID            string // UUID
	Task          string // the task that made it
	Account       int64  // who owns it
	Group         string // UUID of the asset group
	Filename      string // "name.mp4"; ".mp4" where the task has no name
	Files         []File
	Width, Height int     // pixels
	FrameRate     float64 // frames per second
	Duration      time.Duration
	Created       time.Time
	Updated       time.Time
	Unlisted      bool // listed nowhere but to its owner; so from the start, as published
	PrivateInTeam bool
	SignedOnly    bool // its files are served by signed URLs only; so once its owner set it private by hand
	Favorite      bool
	Reported      bool
	Deleted       bool   // its files are gone
	Share         string // token of its public page; "" = not shared
	// Pending is what a job still has to do to the files. It is written with the change that wants it, and cleared when all
	// is done; "" = the files are where the row says, and nowhere else.
	Pending FileChange
}

// FileChange is work on the files of an artifact. Every one may be done twice, and be taken up again after a crash.
type FileChange string

// The changes of files.
const (
	SealFiles   FileChange = "seal"   // to where only signed URLs reach; plain URLs are dead from the moment it is written
	UnsealFiles FileChange = "unseal" // to where plain URLs reach; Sealed stays true until they are there
	RemoveFiles FileChange = "remove" // away, and no URL reaches them any more
)

// Role says what a file of an artifact is.
type Role string

// The roles of an artifact's files.
const (
	Video     Role = "video"
	Raw       Role = "raw"        // the video without our watermark
	Preview   Role = "preview"    // one of five stills, evenly spaced
	LastFrame Role = "last_frame" // the real last frame
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

// FirstFile returns the first file of the given role; ok is false where there is none.
func (a Artifact) FirstFile(r Role) (f File, ok bool) {
	for _, f := range a.Files {
		if f.Role == r {
			return f, true
		}
	}
	return File{}, false
}

// FilesOf returns the files of the given role, in order.
func (a Artifact) FilesOf(r Role) []File {
	var out []File
	for _, f := range a.Files {
		if f.Role == r {
			out = append(out, f)
		}
	}
	return out
}

// AssetGroup is a named collection of an account's artifacts.
type AssetGroup struct {
	ID      string // UUID
	Account int64
	Name    string // unique within the account
	Created time.Time
}
