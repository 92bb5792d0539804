// Package web is the room of what speaks HTTP to people and tools beside the API's calls. The package itself holds what
// the handlers under it share of the protocol.
//
// What may enter: rules of HTTP. What may not: anything of the project.
package web

import (
	"net/http"
	"strconv"
	"strings"
)

// AcceptsGzip tells whether the sender of a request takes an answer in gzip, by its Accept-Encoding (RFC 9110, section
// 12.5.3): gzip's own weight counts before that of "*".
func AcceptsGzip(h http.Header) bool {
	all := false
	for part := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(weight)), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64) // what is no number is no wish
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
