package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
)

const (
	boxHeader      = 8  // length and kind
	wideBoxHeader  = 16 // with a 64-bit length
	maxHeaderBytes = 64 << 20
	maxTopBoxes    = 1 << 20
)

// errTruncated is returned for a box that is longer than the rest of the file.
var errTruncated = errors.New("a box goes past the end of the file")

// boxSize reads the box header at the start of b; left is the number of bytes until the end of the parent. A size of 0 means
// "to the end", 1 that the size follows in 64 bits. ok is false if b does not begin with a box.
func boxSize(b []byte, left int64) (kind string, header, size int64, ok bool) {
	if len(b) < boxHeader {
		return "", 0, 0, false
	}
	kind, header, size = string(b[4:8]), boxHeader, int64(binary.BigEndian.Uint32(b))
	switch size {
	case 0:
		size = left
	case 1:
		if len(b) < wideBoxHeader {
			return "", 0, 0, false
		}
		header, size = wideBoxHeader, int64(binary.BigEndian.Uint64(b[8:])) //nolint:gosec // a negative size is refused below
	}
	return kind, header, size, size >= header && isKind(kind)
}

// isKind reports whether s can be a box's kind: printable characters, or the copyright sign that QuickTime uses.
func isKind(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c > '~') && c != 0xA9 {
			return false
		}
	}
	return true
}

// topBoxes calls visit for each box at the top level of a file. If the last box is truncated, visit gets a nil body and
// topBoxes returns errTruncated. It ends without error at bytes that are no box, as players do.
func topBoxes(r io.ReaderAt, size int64, visit func(kind string, body *io.SectionReader) error) error {
	var buf [wideBoxHeader]byte
	at := int64(0)
	for range maxTopBoxes {
		if at == size {
			return nil
		}
		n, err := r.ReadAt(buf[:min(wideBoxHeader, size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("media: read the video: %w", err)
		}
		kind, header, length, ok := boxSize(buf[:n], size-at)
		switch {
		case !ok && (n < boxHeader || n < wideBoxHeader && u32(buf[:], 0) == 1 && isKind(string(buf[4:8]))):
			return errTruncated
		case !ok:
			return nil
		case length > size-at:
			if err := visit(kind, nil); err != nil {
				return err
			}
			return errTruncated
		}
		if err := visit(kind, io.NewSectionReader(r, at+header, length-header)); err != nil {
			return err
		}
		at += length
	}
	return nil
}

// readBox reads the body of a header box into memory. It fails with ErrNotVideo if the box is larger than any real header.
func readBox(s *io.SectionReader) ([]byte, error) {
	if s.Size() > maxHeaderBytes {
		return nil, notVideo("a header of %d bytes; at most %d", s.Size(), maxHeaderBytes)
	}
	b := make([]byte, s.Size())
	if _, err := io.ReadFull(s, b); err != nil {
		return nil, fmt.Errorf("media: read the video's header: %w", err)
	}
	return b, nil
}

// children yields the kind and the body of each box inside b, up to the first that is truncated.
func children(b []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for len(b) > 0 {
			kind, header, size, ok := boxSize(b, int64(len(b)))
			if !ok || size > int64(len(b)) || !yield(kind, b[header:size]) {
				return
			}
			b = b[size:]
		}
	}
}

// u32 returns the big-endian number at an offset; 0 if it is past the end of b.
func u32(b []byte, at int) uint32 {
	if at < 0 || at+4 > len(b) {
		return 0
	}
	return binary.BigEndian.Uint32(b[at:])
}

// u64 returns a number of 64 bits, as u32 does.
func u64(b []byte, at int) uint64 {
	return uint64(u32(b, at))<<32 | uint64(u32(b, at+4))
}

// isVersion1 reports whether a box is of version 1, which has 64-bit times.
func isVersion1(b []byte) bool { return len(b) > 0 && b[0] == 1 }
