package media

import (
	"bytes"
	"encoding/binary"
	"image"
)

// upright is the orientation of a picture that needs no turning, by EXIF's numbers of 1 to 8.
const upright = 1

// orientation is the EXIF orientation of a picture; upright where it has none that makes sense.
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

// exifOfJPEG finds the APP1 segment that holds EXIF; nil where there is none before the picture's data.
func exifOfJPEG(b []byte) []byte {
	const app1, startOfScan = 0xe1, 0xda
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		kind := b[at+1]
		if kind == 0xff { // a fill byte
			at++
			continue
		}
		size := int(binary.BigEndian.Uint16(b[at+2:]))
		if kind == startOfScan || size < 2 || at+2+size > len(b) {
			return nil
		}
		if body := b[at+4 : at+2+size]; kind == app1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body
		}
		at += 2 + size
	}
	return nil
}

// exifOfPNG finds the eXIf chunk.
func exifOfPNG(b []byte) []byte {
	const head, tail = 8, 4 // length and kind; checksum
	for b = b[min(8, len(b)):]; len(b) >= head; {
		size := int64(binary.BigEndian.Uint32(b))
		if head+size+tail > int64(len(b)) {
			return nil
		}
		if string(b[4:8]) == "eXIf" {
			return b[head : head+size]
		}
		b = b[head+size+tail:]
	}
	return nil
}

// exifOfWebP finds the EXIF chunk.
func exifOfWebP(b []byte) []byte {
	const head = 8 // kind and length
	for b = b[min(12, len(b)):]; len(b) >= head; {
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		if head+size > int64(len(b)) {
			return nil
		}
		if string(b[:4]) == "EXIF" {
			return b[head : head+size]
		}
		b = b[min(head+size+size%2, int64(len(b))):]
	}
	return nil
}

// orientationTag reads tag 0x0112 of the first directory of a TIFF block. EXIF libraries read all tags; this one number
// is the only one that is not thrown away, so it is read here.
func orientationTag(b []byte) int {
	const tag, entry = 0x0112, 12
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return upright
	}
	if len(b) < 8 {
		return upright
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return upright
	}
	dir := b[at:]
	count := int(order.Uint16(dir))
	for dir = dir[2:]; count > 0 && len(dir) >= entry; count, dir = count-1, dir[entry:] {
		if order.Uint16(dir) != tag {
			continue
		}
		if v := int(order.Uint16(dir[8:])); v >= upright && v <= 8 {
			return v
		}
	}
	return upright
}

// turn returns m as the orientation asks it to be seen.
func turn(m *image.NRGBA, orientation int) *image.NRGBA {
	if orientation == upright {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	swapped := orientation >= 5
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if swapped {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		row := m.Pix[y*m.Stride:]
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2: // mirrored
				tx = w - 1 - x
			case 3: // upside down
				tx, ty = w-1-x, h-1-y
			case 4: // upside down and mirrored
				ty = h - 1 - y
			case 5: // transposed
				tx, ty = y, x
			case 6: // lies on its left side
				tx, ty = h-1-y, x
			case 7: // transposed along the other diagonal
				tx, ty = h-1-y, w-1-x
			case 8: // lies on its right side
				tx, ty = y, w-1-x
			}
			copy(out.Pix[ty*out.Stride+4*tx:][:4], row[4*x:4*x+4])
		}
	}
	return out
}
