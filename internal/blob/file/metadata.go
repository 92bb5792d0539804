package file

import (
	"encoding/json"
	"os"

	"github.com/filmgate/filmgate/internal/blob"
)

// maxMetadata is a limit on the encoded metadata, in bytes. Media types have at most 255.
const maxMetadata = 1024

// metadata is what the file system does not store about a file. Size and Modified say which content it describes.
type metadata struct {
	Type     string `json:"type"`
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // Unix nanoseconds
}

// writeMetadata stores info in an attribute of f. Errors are ignored: if the file system has no extended attributes or no
// space for one, Stat returns less.
func writeMetadata(f *os.File, info blob.Info) {
	text, err := json.Marshal(metadata{info.Type, info.SHA256, info.Size, info.Modified.UnixNano()})
	if err != nil || len(text) > maxMetadata {
		return
	}
	_ = setAttribute(f, text)
}

// readMetadata copies what writeMetadata stored into info, if it is there. It copies the hash only if the file still has the
// same size and time, since the hash of a file that someone edited in place is wrong.
func readMetadata(f *os.File, info *blob.Info) {
	text := make([]byte, maxMetadata)
	n, err := getAttribute(f, text)
	var stored metadata
	if err != nil || json.Unmarshal(text[:n], &stored) != nil || stored.Type == "" {
		return
	}
	info.Type = stored.Type
	if stored.Size == info.Size && stored.Modified == info.Modified.UnixNano() {
		info.SHA256 = stored.SHA256
	}
}
