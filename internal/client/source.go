package client

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Reference is a picture or a recording that a request refers to.
type Reference struct {
	URL  string `json:"url"`            // or a data URI
	Role string `json:"role,omitempty"` // of a picture
	Name string `json:"name,omitempty"`
}

// referenceKind is a kind of references.
type referenceKind struct {
	roles  []string
	source sourceFunc
}

// sourceFunc returns a URL as it is, and a file's content as a data URI. It fails if the file certainly is none of its kind.
type sourceFunc func(source string) (string, error)

// referenceImage is the kind of reference images: what the server's API says of them.
func referenceImage() referenceKind {
	return referenceKind{[]string{"general", "subject", "style"}, pictureSource}
}

// referenceAudio is the kind of reference recordings.
func referenceAudio() referenceKind { return referenceKind{source: recordingSource} }

// namePattern matches the name of a reference, as the server takes it.
var namePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,31}$`)

// parse reads a reference: a file or a URL, then ":" and its role, its name, or both. A file that is there by the whole text has neither.
func (k referenceKind) parse(text string) (Reference, error) {
	var r Reference
	rest := text
	if _, err := os.Stat(text); err != nil {
		if before, word, ok := cutLast(rest); ok && namePattern.MatchString(word) && !slices.Contains(k.roles, word) {
			rest, r.Name = before, word
		}
		if before, word, ok := cutLast(rest); ok && slices.Contains(k.roles, word) {
			rest, r.Role = before, word
		}
	}
	var err error
	r.URL, err = k.source(rest)
	if before, word, ok := cutLast(rest); errors.Is(err, fs.ErrNotExist) && ok {
		if _, there := os.Stat(before); there == nil {
			err = fmt.Errorf("%s: %q is %sno name (a letter, then at most 31 letters, digits and underscores)", text, word, k.roleText())
		}
	}
	return r, err
}

// roleText says what roles there are, for an error about a word that is none.
func (k referenceKind) roleText() string {
	if len(k.roles) == 0 {
		return ""
	}
	return "no role (" + strings.Join(k.roles, ", ") + ") and "
}

// cutLast cuts a text at its last colon.
func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 1 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// isURL reports whether a source is no file: the server fetches it, or it is the content itself.
func isURL(source string) bool {
	scheme, _, ok := strings.Cut(source, ":")
	return ok && slices.Contains([]string{"http", "https", "data"}, strings.ToLower(scheme))
}

// pictureSource is the sourceFunc of pictures.
func pictureSource(source string) (string, error) {
	return sourceOf(source, "JPEG, PNG, WebP, AVIF or HEIC picture", func(kind string, content []byte) bool {
		phone := kind == "application/octet-stream" && len(content) > 8 && string(content[4:8]) == "ftyp" // AVIF, HEIC: the server tells them apart
		return phone || slices.Contains([]string{"image/jpeg", "image/png", "image/webp", "image/avif"}, kind)
	})
}

// recordingSource is the sourceFunc of recordings. Several of their formats can't be told by their first bytes.
func recordingSource(source string) (string, error) {
	return sourceOf(source, "WAV, MP3, AAC, M4A, Ogg or FLAC recording", func(kind string, _ []byte) bool {
		return !strings.HasPrefix(kind, "text/") && !strings.HasPrefix(kind, "image/") && kind != "application/pdf"
	})
}

func sourceOf(source, what string, fits func(kind string, content []byte) bool) (string, error) {
	if isURL(source) {
		return source, nil
	}
	content, err := os.ReadFile(source) //nolint:gosec // the user names it
	if err != nil {
		return "", err
	}
	kind := http.DetectContentType(content)
	if !fits(kind, content) {
		return "", fmt.Errorf("%s is no %s but %s", source, what, kind)
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content), nil
}
