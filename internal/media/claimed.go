package media

import (
	"encoding/binary"
	"math/bits"
)

// segmentID begins what a WebM or Matroska file holds besides its header (RFC 9559, section 5.1).
const segmentID = 0x18538067

// claimedSize returns how many bytes a WebM, Matroska or AVI file has by its own header, of which head is the beginning; 0 if it does
// not say, as one that was written to a pipe.
func claimedSize(head []byte) int64 {
	switch {
	case startsWith(head, "RIFF????AVI "):
		// A file of more than a gigabyte may have more parts behind this one, which then say how long they are themselves.
		if n := binary.LittleEndian.Uint32(head[4:]); n != 0 && n != 1<<32-1 {
			return int64(n) + 8
		}
	case startsWith(head, "\x1aE\xdf\xa3"):
		header, n := ebmlNumber(head[4:])
		at := 4 + int64(n) + header
		if n == 0 || header < 0 || at+4 > int64(len(head)) || binary.BigEndian.Uint32(head[at:]) != segmentID {
			return 0
		}
		if size, n := ebmlNumber(head[at+4:]); n > 0 && size >= 0 {
			return at + 4 + int64(n) + size
		}
	}
	return 0
}

// ebmlNumber reads a number of variable length, and returns how many bytes it has (RFC 8794, section 4); 0 if b is too short or is none.
// value is -1 if all of its bits are set, which means that it is not known.
func ebmlNumber(b []byte) (value int64, n int) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0
	}
	n = bits.LeadingZeros8(b[0]) + 1
	if len(b) < n {
		return 0, 0
	}
	unknown := int64(1)<<(7*n) - 1
	for _, c := range b[:n] {
		value = value<<8 | int64(c)
	}
	if value &= unknown; value == unknown {
		value = -1
	}
	return value, n
}
