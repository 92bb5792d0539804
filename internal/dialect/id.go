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
	if isUUID(wire) {
		return strings.ToLower(wire), true
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

// isUUID reports whether an id is a UUID, in either case.
func isUUID(id string) bool {
	const form = "00000000-0000-0000-0000-000000000000"
	if len(id) != len(form) {
		return false
	}
	for i := range len(id) {
		c := id[i]
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if (form[i] == '-') != (c == '-') || c != '-' && !hex {
			return false
		}
	}
	return true
}
