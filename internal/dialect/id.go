package dialect

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
)

// hexID matches a task's id in hexadecimal digits after a dialect's own word: "video_…", "cgt-…".
var hexID = regexp.MustCompile(`^(?:[a-z]{1,16}[_-])?([0-9A-Fa-f]{32})$`)

// ParseID returns the UUID of the task that an id of any dialect names: a UUID, its 32 hexadecimal digits with or without a
// word before them ("video_…"), or its 16 bytes in base64url. So every call finds every task. ok is false for any other text.
func ParseID(wire string) (uuid string, ok bool) {
	if id := CanonicalID(wire); isUUID(id) {
		return id, true
	}
	if m := hexID.FindStringSubmatch(wire); m != nil {
		return uuidOf(strings.ToLower(m[1])), true
	}
	if raw, err := base64.RawURLEncoding.Strict().DecodeString(wire); err == nil && len(raw) == 16 {
		return uuidOf(hex.EncodeToString(raw)), true
	}
	return "", false
}

// HexID returns a task's UUID as 32 hexadecimal digits.
func HexID(uuid string) string { return strings.ReplaceAll(uuid, "-", "") }

// ShortID returns a task's UUID as 22 characters: its 16 bytes in base64url.
func ShortID(uuid string) string {
	b, _ := hex.DecodeString(HexID(uuid)) // our own ids are UUIDs
	return base64.RawURLEncoding.EncodeToString(b)
}

// uuidOf writes 32 hexadecimal digits as a UUID.
func uuidOf(digits string) string {
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:]
}

// isUUID reports whether a canonical id is a UUID.
func isUUID(id string) bool {
	return len(id) == 36 && id[8] == '-' && id[13] == '-' && hexID.MatchString(HexID(id))
}
