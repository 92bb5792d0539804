package media

import (
	"bytes"
	"encoding/binary"
)

// orientationNormal is EXIF's number, of 1 to 8, for a picture that is upright.
const orientationNormal = 1

// orientation returns the EXIF orientation of a picture; orientationNormal if it has no valid one.
func orientation(data []byte, mediaType string) int {
	var exif []byte
	switch mediaType {
	case typeJPEG:
		exif = exifOfJPEG(data)
	case typePNG:
		exif = exifOfPNG(data)
	case typeWebP:
		exif = exifOfWebP(data)
	}
	return orientationTag(bytes.TrimPrefix(exif, []byte("Exif\x00\x00")))
}

// exifOfJPEG returns the APP1 segment with EXIF; nil if there is none before the picture's data.
func exifOfJPEG(b []byte) []byte {
	for kind, body := range jpegSegments(b) {
		if kind == jpegSOS {
			break
		}
		if kind == jpegAPP1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body
		}
	}
	return nil
}

// exifOfPNG returns the eXIf chunk; nil if there is none.
func exifOfPNG(b []byte) []byte {
	for kind, body := range pngChunks(b) {
		if kind == "eXIf" {
			return body
		}
	}
	return nil
}

// exifOfWebP returns the EXIF chunk; nil if there is none.
func exifOfWebP(b []byte) []byte {
	for kind, body := range webpChunks(b) {
		if kind == "EXIF" {
			return body
		}
	}
	return nil
}

// orientationTag returns tag 0x0112 of the first directory of a TIFF block. It needs no EXIF library, because this is the only
// tag that is used.
func orientationTag(b []byte) int {
	const tag, entry = 0x0112, 12
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return orientationNormal
	}
	if len(b) < 8 {
		return orientationNormal
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return orientationNormal
	}
	dir := b[at:]
	count := int(order.Uint16(dir))
	for dir = dir[2:]; count > 0 && len(dir) >= entry; count, dir = count-1, dir[entry:] {
		if order.Uint16(dir) != tag {
			continue
		}
		if v := int(order.Uint16(dir[8:])); v >= orientationNormal && v <= 8 {
			return v
		}
	}
	return orientationNormal
}

// rotate returns the position of pixel (x, y) of a picture of w x h pixels after the picture is rotated upright.
func rotate(orientation, w, h, x, y int) (int, int) {
	switch orientation {
	case 2: // mirrored
		return w - 1 - x, y
	case 3: // upside down
		return w - 1 - x, h - 1 - y
	case 4: // upside down and mirrored
		return x, h - 1 - y
	case 5: // transposed
		return y, x
	case 6: // to be rotated by 90° clockwise
		return h - 1 - y, x
	case 7: // transposed along the other diagonal
		return h - 1 - y, w - 1 - x
	case 8: // to be rotated by 90° counterclockwise
		return y, w - 1 - x
	default:
		return x, y
	}
}

// swapsSides reports whether an orientation swaps width and height.
func swapsSides(orientation int) bool { return orientation >= 5 && orientation <= 8 }
