package dialect

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/task"
)

// urlLimit is the longest URL of a picture or a video, in bytes.
const urlLimit = 2048

// Picture reads a field that names a picture, without fetching anything: an http(s) URL (one of our own datasets is one
// too), a data URI, or, where bare is set, Base64 alone. nil where the field is absent, empty or at fault.
func Picture(f *Fields, field string, bare bool, limits task.ImageLimits) *task.Image {
	source := f.source(field, "picture", "image/", bare)
	if source == "" {
		return nil
	}
	return &task.Image{Source: source, Field: field, Limits: limits}
}

// Footage reads a field that names a video, as Picture does one that names a picture; Base64 alone is not taken.
func Footage(f *Fields, field string) *task.Footage {
	source := f.source(field, "video", "video/", false)
	if source == "" {
		return nil
	}
	return &task.Footage{Source: source, Field: field}
}

// source reads where something is: what names it, and its media type begins with kind. "" where nothing is told, or it is
// at fault.
func (f *Fields) source(field, what, kind string, bare bool) string {
	s := strings.TrimSpace(f.String(field, "", 0)) // a line end comes along when a URL is read from a file
	if s == "" {
		return ""
	}
	scheme, rest, _ := strings.Cut(s, ":")
	if len(scheme) > len("https") {
		scheme = "" // Base64, mostly: megabytes without a colon
	}
	scheme = strings.ToLower(scheme)
	var fault string
	switch {
	case scheme == "http" || scheme == "https":
		fault = urlFault(s, what)
		s = scheme + ":" + rest
	case scheme == "data":
		fault = dataFault(rest, what, kind)
		s = scheme + ":" + rest
	case !bare:
		fault = "must be an http or https URL, or a data URI of a " + what
	case !isBase64(s):
		fault = "must be an http or https URL, or a " + what + " in Base64"
	}
	if fault != "" {
		f.Fault(field, "%s", fault)
		return ""
	}
	return s
}

func urlFault(s, what string) string {
	if len(s) > urlLimit {
		return fmt.Sprintf("is a URL of more than %d bytes", urlLimit)
	}
	example := map[string]string{"picture": "image.jpg", "video": "video.mp4"}[what]
	if u, err := url.Parse(s); err != nil || u.Hostname() == "" {
		return "must be a whole URL with a host, such as https://example.com/" + example
	}
	return ""
}

// dataFault checks what follows "data:" (RFC 2397).
func dataFault(rest, what, kind string) string {
	media, data, ok := strings.Cut(rest, ",")
	given, isBase64URI := strings.CutSuffix(media, ";base64")
	example := map[string]string{"picture": "png", "video": "mp4"}[what]
	switch {
	case !ok || !isBase64URI:
		return "must be a data URI in Base64, such as data:" + kind + example + ";base64,…"
	case !strings.HasPrefix(strings.ToLower(given), kind):
		return "must be a data URI of a " + what + ": its media type must begin with " + kind
	case !isBase64(data):
		return "is a data URI that does not hold valid Base64"
	default:
		return ""
	}
}

// isBase64 reports whether s is something in standard Base64 with padding. It needs no memory for the content.
func isBase64(s string) bool {
	n, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, strings.NewReader(s)))
	return err == nil && n > 0
}
