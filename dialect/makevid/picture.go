package makevid

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/filmgate/filmgate/dialect"
	"github.com/filmgate/filmgate/task"
)

// urlLimit is the longest URL of a picture, in bytes.
const urlLimit = 2048

// picture reads a field that names a picture, without fetching anything: an http(s) URL (one of our own datasets is one
// too), a data URI, or, where bare is set, Base64 alone. nil where the field is absent, empty or at fault.
func picture(f *dialect.Fields, field string, bare bool, limits task.ImageLimits) *task.Image {
	s := f.String(field, "", 0)
	if s == "" {
		return nil
	}
	scheme, rest, _ := strings.Cut(s, ":")
	if len(scheme) > len("https") {
		scheme = "" // Base64, mostly: megabytes without a colon
	}
	scheme = strings.ToLower(scheme)
	var fault string
	switch {
	case scheme == "http" || scheme == "https":
		fault = urlFault(s)
		s = scheme + ":" + rest
	case scheme == "data":
		fault = dataFault(rest)
		s = scheme + ":" + rest
	case !bare:
		fault = "must be an http or https URL, or a data URI of a picture"
	case !isBase64(s):
		fault = "must be an http or https URL, or a picture in Base64"
	}
	if fault != "" {
		f.Fault(field, "%s", fault)
		return nil
	}
	return &task.Image{Source: s, Field: field, Limits: limits}
}

func urlFault(s string) string {
	if len(s) > urlLimit {
		return fmt.Sprintf("is a URL of more than %d bytes", urlLimit)
	}
	if u, err := url.Parse(s); err != nil || u.Hostname() == "" {
		return "must be a whole URL with a host, such as https://example.com/image.jpg"
	}
	return ""
}

// dataFault checks what follows "data:" (RFC 2397).
func dataFault(rest string) string {
	media, data, ok := strings.Cut(rest, ",")
	kind, isBase64URI := strings.CutSuffix(media, ";base64")
	switch {
	case !ok || !isBase64URI:
		return "must be a data URI in Base64, such as data:image/png;base64,…"
	case !strings.HasPrefix(strings.ToLower(kind), "image/"):
		return "must be a data URI of a picture: its media type must begin with image/"
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
