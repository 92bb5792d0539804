package raster

import (
	"bytes"
	"image"
	"image/jpeg"
)

// JPEG returns the frame as a baseline JPEG. JPEG files hold BT.601 in full range, so the frame's BT.709 in limited
// range is converted, in 14-bit fractions, without a step through red, green and blue.
func (f *Frame) JPEG(quality int) []byte {
	img := image.NewYCbCr(image.Rect(0, 0, f.W, f.H), image.YCbCrSubsampleRatio420)
	for i := range f.U {
		cb, cr := int32(f.U[i])-128, int32(f.V[i])-128
		img.Cb[i] = byte(max(0, min(255, (18462*cb-2064*cr+1<<13)>>14+128)))
		img.Cr[i] = byte(max(0, min(255, (18342*cr-1351*cb+1<<13)>>14+128)))
	}
	half := f.W / 2
	for y := range f.H {
		to, from := img.Y[y*img.YStride:][:f.W], f.Y[y*f.W:][:f.W]
		u, v := f.U[y/2*half:][:half], f.V[y/2*half:][:half]
		for x, cb := range u {
			colour := 1895*(int32(cb)-128) + 3657*(int32(v[x])-128) + 1<<13
			to[2*x] = byte(max(0, min(255, (19077*(int32(from[2*x])-16)+colour)>>14)))
			to[2*x+1] = byte(max(0, min(255, (19077*(int32(from[2*x+1])-16)+colour)>>14)))
		}
	}
	var out bytes.Buffer
	_ = jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}) // a buffer takes all bytes, and no frame is too large for a JPEG
	return out.Bytes()
}
