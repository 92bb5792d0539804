package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/web"
)

func TestAcceptsGzip(t *testing.T) {
	for accept, want := range map[string]bool{
		"gzip": true, "GZIP": true, "x-gzip": true, "deflate, gzip;q=0.5, br": true, "br, *": true, "*;q=0, gzip": true, "gzip; Q=0.001": true,
		"br|gzip": true, // two lines of the header
		"":        false, "identity": false, "br": false, "gzipped": false, "*;q=0": false,
		"gzip;q=0": false, "gzip; q=0.0, *": false, "gzip;q=much": false, "br|gzip;q=0": false,
	} {
		h := http.Header{}
		for line := range strings.SplitSeq(accept, "|") {
			h.Add("Accept-Encoding", line)
		}
		if got := web.AcceptsGzip(h); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}
