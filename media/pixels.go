package media

import (
	"image"
	"image/color"
	"image/draw"
)

// plain turns any decoded picture into 8 bits of red, green, blue and alpha, not multiplied. Deeper pictures lose their
// low bits.
func plain(m image.Image) *image.NRGBA {
	switch m := m.(type) {
	case *image.NRGBA:
		return m
	case *image.NRGBA64:
		return highBytes(m.Pix, m.Rect)
	case *image.RGBA64:
		if m.Opaque() {
			return highBytes(m.Pix, m.Rect)
		}
	case *image.Paletted:
		return painted(m)
	}
	if o, ok := m.(interface{ Opaque() bool }); ok && o.Opaque() {
		// Without transparency the multiplied form is the same, and has the fast paths.
		rgba, ok := m.(*image.RGBA)
		if !ok {
			rgba = image.NewRGBA(m.Bounds())
			draw.Draw(rgba, rgba.Rect, m, m.Bounds().Min, draw.Src)
		}
		return &image.NRGBA{Pix: rgba.Pix, Stride: rgba.Stride, Rect: rgba.Rect}
	}
	out := image.NewNRGBA(m.Bounds())
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Src)
	return out
}

// highBytes keeps the first byte of each big-endian sample.
func highBytes(pix []byte, r image.Rectangle) *image.NRGBA {
	out := image.NewNRGBA(r)
	for i := range out.Pix {
		out.Pix[i] = pix[2*i]
	}
	return out
}

// painted gives each pixel of a palette its colour.
func painted(m *image.Paletted) *image.NRGBA {
	var palette [256]color.NRGBA
	for i, c := range m.Palette {
		palette[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
	}
	out := image.NewNRGBA(m.Rect)
	for y := range m.Rect.Dy() {
		row := out.Pix[y*out.Stride:]
		for x, index := range m.Pix[y*m.Stride : y*m.Stride+m.Rect.Dx()] {
			c := palette[index]
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c.R, c.G, c.B, c.A
		}
	}
	return out
}

// opened turns the planes of a lossy WebP into colours. They are BT.601 of limited range (RFC 6386, 9.2), while
// golang.org/x/image hands them out as image.YCbCr, whose range is full: black would be dark gray (golang/go#40173).
func opened(m image.Image) image.Image {
	var planes *image.YCbCr
	alpha := func(int, int) uint8 { return 0xff }
	switch m := m.(type) {
	case *image.YCbCr:
		planes = m
	case *image.NYCbCrA:
		planes = &m.YCbCr
		alpha = func(x, y int) uint8 { return m.A[m.AOffset(x, y)] }
	default:
		return m
	}
	out := image.NewNRGBA(planes.Rect)
	for y := planes.Rect.Min.Y; y < planes.Rect.Max.Y; y++ {
		for x := planes.Rect.Min.X; x < planes.Rect.Max.X; x++ {
			c := planes.COffset(x, y)
			luma := 298 * (int32(planes.Y[planes.YOffset(x, y)]) - 16)
			blue, red := int32(planes.Cb[c])-128, int32(planes.Cr[c])-128
			p := out.Pix[out.PixOffset(x, y):][:4]
			p[0] = clamp(luma + 409*red)
			p[1] = clamp(luma - 100*blue - 208*red)
			p[2] = clamp(luma + 516*blue)
			p[3] = alpha(x, y)
		}
	}
	return out
}

// clamp rounds a number of 8 binary places to a sample.
func clamp(v int32) uint8 {
	return uint8(min(max((v+128)>>8, 0), 255)) //nolint:gosec // bounded
}
