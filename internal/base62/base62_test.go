package base62_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/base62"
)

func TestEncode(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		n    int
		want string
	}{
		{"nothing is zero", nil, 2, "00"},
		{"the last digit", []byte{61}, 1, "z"},
		{"least significant first", []byte{62}, 2, "01"},
		{"leading zeros are kept", []byte{10}, 4, "A000"},
		{"more than fits is cut", []byte{1, 0}, 1, "8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := base62.Encode(c.b, c.n); got != c.want {
				t.Errorf("Encode(%v, %d) = %q, want %q", c.b, c.n, got, c.want)
			}
		})
	}
}
