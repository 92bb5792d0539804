package render

import (
	"bytes"
	"image"
	"image/jpeg"
)

// jpeg returns the frame as a JPEG. JPEG files hold BT.601 in full range, so the frame's BT.709 in limited range is
// converted, in 14-bit fractions, without going through red, green and blue.
func (f *frame) jpeg(quality int) []byte {
	img := image.NewYCbCr(image.Rect(0, 0, f.w, f.h), image.YCbCrSubsampleRatio420)
	for i := range f.u {
		cb, cr := int32(f.u[i])-128, int32(f.v[i])-128
		img.Cb[i] = byte(max(0, min(255, (18462*cb-2064*cr+1<<13)>>14+128)))
		img.Cr[i] = byte(max(0, min(255, (18342*cr-1351*cb+1<<13)>>14+128)))
	}
	half := f.w / 2
	for y := range f.h {
		for x := range f.w {
			c := y/2*half + x/2
			l := 19077*(int32(f.y[y*f.w+x])-16) + 1895*(int32(f.u[c])-128) + 3657*(int32(f.v[c])-128)
			img.Y[y*img.YStride+x] = byte(max(0, min(255, (l+1<<13)>>14)))
		}
	}
	var out bytes.Buffer
	// Writing to memory can't fail, and the sizes have been checked.
	_ = jpeg.Encode(&out, img, &jpeg.Options{Quality: quality})
	return out.Bytes()
}
