package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect"
)

// TestAnUnknownFieldIsRefusedOrNamed checks that no call ignores a field in silence.
func TestAnUnknownFieldIsRefusedOrNamed(t *testing.T) {
	const unknown = "no_such_field"
	for _, o := range operations(t) {
		for _, body := range o.examples(t)[:min(1, len(o.examples(t)))] {
			w := o.send(t, "", with(t, body, unknown, 5))
			named := slices.Contains(strings.Split(w.Header().Get(dialect.IgnoredHeader), ", "), unknown)
			refused := slices.Contains([]int{http.StatusBadRequest, http.StatusUnprocessableEntity}, w.Code) && namesField(w, unknown)
			if !named && !refused {
				t.Errorf("%s ignores an unknown field in silence: %d %v %s", o.ID, w.Code, w.Header(), w.Body)
			}
		}
	}
}
