package file

import (
	"encoding/json"
	"os"

	"golang.org/x/sys/unix"

	"github.com/filmgate/filmgate/internal/blob"
)

// attribute is the extended attribute that holds the facts. It moves with the file in the one rename, where a file
// beside it would be a second step that a crash can come before.
const attribute = "user.filmgate"

// maxMetadata is more bytes than facts have; a media type is no longer than 255.
const maxMetadata = 1024

// metadata are what a file can't tell of itself. Size and time say which body they were taken of.
type metadata struct {
	Type     string `json:"type"`
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // Unix nanoseconds
}

// writeMetadata writes info on f. That the file system has no extended attributes, or no room for one, is no fault of the
// Put: Stat then tells less.
func writeMetadata(f *os.File, info blob.Info) {
	text, err := json.Marshal(metadata{info.Type, info.SHA256, info.Size, info.Modified.UnixNano()})
	if err != nil || len(text) > maxMetadata {
		return
	}
	_ = unix.Fsetxattr(int(f.Fd()), attribute, text, 0)
}

// readMetadata puts into info what writeMetadata wrote on f, if it did and no copy lost it. The hash is believed only while the
// file has the size and time it was taken at, so that a file someone edited in place is not called by its old hash.
func readMetadata(f *os.File, info *blob.Info) {
	text := make([]byte, maxMetadata)
	n, err := unix.Fgetxattr(int(f.Fd()), attribute, text)
	var kept metadata
	if err != nil || json.Unmarshal(text[:n], &kept) != nil || kept.Type == "" {
		return
	}
	info.Type = kept.Type
	if kept.Size == info.Size && kept.Modified == info.Modified.UnixNano() {
		info.SHA256 = kept.SHA256
	}
}
