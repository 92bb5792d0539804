package media_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"testing"

	"github.com/filmgate/filmgate/internal/media"
)

// iccProfile returns a display profile of version 2; tags are pairs of signature and body.
func iccProfile(space, pcs string, tags ...string) []byte {
	be := binary.BigEndian
	var table, body []byte
	at := 128 + 4 + 6*len(tags)
	for i := 0; i < len(tags); i += 2 {
		table = be.AppendUint32(append(table, tags[i]...), uint32(at+len(body)))
		table = be.AppendUint32(table, uint32(len(tags[i+1])))
		body = append(body, tags[i+1]...)
		body = append(body, make([]byte, -len(body)&3)...)
	}
	head := make([]byte, 128)
	be.PutUint32(head, uint32(at+len(body)))
	be.PutUint32(head[8:], 0x02400000)
	copy(head[12:], "mntr"+space+pcs)
	copy(head[36:], "acsp")
	copy(head[68:], xyz(0.9642, 1, 0.8249)[8:])
	return append(append(be.AppendUint32(head, uint32(len(tags)/2)), table...), body...)
}

func fixed16(v float64) []byte { return binary.BigEndian.AppendUint32(nil, uint32(int32(v*65536))) }

func xyz(x, y, z float64) string {
	return "XYZ \x00\x00\x00\x00" + string(fixed16(x)) + string(fixed16(y)) + string(fixed16(z))
}

// gamma returns a curve with one exponent, in 1/256.
func gamma(v float64) string {
	return "curv\x00\x00\x00\x00\x00\x00\x00\x01" + string(binary.BigEndian.AppendUint16(nil, uint16(v*256)))
}

// srgbCurve returns sRGB's transfer function.
func srgbCurve() string {
	out := "para\x00\x00\x00\x00\x00\x03\x00\x00"
	for _, v := range []float64{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045} {
		out += string(fixed16(v))
	}
	return out
}

func matrixProfile(r, g, b, curve string) []byte {
	return iccProfile("RGB ", "XYZ ", "rXYZ", r, "gXYZ", g, "bXYZ", b, "rTRC", curve, "gTRC", curve, "bTRC", curve)
}

func displayP3() []byte {
	return matrixProfile(xyz(0.51512, 0.24120, -0.00105), xyz(0.29198, 0.69225, 0.04189), xyz(0.15710, 0.06657, 0.78407), srgbCurve())
}

func adobeRGB() []byte {
	return matrixProfile(xyz(0.60974, 0.31111, 0.01947), xyz(0.20528, 0.62567, 0.06087), xyz(0.14919, 0.06322, 0.74457), gamma(2.19921875))
}

func proPhoto() []byte {
	return matrixProfile(xyz(0.79767, 0.28804, 0), xyz(0.13519, 0.71188, 0), xyz(0.03134, 0.00009, 0.82491), gamma(1.8))
}

func srgb() []byte {
	return matrixProfile(xyz(0.43607, 0.22249, 0.01392), xyz(0.38515, 0.71687, 0.09708), xyz(0.14307, 0.06061, 0.71410), srgbCurve())
}

// cmykProfile returns a CMYK profile with a table of two points in each dimension, in 8 bits: each ink darkens the paper,
// and cyan makes it blue, magenta red, yellow yellow.
func cmykProfile() []byte {
	lut := "mft1\x00\x00\x00\x00\x04\x03\x02\x00"
	for i := range 9 {
		lut += string(fixed16([]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}[i]))
	}
	ramp := make([]byte, 256)
	for i := range ramp {
		ramp[i] = byte(i)
	}
	inputs, outputs := bytes.Repeat(ramp, 4), bytes.Repeat(ramp, 3)
	var table []byte
	for n := range 16 {
		c, m, y, k := n>>3&1, n>>2&1, n>>1&1, n&1
		light := 255 - 60*c - 70*m - 15*y - 110*k
		table = append(table, byte(light), byte(128-30*c+60*m-5*y), byte(128-50*c-10*m+80*y))
	}
	return iccProfile("CMYK", "Lab ", "A2B0", lut+string(inputs)+string(table)+string(outputs))
}

// profileJPEG adds a profile to a JPEG, in segments of at most size bytes, the last one first.
func profileJPEG(photo, profile []byte, size int) []byte {
	of := (len(profile) + size - 1) / size
	out := bytes.Clone(photo[:2])
	for n := of; n >= 1; n-- {
		part := profile[(n-1)*size : min(n*size, len(profile))]
		out = append(out, jpegSegment(0xe2, append([]byte("ICC_PROFILE\x00"+string([]byte{byte(n), byte(of)})), part...)...)...)
	}
	return append(out, photo[2:]...)
}

// profilePNG adds a profile to a PNG, before its pixels.
func profilePNG(t testing.TB, drawing, profile []byte) []byte {
	t.Helper()
	const header = 8 + 25 // signature and IHDR
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(profile); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	out := append(bytes.Clone(drawing[:header]), pngChunk("iCCP", append([]byte("a name\x00\x00"), b.Bytes()...))...)
	return append(out, drawing[header:]...)
}

// profileWebP adds a profile to a lossless WebP of 32x32 pixels.
func profileWebP(simple, profile []byte) []byte {
	chunk := func(kind string, body []byte) []byte {
		b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))), body...)
		return append(b, make([]byte, len(body)%2)...)
	}
	body := append([]byte("WEBP"), chunk("VP8X", []byte{0x20, 0, 0, 0, 31, 0, 0, 31, 0, 0})...)
	body = append(append(body, chunk("ICCP", profile)...), simple[12:]...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func near(got, want color.NRGBA) bool {
	apart := func(a, b uint8) bool { return max(a, b)-min(a, b) > 3 }
	return !apart(got.R, want.R) && !apart(got.G, want.G) && !apart(got.B, want.B) && got.A == want.A
}

// The expected values of ProPhoto, WebP and CMYK are those of Little CMS (relative colorimetric, with black point compensation).
func TestProfilesAreConvertedToSRGB(t *testing.T) {
	rect := image.Rect(0, 0, 32, 32)
	jpegOf := func(c color.NRGBA) []byte { return encodeJPEG(t, fill(image.NewRGBA(rect), c)) }
	p3, adobe := color.NRGBA{185, 70, 51, 255}, color.NRGBA{173, 62, 45, 255}
	wide, half := color.NRGBA{136, 69, 38, 255}, color.NRGBA{185, 70, 51, 128}
	red := color.NRGBA{200, 58, 40, 255}
	lossless := readFile(t, "lossless.webp") // (200, 40, 90, 128)
	for name, c := range map[string]struct {
		data []byte
		want color.NRGBA
	}{
		"JPEG in Display P3":            {profileJPEG(jpegOf(p3), displayP3(), 60000), red},
		"JPEG in Display P3, in pieces": {profileJPEG(jpegOf(p3), displayP3(), 100), red},
		"JPEG in Adobe RGB":             {profileJPEG(jpegOf(adobe), adobeRGB(), 60000), red},
		"JPEG in ProPhoto":              {profileJPEG(jpegOf(wide), proPhoto(), 60000), red},
		"JPEG in sRGB":                  {profileJPEG(jpegOf(red), srgb(), 60000), red},
		"gray JPEG in Display P3":       {profileJPEG(encodeJPEG(t, fill(image.NewGray(rect), color.Gray{77})), displayP3(), 60000), color.NRGBA{77, 77, 77, 255}},
		"gray JPEG in gray of gamma 1.0": {profileJPEG(encodeJPEG(t, fill(image.NewGray(rect), color.Gray{55})), iccProfile("GRAY", "XYZ ", "kTRC", gamma(1)), 60000),
			color.NRGBA{128, 128, 128, 255}},
		"CMYK JPEG":                     {profileJPEG(readFile(t, "cmyk.jpg"), cmykProfile(), 60000), color.NRGBA{243, 134, 109, 255}},
		"turned JPEG in Display P3":     {exifJPEG(profileJPEG(jpegOf(p3), displayP3(), 60000), exif(binary.BigEndian, 6)), red},
		"PNG in Display P3":             {profilePNG(t, encodePNG(t, fill(image.NewNRGBA(rect), p3)), displayP3()), red},
		"transparent PNG in Display P3": {profilePNG(t, encodePNG(t, fill(image.NewNRGBA(rect), half)), displayP3()), color.NRGBA{200, 58, 40, 128}},
		"16-bit PNG in ProPhoto":        {profilePNG(t, encodePNG(t, fill(image.NewRGBA64(rect), wide)), proPhoto()), red},
		"WebP in Display P3":            {profileWebP(lossless, displayP3()), color.NRGBA{219, 0, 89, 128}},
		"RGB JPEG with a CMYK profile":  {profileJPEG(jpegOf(red), cmykProfile(), 60000), red},
	} {
		t.Run(name, func(t *testing.T) {
			p, m := inspect(t, c.data)
			if got := color.NRGBAModel.Convert(m.At(16, 16)).(color.NRGBA); !near(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			for _, trace := range []string{"ICC_PROFILE", "iCCP", "acsp"} {
				if bytes.Contains(p.Bytes, []byte(trace)) {
					t.Errorf("the result still holds %q", trace)
				}
			}
		})
	}
}

// patched returns a copy of a profile with some bytes replaced at an offset.
func patched(profile []byte, at int, b ...byte) []byte {
	out := bytes.Clone(profile)
	copy(out[at:], b)
	return out
}

// invalidProfiles returns profiles that are damaged or give sizes larger than they are.
func invalidProfiles() map[string][]byte {
	const tags, first = 128, 128 + 4
	p3, inks := displayP3(), cmykProfile()
	huge := []byte{0x7f, 0xff, 0xff, 0xff}
	long := make([]byte, 2<<16)
	return map[string][]byte{
		"nothing":                        {},
		"only a header":                  p3[:128],
		"2^31 tags":                      patched(p3, tags, huge...),
		"a tag before the first":         patched(p3, first+4, 0, 0, 0, 0),
		"a tag beyond the end":           patched(p3, first+4, huge...),
		"a tag of 2 GiB":                 patched(p3, first+8, huge...),
		"a tag with an overflowing end":  patched(p3, first+4, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0),
		"a curve of 2^31 points":         patched(adobeRGB(), bytes.Index(adobeRGB(), []byte("curv"))+8, huge...),
		"a curve of 65,536 points":       iccProfile("GRAY", "XYZ ", "kTRC", "curv\x00\x00\x00\x00\x00\x01\x00\x00"+string(long)),
		"a table of 255 inks":            patched(inks, bytes.Index(inks, []byte("mft1"))+8, 255),
		"a table of 255 points":          patched(inks, bytes.Index(inks, []byte("mft1"))+10, 255),
		"a table without points":         patched(inks, bytes.Index(inks, []byte("mft1"))+10, 0),
		"a curve where a matrix belongs": patched(p3, first, []byte("rTRC")...),
		"an unknown colour space":        patched(p3, 16, []byte("HSV ")...),
		"a device link":                  patched(p3, 12, []byte("link")...),
		"cut short":                      p3[:len(p3)-10],
		"a text":                         []byte("not a profile at all, and much longer than a header of one hundred and twenty-eight bytes would be, so that it is read"),
		"larger than profiles are":       append(bytes.Clone(p3), make([]byte, 4<<20)...),
	}
}

// A picture with an invalid profile is read as if it had none.
func TestInvalidProfilesAreIgnored(t *testing.T) {
	photo := encodeJPEG(t, fill(image.NewRGBA(image.Rect(0, 0, 32, 32)), color.NRGBA{185, 70, 51, 255}))
	for name, profile := range invalidProfiles() {
		t.Run(name, func(t *testing.T) {
			_, m := inspect(t, profileJPEG(photo, profile, 60000))
			if got := color.NRGBAModel.Convert(m.At(16, 16)).(color.NRGBA); name != "a device link" && !near(got, color.NRGBA{185, 70, 51, 255}) {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestInconsistentProfileSegmentsAreIgnored(t *testing.T) {
	photo := encodeJPEG(t, fill(image.NewRGBA(image.Rect(0, 0, 32, 32)), color.NRGBA{185, 70, 51, 255}))
	segment := func(n, of byte, body []byte) []byte {
		return jpegSegment(0xe2, append([]byte("ICC_PROFILE\x00"+string([]byte{n, of})), body...)...)
	}
	p := displayP3()
	a, b := p[:200], p[200:]
	for name, segments := range map[string][]byte{
		"one is missing":  segment(1, 2, a),
		"one twice":       append(segment(1, 2, a), segment(1, 2, b)...),
		"number 0":        append(segment(0, 2, a), segment(2, 2, b)...),
		"beyond the last": append(segment(1, 1, a), segment(2, 1, b)...),
		"two counts":      append(segment(1, 2, a), segment(2, 3, b)...),
		"no number":       jpegSegment(0xe2, []byte("ICC_PROFILE\x00")...),
	} {
		_, m := inspect(t, append(append(bytes.Clone(photo[:2]), segments...), photo[2:]...))
		if got := color.NRGBAModel.Convert(m.At(16, 16)).(color.NRGBA); !near(got, color.NRGBA{185, 70, 51, 255}) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// An iCCP chunk of 1 KB may inflate to a gigabyte; only maxProfile bytes are read.
func TestInflatedProfileIsLimited(t *testing.T) {
	drawing := encodePNG(t, fill(image.NewNRGBA(image.Rect(0, 0, 32, 32)), color.NRGBA{185, 70, 51, 255}))
	_, m := inspect(t, profilePNG(t, drawing, make([]byte, 64<<20)))
	if got := color.NRGBAModel.Convert(m.At(16, 16)).(color.NRGBA); !near(got, color.NRGBA{185, 70, 51, 255}) {
		t.Errorf("%v", got)
	}
}

// FuzzProfile searches for a profile that causes a panic, a hang, or a large allocation.
func FuzzProfile(f *testing.F) {
	for _, profile := range invalidProfiles() {
		if len(profile) < 1<<16 { // larger ones make fuzzing slow
			f.Add(profile, uint32(0x33467b9))
		}
	}
	for _, profile := range [][]byte{displayP3(), adobeRGB(), proPhoto(), cmykProfile(), iccProfile("GRAY", "XYZ ", "kTRC", gamma(1))} {
		f.Add(profile, uint32(0x33467b9))
	}
	f.Fuzz(func(_ *testing.T, profile []byte, device uint32) {
		_, _ = media.Colour(profile, [4]byte(binary.BigEndian.AppendUint32(nil, device)))
	})
}
