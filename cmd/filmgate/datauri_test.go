package main

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

// The bytes of a picture say what it is, and not its data URI.
func TestAPicturesTypeIsReadFromItsBytes(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir())
	plain := base64.StdEncoding.EncodeToString(pngOf(t, 64, 64, 0))
	for name, source := range map[string]string{
		"no media type":     "data:;base64," + plain,
		"any bytes":         "data:application/octet-stream;base64," + plain,
		"BASE64":            "data:image/png;BASE64," + plain,
		"without padding":   "data:image/png;base64," + strings.TrimRight(plain, "="),
		"percent-encoded":   "data:image/png;base64," + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(plain),
		"in lines":          "data:image/png;base64," + plain[:40] + `\r\n` + plain[40:],
		"with spaces round": "  data:image/png;base64, " + plain + `\n`,
	} {
		t.Run(name, func(t *testing.T) {
			code, b := p.call(t, http.MethodPost, "/api/v1/create_runway", `{"seconds":5,"text_prompt":"x","init_image":"`+source+`"}`)
			if code != http.StatusOK {
				t.Errorf("%d %s", code, b)
			}
			p.cancelAll(t)
		})
	}
	code, b := p.call(t, http.MethodPost, "/api/v1/create_runway", `{"seconds":5,"init_image":"data:image/png;base64,`+base64.StdEncoding.EncodeToString([]byte("<html>"))+`"}`)
	if code != http.StatusUnsupportedMediaType || !strings.Contains(string(b), "an HTML page; allowed: JPEG, PNG, WebP") {
		t.Errorf("a page that is called a PNG: %d %s", code, b)
	}
}
