package media

import (
	"encoding/binary"
	"image"
	"iter"
)

// heif is what the boxes of an AVIF or HEIC tell of its picture (ISO 23008-12).
type heif struct {
	largest     image.Point // the largest of all that it holds, tiles and thumbnails too
	primary     image.Point // as it is stored, before it is turned
	orientation int         // as EXIF numbers it
	profile     []byte      // ICC; nil = none
}

// heifBoxes yields the type and the body of each box of b, up to its end or the first that is cut short.
func heifBoxes(b []byte) iter.Seq2[string, []byte] {
	const head, large = 8, 16
	return func(yield func(string, []byte) bool) {
		for len(b) >= head {
			size, start := uint64(binary.BigEndian.Uint32(b)), head
			switch {
			case size == 0: // to the end
				size = uint64(len(b))
			case size == 1 && len(b) >= large:
				size, start = binary.BigEndian.Uint64(b[head:]), large
			}
			if size < uint64(start) || size > uint64(len(b)) || !yield(string(b[4:head]), b[start:size]) {
				return
			}
			b = b[size:]
		}
	}
}

// findBox is the body of the first box of a type among those of b; nil where there is none. skip is the bytes of its own
// fields before what it holds.
func findBox(b []byte, kind string, skip int) []byte {
	for k, body := range heifBoxes(b) {
		if k == kind && len(body) >= skip {
			return body[skip:]
		}
	}
	return nil
}

// readHEIF finds what belongs to the picture; ok is false where no size is told.
func readHEIF(data []byte) (h heif, ok bool) {
	const full = 4 // version and flags
	meta := findBox(data, "meta", full)
	properties := findBox(meta, "iprp", 0)
	kinds, bodies := []string{""}, [][]byte{nil} // numbered from 1
	for kind, body := range heifBoxes(findBox(properties, "ipco", 0)) {
		kinds, bodies = append(kinds, kind), append(bodies, body)
		if at := boxExtent(kind, body); at.X*at.Y > h.largest.X*h.largest.Y {
			h.largest = at
		}
	}
	angle, axis := 0, -1
	for _, n := range itemProperties(findBox(properties, "ipma", 0), primaryItem(findBox(meta, "pitm", 0))) {
		if n >= len(kinds) {
			continue
		}
		switch kind, body := kinds[n], bodies[n]; {
		case kind == "ispe":
			h.primary = boxExtent(kind, body)
		case kind == "irot" && len(body) > 0:
			angle = int(body[0] & 3)
		case kind == "imir" && len(body) > 0:
			axis = int(body[0] & 1)
		case kind == "colr" && len(body) > 4 && len(body) <= maxProfile && (string(body[:4]) == "prof" || string(body[:4]) == "rICC"):
			h.profile = body[4:]
		}
	}
	h.orientation = heifOrientation(angle, axis)
	return h, h.largest.X > 0 && h.largest.Y > 0 && h.primary != image.Point{}
}

// boxExtent is what an ispe box tells; its numbers are bounded so that they can be multiplied.
func boxExtent(kind string, body []byte) image.Point {
	const full, most = 4, 1 << 30
	if kind != "ispe" || len(body) < full+8 {
		return image.Point{}
	}
	w, h := binary.BigEndian.Uint32(body[full:]), binary.BigEndian.Uint32(body[full+4:])
	return image.Pt(int(min(w, most)), int(min(h, most)))
}

// primaryItem is the number of the item that is the picture, by its pitm box.
func primaryItem(body []byte) uint32 {
	switch {
	case len(body) >= 8 && body[0] > 0:
		return binary.BigEndian.Uint32(body[4:])
	case len(body) >= 6:
		return uint32(binary.BigEndian.Uint16(body[4:]))
	}
	return 0
}

// itemProperties are the numbers of the properties of an item, by the ipma box.
func itemProperties(b []byte, item uint32) (numbers []int) {
	const head, wide = 8, 1 // version, flags, count; flag of numbers of two bytes
	if len(b) < head {
		return nil
	}
	idSize, numberSize := 2, 1
	if b[0] > 0 {
		idSize = 4
	}
	if b[3]&wide != 0 {
		numberSize = 2
	}
	for b = b[head:]; len(b) > idSize; {
		id := uint32(binary.BigEndian.Uint16(b))
		if idSize == 4 {
			id = binary.BigEndian.Uint32(b)
		}
		count := int(b[idSize])
		b = b[idSize+1:]
		if len(b) < count*numberSize {
			return nil
		}
		for i := range count {
			n := int(b[i*numberSize] & 0x7f)
			if numberSize == 2 {
				n = n<<8 | int(b[i*2+1])
			}
			if id == item {
				numbers = append(numbers, n)
			}
		}
		b = b[count*numberSize:]
	}
	return numbers
}

// heifOrientation is EXIF's number of a rotation by quarter turns against the clock, and then a mirroring: axis 0 swaps top and
// bottom, 1 left and right, -1 is none.
func heifOrientation(angle, axis int) int {
	return [4][3]int{{1, 4, 2}, {8, 5, 7}, {3, 2, 4}, {6, 7, 5}}[angle][axis+1]
}
