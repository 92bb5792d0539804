package media

import "testing"

func TestClaimedSize(t *testing.T) {
	const header = "\x1aE\xdf\xa3\x84\x42\x86\x81\x01" // an EBML header of 4 bytes
	for _, c := range []struct {
		name, head string
		want       int64
	}{
		{"an AVI", "RIFF\x10\x00\x00\x00AVI LIST", 24},
		{"an AVI that was written to a pipe", "RIFF\xff\xff\xff\xffAVI LIST", 0},
		{"the same by another writer", "RIFF\x00\x00\x00\x00AVI LIST", 0},
		{"a WebM", header + "\x18\x53\x80\x67\x01\x00\x00\x00\x00\x00\x01\x00", 9 + 4 + 8 + 256},
		{"a WebM with a short length", header + "\x18\x53\x80\x67\x85", 9 + 4 + 1 + 5},
		{"a WebM that was written to a pipe", header + "\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff", 0},
		{"the same with a short length", header + "\x18\x53\x80\x67\xff", 0},
		{"a header that is longer than what was read", "\x1aE\xdf\xa3\x41\x00", 0},
		{"a header of unknown length", "\x1aE\xdf\xa3\xff", 0},
		{"another element behind the header", header + "\xec\x85", 0},
		{"nothing behind the header", header, 0},
		{"no length", header + "\x18\x53\x80\x67", 0},
		{"half a length", header + "\x18\x53\x80\x67\x01\x00", 0},
		{"no number", "\x1aE\xdf\xa3\x00\x00", 0},
		{"an MP4", "\x00\x00\x00\x18ftypmp42", 0},
		{"nothing", "", 0},
	} {
		if got := claimedSize([]byte(c.head)); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
