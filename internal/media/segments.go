package media

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// JPEG markers.
const (
	jpegEOI      = 0xd9
	jpegSOS      = 0xda
	jpegAPP0     = 0xe0
	jpegAPP1     = 0xe1
	jpegAPP2     = 0xe2
	jpegAPP14    = 0xee
	jpegFirstRST = 0xd0
	jpegLastRST  = 0xd7
)

// jpegSegments yields the marker and the body of each segment of a JPEG, up to its end or the first that is truncated. It
// finds markers as image/jpeg does, also after a scan's data, so it finds every scan that would be decoded.
func jpegSegments(b []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for b = b[min(2, len(b)):]; ; {
			at := bytes.IndexByte(b, 0xff)
			if at < 0 || at+1 >= len(b) {
				return
			}
			b = b[at+1:]
			kind := b[0]
			switch {
			case kind == 0xff: // a fill byte: the next may be the marker
				continue
			case kind == 0, kind >= jpegFirstRST && kind <= jpegLastRST: // part of a scan's data
				b = b[1:]
				continue
			case kind == jpegEOI || len(b) < 3:
				return
			}
			size := int(binary.BigEndian.Uint16(b[1:]))
			if size < 2 || 1+size > len(b) {
				return
			}
			if !yield(kind, b[3:1+size]) {
				return
			}
			b = b[1+size:]
		}
	}
}

// pngChunks yields the kind and the body of each chunk of a PNG, up to its end or the first that is truncated.
func pngChunks(b []byte) iter.Seq2[string, []byte] {
	const head, tail = 8, 4 // length and kind; checksum
	return func(yield func(string, []byte) bool) {
		for b := b[min(8, len(b)):]; len(b) >= head+tail; {
			size := int64(binary.BigEndian.Uint32(b))
			if head+size+tail > int64(len(b)) || !yield(string(b[4:8]), b[head:head+size]) {
				return
			}
			b = b[head+size+tail:]
		}
	}
}

// webpChunks yields the kind and the body of each chunk of a WebP, up to its end or the first that is truncated.
func webpChunks(b []byte) iter.Seq2[string, []byte] {
	const head = 8 // kind and length
	return func(yield func(string, []byte) bool) {
		for b := b[min(12, len(b)):]; len(b) >= head; {
			size := int64(binary.LittleEndian.Uint32(b[4:]))
			if head+size > int64(len(b)) || !yield(string(b[:4]), b[head:head+size]) {
				return
			}
			b = b[min(head+size+size%2, int64(len(b))):]
		}
	}
}
