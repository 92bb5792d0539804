package media

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"slices"

	"github.com/kovidgoyal/imaging/prism/meta/icc"
)

// Limits of colour profiles. Profiles for printing presses have 0.5 to 3 MB; curves have at most 4096 points (ICC.1).
const (
	maxProfile      = 4 << 20 // bytes
	maxProfileTags  = 100
	maxCurvePoints  = 4096
	maxChannels     = 4
	profileHeader   = 128
	profileTagEntry = 12
	cacheBits       = 20 // log2 of the number of cached colours, of 8 bytes each
)

// errProfile is returned for a profile that can't be used: the picture is read as if it had none, as browsers do.
var errProfile = errors.New("media: the colour profile can't be used")

// profileOf returns the ICC profile in a picture; nil if it has none or a damaged or too large one.
func profileOf(data []byte, mediaType string) []byte {
	switch mediaType {
	case typeJPEG:
		return profileOfJPEG(data)
	case typePNG:
		for kind, body := range pngChunks(data) {
			if kind == "iCCP" {
				return inflateProfile(body)
			}
		}
	case typeWebP:
		for kind, body := range webpChunks(data) {
			if kind == "ICCP" && len(body) <= maxProfile {
				return body
			}
		}
	}
	return nil
}

// profileOfJPEG returns the joined APP2 segments of a profile, in the order of their numbers, which begin at 1.
func profileOfJPEG(data []byte) []byte {
	var parts [256][]byte
	count, size := 0, 0
	for kind, body := range jpegSegments(data) {
		if kind == jpegSOS {
			break
		}
		rest, ok := bytes.CutPrefix(body, []byte("ICC_PROFILE\x00"))
		if kind != jpegAPP2 || !ok || len(rest) < 2 {
			continue
		}
		n, of := int(rest[0]), int(rest[1])
		if n == 0 || n > of || parts[n] != nil || count != 0 && of != count {
			return nil
		}
		parts[n], count = rest[2:], of
		if size += len(rest) - 2; size > maxProfile {
			return nil
		}
	}
	var all []byte
	for _, p := range parts[1 : count+1] {
		if p == nil {
			return nil
		}
		all = append(all, p...)
	}
	return all
}

// inflateProfile returns the profile in an iCCP chunk: a name, a method of 0, and the deflated profile.
func inflateProfile(body []byte) []byte {
	_, packed, ok := bytes.Cut(body, []byte{0})
	if !ok || len(packed) < 1 || packed[0] != 0 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	all, err := io.ReadAll(io.LimitReader(z, maxProfile+1))
	if err != nil || len(all) > maxProfile {
		return nil
	}
	return all
}

// toSRGB returns a function that converts a row of m from its profile to sRGB, and the reader of rows for it. The function is
// nil if the picture has no usable profile or is sRGB already.
func toSRGB(m image.Image, profile []byte, rows rowReader) (rowReader, func(row []byte)) {
	if len(profile) == 0 {
		return rows, nil
	}
	into, err := readProfile(profile)
	if err != nil {
		return rows, nil
	}
	switch inks, isInk := m.(*image.CMYK); {
	case isInk && into.space == icc.ColorSpaceCMYK:
		return cmykRows(inks), into.convertRow
	case !isInk && into.space == icc.ColorSpaceRGB && !into.srgb:
		return rows, into.convertRow
	case isGray(m) && into.space == icc.ColorSpaceGray && !into.srgb:
		return rows, into.convertRow
	}
	return rows, nil
}

// isGray reports whether a picture is of a gray type.
func isGray(m image.Image) bool {
	switch m.(type) {
	case *image.Gray, *image.Gray16:
		return true
	}
	return false
}

// colourConverter converts device colours to sRGB. It caches results, because neighbouring pixels are alike.
type colourConverter struct {
	space     icc.ColorSpace
	srgb      bool
	transform func(device [4]byte) [3]byte
	cache     []cachedColour
}

// cachedColour is a device colour and its sRGB.
type cachedColour struct {
	device uint32
	rgb    [3]byte
	known  bool
}

// readProfile makes a colourConverter from an ICC profile. It checks the sizes in an untrusted profile, which the library
// would trust, and returns a panic of the library as an error.
func readProfile(profile []byte) (c *colourConverter, err error) {
	defer func() {
		if recover() != nil {
			c, err = nil, errProfile
		}
	}()
	if !hasValidTables(profile) {
		return nil, errProfile
	}
	p, err := icc.DecodeProfile(bytes.NewReader(profile))
	if err != nil {
		return nil, err
	}
	channels := map[icc.ColorSpace]int{icc.ColorSpaceGray: 1, icc.ColorSpaceRGB: 3, icc.ColorSpaceCMYK: 4}[p.Header.DataColorSpace]
	to, err := p.CreateTransformerToSRGB(icc.RelativeColorimetricRenderingIntent, true, channels, true, false, true)
	if err != nil {
		return nil, err
	}
	c = &colourConverter{space: p.Header.DataColorSpace, srgb: p.IsSRGB()}
	c.transform = func(device [4]byte) (rgb [3]byte) {
		defer func() {
			if recover() != nil { // a malformed table that only some colours use
				rgb = [3]byte(device[:3])
			}
		}()
		var in, out [4]float64
		for i := range channels {
			in[i] = float64(device[i]) / 255
		}
		to.TransformGeneral(out[:], in[:])
		return [3]byte{toByte(out[0]), toByte(out[1]), toByte(out[2])}
	}
	return c, nil
}

// toByte rounds a number from 0 to 1 to 8 bits.
func toByte(v float64) byte {
	if !(v > 0) { // nor NaN
		return 0
	}
	return byte(min(v, 1)*255 + 0.5)
}

// convertRow converts the pixels of a row, CMYK or colours with alpha, to sRGB.
func (c *colourConverter) convertRow(row []byte) {
	inks := c.space == icc.ColorSpaceCMYK
	for ; len(row) >= 4; row = row[4:] {
		device := [4]byte(row)
		alpha := byte(255)
		if !inks {
			alpha, device[3] = device[3], 0
		}
		rgb := c.convert(device)
		row[0], row[1], row[2], row[3] = rgb[0], rgb[1], rgb[2], alpha
	}
}

// convert returns the sRGB of a device colour.
func (c *colourConverter) convert(device [4]byte) [3]byte {
	if c.cache == nil {
		c.cache = make([]cachedColour, 1<<cacheBits)
	}
	key := binary.LittleEndian.Uint32(device[:])
	entry := &c.cache[key*0x9e3779b1>>(32-cacheBits)] // Fibonacci hashing
	if !entry.known || entry.device != key {
		*entry = cachedColour{key, c.transform(device), true}
	}
	return entry.rgb
}

// hasValidTables reports whether a profile's tables are inside the profile and no larger than the standard allows. The library
// allocates whatever sizes they give.
func hasValidTables(b []byte) bool {
	if len(b) < profileHeader+4 || len(b) > maxProfile {
		return false
	}
	count := int64(binary.BigEndian.Uint32(b[profileHeader:]))
	table := profileHeader + 4 + count*profileTagEntry
	if count > maxProfileTags || table > int64(len(b)) {
		return false
	}
	for entry := range slices.Chunk(b[profileHeader+4:table], profileTagEntry) {
		at, size := int64(binary.BigEndian.Uint32(entry[4:])), int64(binary.BigEndian.Uint32(entry[8:]))
		if at < table || at+size > int64(len(b)) || !hasValidTagTables(b[at:at+size]) {
			return false
		}
	}
	return true
}

// hasValidTagTables reports whether a tag's tables fit into the tag and are no larger than the standard allows.
func hasValidTagTables(tag []byte) bool {
	const channels, entries, legacyHeader = 8, 48, 52
	if len(tag) < channels+2 {
		return true // too short to be read
	}
	switch string(tag[:4]) {
	case "mft1", "mft2", "mAB ", "mBA ":
		if tag[channels] > maxChannels || tag[channels+1] > maxChannels {
			return false
		}
	}
	if string(tag[:4]) == "mft2" && len(tag) >= legacyHeader &&
		(binary.BigEndian.Uint16(tag[entries:]) > maxCurvePoints || binary.BigEndian.Uint16(tag[entries+2:]) > maxCurvePoints) {
		return false
	}
	for rest := tag; ; { // tables contain curves too
		at := bytes.Index(rest, []byte("curv"))
		if at < 0 || len(rest)-at < 12 {
			return true
		}
		rest = rest[at+4:]
		if n := binary.BigEndian.Uint32(rest[4:]); n > maxCurvePoints || 8+2*int(n) > len(rest) {
			return false
		}
	}
}
