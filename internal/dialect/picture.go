package dialect

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// PictureFormats lists the accepted formats of pictures, in words for docs.
const PictureFormats = "JPEG, PNG, WebP or AVIF, or HEIC where the server has libheif's tools,"

// urlLimit is the longest URL of a picture or a video, in bytes.
const urlLimit = 2048

// minPicture is the shortest Base64 text of a picture, in bytes: the header of every format is longer.
const minPicture = 64

// Picture reads a field that holds a picture, without fetching it: an http(s) URL (which may be one of our own datasets'), a
// data URI, or, if bare is set, plain Base64. It returns nil if the field is absent, empty or invalid.
func Picture(f *Fields, field string, bare bool, limits task.ImageLimits) *task.Image {
	source := f.source(field, "picture", "image/", bare)
	if source == "" {
		return nil
	}
	return &task.Image{Source: source, Field: f.path + field, Limits: limits}
}

// InputVideo reads a field that holds a video, as Picture does; plain Base64 is not accepted.
func InputVideo(f *Fields, field string) *task.InputVideo {
	source := f.source(field, "video", "video/", false)
	if source == "" {
		return nil
	}
	return &task.InputVideo{Source: source, Field: f.path + field}
}

// InputAudio reads a field that holds a recording, as InputVideo does. It returns nil if the field is absent, empty or invalid.
func InputAudio(f *Fields, field string) *task.InputAudio {
	source := f.source(field, "recording", "audio/", false)
	if source == "" {
		return nil
	}
	return &task.InputAudio{Source: source, Field: f.path + field}
}

// AudioFormats lists the accepted formats of recordings, in words for docs.
const AudioFormats = "WAV, MP3, AAC, M4A, Ogg or FLAC"

// BareVideo reads a field that holds a video as plain Base64, or as InputVideo reads it.
func BareVideo(f *Fields, field string) *task.InputVideo {
	source := f.bareSource(field, "video", "video/")
	if source == "" {
		return nil
	}
	return &task.InputVideo{Source: source, Field: f.path + field}
}

// BareAudio reads a field that holds a recording as plain Base64, or as InputAudio reads it.
func BareAudio(f *Fields, field string) *task.InputAudio {
	source := f.bareSource(field, "recording", "audio/")
	if source == "" {
		return nil
	}
	return &task.InputAudio{Source: source, Field: f.path + field}
}

// bareSource reads an input as source does, with plain Base64 allowed, which becomes a data URI.
func (f *Fields) bareSource(field, what, kind string) string {
	source := f.source(field, what, kind, true)
	if scheme, _, ok := strings.Cut(source, ":"); source != "" && (!ok || len(scheme) > len("https")) {
		source = "data:;base64," + source
	}
	return source
}

// source reads the URL or data of an input. what names it in errors, and kind is the first part of an example's media type.
// Base64 is returned in its standard form, a data URI with ";base64," before it. It returns "" if the field is empty or invalid.
func (f *Fields) source(field, what, kind string, bare bool) string {
	s := strings.TrimSpace(f.String(field, "", 0)) // a URL read from a file may end with a line break
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
	case len(s) < minPicture && !isBase64(s): // a path may be valid Base64 without padding
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
	example := map[string]string{"picture": "image.jpg", "video": "video.mp4", "recording": "voice.mp3", "callback": "told"}[what]
	if u, err := url.Parse(s); err != nil || u.Hostname() == "" {
		return "must be a whole URL with a host, such as https://example.com/" + example
	}
	return ""
}

// dataURI reads what follows "data:" (RFC 2397) and returns the URI with plain Base64, or what is wrong. The media type is
// ignored: programs that don't know a file's type write application/octet-stream, and the content decides.
func dataURI(rest, what, kind string) (uri, fault string) {
	head, data, ok := strings.Cut(rest, ",")
	mediaType, parameters, _ := strings.Cut(head, ";")
	last := parameters[strings.LastIndexByte(parameters, ';')+1:]
	if example := map[string]string{"picture": "png", "video": "mp4", "recording": "mpeg"}[what]; !ok || !strings.EqualFold(strings.TrimSpace(last), "base64") {
		return "", "must be a data URI in Base64, such as data:" + kind + example + ";base64,…"
	}
	if data = plainBase64(data); data == "" {
		return "", "is a data URI that does not hold valid Base64"
	}
	return "data:" + strings.ToLower(strings.TrimSpace(mediaType)) + ";base64," + data, ""
}

// plainBase64 returns Base64 in its standard form. s may be percent-encoded as in a URL, broken into lines, in the URL alphabet
// or without padding. It returns "" if s is empty or not Base64.
func plainBase64(s string) string {
	if isBase64(s) && !strings.ContainsAny(s, "\r\n") {
		return s
	}
	if strings.Contains(s, "%") {
		decoded, err := url.PathUnescape(s) // keeps "+"
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

// isBase64 reports whether s is non-empty standard Base64 with padding. It does not decode into memory.
func isBase64(s string) bool {
	n, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, strings.NewReader(s)))
	return err == nil && n > 0
}
