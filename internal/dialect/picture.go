package dialect

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// PictureFormats are the formats of pictures that are taken, in words for docs.
const PictureFormats = "JPEG, PNG, WebP or AVIF, or HEIC where the server has libheif's tools,"

// urlLimit is the longest URL of a picture or a video, in bytes.
const urlLimit = 2048

// minPicture is the least Base64, in bytes, that a picture can be: the head alone of every format has more.
const minPicture = 64

// Picture reads a field that names a picture, without fetching anything: an http(s) URL (one of our own datasets is one
// too), a data URI, or, where bare is set, Base64 alone. nil where the field is absent, empty or at fault.
func Picture(f *Fields, field string, bare bool, limits task.ImageLimits) *task.Image {
	source := f.source(field, "picture", "image/", bare)
	if source == "" {
		return nil
	}
	return &task.Image{Source: source, Field: field, Limits: limits}
}

// InputVideo reads a field that names a video, as Picture does one that names a picture; Base64 alone is not taken.
func InputVideo(f *Fields, field string) *task.InputVideo {
	source := f.source(field, "video", "video/", false)
	if source == "" {
		return nil
	}
	return &task.InputVideo{Source: source, Field: field}
}

// source reads where something is; what names it to people, and kind begins the media type of an example. Base64 is returned
// as the standard writes it, a data URI with ";base64," before it. "" where nothing is told, or it is at fault.
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
		s, fault = dataURI(rest, what, kind)
	case !bare:
		fault = "must be an http or https URL, or a data URI of a " + what
	case len(s) < minPicture && !isBase64(s): // a path is Base64 without padding too
		fault = "must be an http or https URL, or a " + what + " in Base64"
	default:
		if s = plainBase64(s); s == "" {
			fault = "must be an http or https URL, or a " + what + " in Base64"
		}
	}
	if fault != "" {
		f.AddError(field, "%s", fault)
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

// dataURI reads what follows "data:" (RFC 2397) and returns the URI with plain Base64, or what is wrong. The media type is not
// looked at: programs that read a file without knowing what it is write application/octet-stream, and content decides.
func dataURI(rest, what, kind string) (uri, fault string) {
	head, data, ok := strings.Cut(rest, ",")
	mediaType, parameters, _ := strings.Cut(head, ";")
	last := parameters[strings.LastIndexByte(parameters, ';')+1:]
	if example := map[string]string{"picture": "png", "video": "mp4"}[what]; !ok || !strings.EqualFold(strings.TrimSpace(last), "base64") {
		return "", "must be a data URI in Base64, such as data:" + kind + example + ";base64,…"
	}
	if data = plainBase64(data); data == "" {
		return "", "is a data URI that does not hold valid Base64"
	}
	return "data:" + strings.ToLower(strings.TrimSpace(mediaType)) + ";base64," + data, ""
}

// plainBase64 writes Base64 in the ways that programs write it (percent-encoded as in a URL, broken into lines, in the
// alphabet for URLs, without padding) as the standard has it; "" where s is no Base64 in any of them, or nothing.
func plainBase64(s string) string {
	if isBase64(s) && !strings.ContainsAny(s, "\r\n") {
		return s
	}
	if strings.Contains(s, "%") {
		decoded, err := url.PathUnescape(s) // which leaves "+" as it is
		if err != nil {
			return ""
		}
		s = decoded
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n':
			return -1
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, s)
	s = strings.TrimRight(s, "=")
	s += strings.Repeat("=", -len(s)&3)
	if !isBase64(s) {
		return ""
	}
	return s
}

// isBase64 reports whether s is something in standard Base64 with padding. It needs no memory for the content.
func isBase64(s string) bool {
	n, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, strings.NewReader(s)))
	return err == nil && n > 0
}
