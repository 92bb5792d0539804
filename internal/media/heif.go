package media

import (
	"encoding/binary"
	"image"
	"iter"
)

// heif holds what the boxes of an AVIF or HEIC say of its picture (ISO 23008-12).
type heif struct {
	largest     image.Point // size of the largest picture in the file, tiles and thumbnails included
	primary     image.Point // size of the picture as stored, before it is rotated
	orientation int         // EXIF's number, 1 to 8
	profile     []byte      // ICC; nil = none
}

// heifBoxes yields the type and the body of each box of b, up to its end or the first that is truncated.
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

// findBox returns the body of the first box of a type in b, without its first skip bytes, which are the box's own fields; nil
// if there is none.
func findBox(b []byte, kind string, skip int) []byte {
	for k, body := range heifBoxes(b) {
		if k == kind && len(body) >= skip {
			return body[skip:]
		}
	}
	return nil
}

// readHEIF reads the boxes of an AVIF or HEIC; ok is false if they give no size.
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

// boxExtent returns the size in an ispe box, with numbers bounded so that their product can't overflow.
func boxExtent(kind string, body []byte) image.Point {
	const full, most = 4, 1 << 30
	if kind != "ispe" || len(body) < full+8 {
		return image.Point{}
	}
	w, h := binary.BigEndian.Uint32(body[full:]), binary.BigEndian.Uint32(body[full+4:])
	return image.Pt(int(min(w, most)), int(min(h, most)))
}

// primaryItem returns the number of the item that is the picture, from the body of a pitm box.
func primaryItem(body []byte) uint32 {
	switch {
	case len(body) >= 8 && body[0] > 0:
		return binary.BigEndian.Uint32(body[4:])
	case len(body) >= 6:
		return uint32(binary.BigEndian.Uint16(body[4:]))
	}
	return 0
}

// itemProperties returns the numbers of an item's properties, from the body of an ipma box.
func itemProperties(b []byte, item uint32) (numbers []int) {
	const head, wide = 8, 1 // version, flags, count; the flag for numbers of two bytes
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

// heifOrientation returns EXIF's number for a rotation by angle quarter turns counterclockwise, followed by mirroring: axis 0
// swaps top and bottom, 1 swaps left and right, -1 does not mirror.
func heifOrientation(angle, axis int) int {
	return [4][3]int{{1, 4, 2}, {8, 5, 7}, {3, 2, 4}, {6, 7, 5}}[angle][axis+1]
}
