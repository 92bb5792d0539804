package media

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// The media types of pictures that can be read.
const (
	typeJPEG = "image/jpeg"
	typePNG  = "image/png"
	typeWebP = "image/webp"
	typeAVIF = "image/avif" // by a converter
	typeHEIC = "image/heic" // by a converter
)

// builtIn returns the media types that are read without a converter.
func builtIn() []string { return []string{typeJPEG, typePNG, typeWebP} }

// fileFormat is the format of a file, found by its first bytes.
type fileFormat struct {
	mediaType string // one of the readable types; "" for all others
	name      string // in words: "a GIF"
}

// signatures returns the first bytes of formats; '?' matches any byte.
func signatures() []struct{ magic, mediaType, words string } {
	return []struct{ magic, mediaType, words string }{
		{"\xff\xd8\xff", typeJPEG, "a JPEG"},
		{"\x89PNG\r\n\x1a\n", typePNG, "a PNG"},
		{"RIFF????WEBPVP8", typeWebP, "a WebP"},
		{"GIF8", "", "a GIF"},
		{"????ftypavi", typeAVIF, "an AVIF"},
		{"????ftyphe", typeHEIC, "an HEIC"},
		{"????ftypmif1", "", "an HEIF"},
		{"????ftypmsf1", "", "an HEIF"},
		{"????ftyp", "", "an MP4 video"},
		{"\x1aE\xdf\xa3", "", "a WebM or Matroska video"},
		{"\xff\x0a", "", "a JPEG XL"},
		{"\x00\x00\x00\x0cJXL ", "", "a JPEG XL"},
		{"\x00\x00\x00\x0cjP  ", "", "a JPEG 2000"},
		{"II*\x00", "", "a TIFF"},
		{"MM\x00*", "", "a TIFF"},
		{"BM????\x00\x00\x00\x00", "", "a BMP"},
		{"\x00\x00\x01\x00", "", "an ICO"},
		{"8BPS", "", "a Photoshop file"},
		{"%PDF-", "", "a PDF"},
		{"PK\x03\x04", "", "a ZIP archive"},
		{"\x1f\x8b", "", "a gzip archive"},
	}
}

// sniff returns the format of data by its first bytes only.
func sniff(data []byte) fileFormat {
	if len(data) == 0 {
		return fileFormat{name: "nothing"}
	}
	for _, s := range signatures() {
		if startsWith(data, s.magic) {
			if s.mediaType == typeWebP && animated(data) {
				return fileFormat{name: "an animated WebP"}
			}
			if s.words == "an HEIF" {
				return sniffHEIF(data)
			}
			return fileFormat{s.mediaType, s.words}
		}
	}
	return fileFormat{name: sniffText(data)}
}

// sniffHEIF returns the format of an HEIF file by its compatible brands.
func sniffHEIF(data []byte) fileFormat {
	const brands = 16 // after size, type, brand and version
	size := min(int(binary.BigEndian.Uint32(data)), len(data))
	for at := brands; at+4 <= size; at += 4 {
		switch string(data[at : at+4]) {
		case "avif":
			return fileFormat{typeAVIF, "an AVIF"}
		case "heic", "heix":
			return fileFormat{typeHEIC, "an HEIC"}
		}
	}
	return fileFormat{name: "an HEIF"}
}

// startsWith reports whether data begins with magic; '?' in magic matches any byte.
func startsWith(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != data[i] {
			return false
		}
	}
	return true
}

// animated reports whether the extended header of a WebP has the animation flag.
func animated(data []byte) bool {
	const flags, animation = 20, 0x02
	return startsWith(data, "RIFF????WEBPVP8X") && len(data) > flags && data[flags]&animation != 0
}

// sniffText returns the name of a text format, or "a file of an unknown format".
func sniffText(data []byte) string {
	head := data[:min(len(data), 1024)]
	for n := 0; n < utf8.UTFMax && len(head) < len(data) && !utf8.RuneStart(data[len(head)]); n++ {
		head = head[:len(head)-1] // drop a character that the limit would cut
	}
	head = bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	switch {
	case bytes.HasPrefix(head, []byte("<svg")), bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<svg")):
		return "an SVG"
	case bytes.HasPrefix(head, []byte("<!doctype html")), bytes.HasPrefix(head, []byte("<html")), bytes.HasPrefix(head, []byte("<head")), bytes.HasPrefix(head, []byte("<body")):
		return "an HTML page"
	case bytes.HasPrefix(head, []byte("<?xml")):
		return "an XML document"
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[")):
		return "JSON"
	case !bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == '�' }):
		return "text"
	default:
		return "a file of an unknown format"
	}
}

// formatNames returns the common names of media types: "JPEG, PNG, WebP".
func formatNames(types []string) string {
	names := slices.Clone(types)
	for i, t := range names {
		switch t {
		case typeJPEG:
			names[i] = "JPEG"
		case typePNG:
			names[i] = "PNG"
		case typeWebP:
			names[i] = "WebP"
		case typeAVIF:
			names[i] = "AVIF"
		case typeHEIC:
			names[i] = "HEIC"
		}
	}
	return strings.Join(names, ", ")
}
