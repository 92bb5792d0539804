package blob

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

const (
	maxKey     = 1024 // bytes, what S3 takes
	maxElement = 255  // bytes, what file systems take
)

// defaultType is the media type of bytes of which nothing is known.
const defaultType = "application/octet-stream"

// CheckKey says what is wrong with key by the rules of Bucket. Every kind of storage asks it first, so that all refuse
// the same: empty keys and elements, "." and "..", a leading or trailing slash, backslashes, control characters, text
// that is not UTF-8, more than 1024 bytes, or more than 255 in one element.
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

// Extension returns the ending of a key for bytes of that media type, with its dot; ".jpg" for a type that is none of ours.
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
	default:
		return ".jpg"
	}
}

// TypeOf is the media type that a key's ending stands for, "application/octet-stream" where it stands for none that we
// store. It does not ask the system's tables, which differ from machine to machine.
func TypeOf(key string) string {
	switch strings.ToLower(path.Ext(key)) {
	case ".mp4":
		return "video/mp4"
	case ".webm":
		return "video/webm"
	case ".mov":
		return "video/quicktime"
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
