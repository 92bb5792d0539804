package blob

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

const (
	maxKey     = 1024 // bytes, the limit of S3
	maxElement = 255  // bytes, the limit of file systems
)

// defaultType is the media type of unknown bytes.
const defaultType = "application/octet-stream"

// CheckKey returns an error if key is not valid. A valid key is UTF-8 text of 1 to 1024 bytes without backslashes and control
// characters. Its elements, separated by slashes, have 1 to 255 bytes and are not "." or "..".
func CheckKey(key string) error {
	switch {
	case key == "":
		return fmt.Errorf("blob: the key is empty")
	case len(key) > maxKey:
		return fmt.Errorf("blob: the key has %d bytes, more than %d", len(key), maxKey)
	case !utf8.ValidString(key):
		return fmt.Errorf("blob: the key %q is not UTF-8", key)
	}
	if i := strings.IndexFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }); i >= 0 {
		return fmt.Errorf("blob: the key %q has a backslash or control character at byte %d", key, i)
	}
	for element := range strings.SplitSeq(key, "/") {
		switch {
		case element == "" || element == "." || element == "..":
			return fmt.Errorf("blob: the key %q has an element %q", key, element)
		case len(element) > maxElement:
			return fmt.Errorf("blob: the key has an element of %d bytes, more than %d", len(element), maxElement)
		}
	}
	return nil
}

// Extension returns the file name extension, with its dot, for a media type of input pictures, videos and recordings. It returns ".jpg"
// for any other type.
func Extension(mediaType string) string {
	switch mediaType {
	case "image/png":
		return ".png"
	case "image/webp":
		return ".webp"
	case "video/mp4":
		return ".mp4"
	case "video/quicktime":
		return ".mov"
	case "audio/wav":
		return ".wav"
	case "audio/mpeg":
		return ".mp3"
	case "audio/aac":
		return ".aac"
	case "audio/mp4":
		return ".m4a"
	case "audio/ogg":
		return ".ogg"
	case "audio/flac":
		return ".flac"
	default:
		return ".jpg"
	}
}

// TypeOf returns the media type of the key's extension, or "application/octet-stream" if it is not one that the server
// stores. It does not use the system's tables, which differ between machines.
func TypeOf(key string) string {
	switch strings.ToLower(path.Ext(key)) {
	case ".mp4":
		return "video/mp4"
	case ".webm":
		return "video/webm"
	case ".mov":
		return "video/quicktime"
	case ".wav":
		return "audio/wav"
	case ".mp3":
		return "audio/mpeg"
	case ".aac":
		return "audio/aac"
	case ".m4a":
		return "audio/mp4"
	case ".ogg":
		return "audio/ogg"
	case ".flac":
		return "audio/flac"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".webp":
		return "image/webp"
	case ".gif":
		return "image/gif"
	case ".avif":
		return "image/avif"
	default:
		return defaultType
	}
}
