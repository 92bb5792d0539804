// Package web holds rules of HTTP that the packages below it share: the server, the OpenAPI document, the API reference and
// the share pages. It imports no package of the project.
package web

import (
	"net/http"
	"strconv"
	"strings"
)

// AcceptsGzip reports whether a request's Accept-Encoding allows gzip (RFC 9110, section 12.5.3). The weight of gzip takes
// precedence over that of "*".
func AcceptsGzip(h http.Header) bool {
	all := false
	for part := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(weight)), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64) // 0, and so not accepted, if it is no number
		}
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return q > 0
		case "*":
			all = q > 0
		}
	}
	return all
}
