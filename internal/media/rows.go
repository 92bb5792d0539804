package media

import (
	"context"
	"image"
	"image/color"
	"image/draw"
)

// rowsPerCheck is how many rows a long pass over pixels handles between two checks of its context.
const rowsPerCheck = 64

// rowReader copies row y of a picture, counted from 0, to row: four bytes a pixel, red, green, blue and alpha, not
// premultiplied.
type rowReader func(y int, row []byte)

// upright returns a decoded picture in 8 bits of red, green, blue and alpha, rotated by its orientation, with each row passed
// through convert unless that is nil. It makes one pass and at most one new picture, because memory is short. Deeper samples
// lose their low bits. It stops with ctx's error.
func upright(ctx context.Context, m image.Image, rows rowReader, orientation int, convert func(row []byte)) (*image.NRGBA, error) {
	if orientation == orientationNormal && convert == nil {
		if same, ok := sharedNRGBA(m); ok {
			return same, nil
		}
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if swapsSides(orientation) {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	row := make([]byte, 4*w)
	for y := range h {
		if y%rowsPerCheck == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if orientation == orientationNormal {
			row = out.Pix[y*out.Stride:][:4*w]
		}
		rows(y, row)
		if convert != nil {
			convert(row)
		}
		if orientation == orientationNormal {
			continue
		}
		tx, ty := rotate(orientation, w, h, 0, y)
		at := ty*out.Stride + 4*tx
		nx, ny := rotate(orientation, w, h, 1, y)
		step := (ny-ty)*out.Stride + 4*(nx-tx)
		for x := range w {
			copy(out.Pix[at+x*step:][:4], row[4*x:])
		}
	}
	return out, nil
}

// sharedNRGBA returns m as an *image.NRGBA that shares its pixels; ok is false if their layout differs.
func sharedNRGBA(m image.Image) (*image.NRGBA, bool) {
	switch m := m.(type) {
	case *image.NRGBA:
		return m, true
	case *image.RGBA:
		if m.Opaque() { // premultiplied values are the same
			return &image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}, true
		}
	}
	return nil, false
}

// rowsOf returns a reader of the rows of a decoded JPEG or PNG.
func rowsOf(m image.Image) rowReader {
	switch m := m.(type) {
	case *image.NRGBA:
		return func(y int, row []byte) { copy(row, m.Pix[y*m.Stride:]) }
	case *image.NRGBA64:
		return func(y int, row []byte) { highBytes(row, m.Pix[y*m.Stride:]) }
	case *image.RGBA64:
		if m.Opaque() {
			return func(y int, row []byte) { highBytes(row, m.Pix[y*m.Stride:]) }
		}
	case *image.Paletted:
		return palettedRows(m)
	}
	first := m.Bounds().Min
	if o, ok := m.(interface{ Opaque() bool }); ok && o.Opaque() {
		// Without transparency premultiplied values are the same, and image/draw is faster with them.
		return func(y int, row []byte) {
			line := &image.RGBA{Pix: row, Stride: len(row), Rect: image.Rect(0, 0, len(row)/4, 1)}
			draw.Draw(line, line.Rect, m, image.Pt(first.X, first.Y+y), draw.Src)
		}
	}
	return func(y int, row []byte) {
		line := &image.NRGBA{Pix: row, Stride: len(row), Rect: image.Rect(0, 0, len(row)/4, 1)}
		draw.Draw(line, line.Rect, m, image.Pt(first.X, first.Y+y), draw.Src)
	}
}

// highBytes copies the high byte of each big-endian 16-bit sample.
func highBytes(row, pix []byte) {
	for i := range row {
		row[i] = pix[2*i]
	}
}

// palettedRows returns a reader of the rows of a paletted picture.
func palettedRows(m *image.Paletted) rowReader {
	var palette [256]color.NRGBA
	for i, c := range m.Palette {
		palette[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
	}
	return func(y int, row []byte) {
		for x, index := range m.Pix[y*m.Stride:][:len(row)/4] {
			c := palette[index]
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c.R, c.G, c.B, c.A
		}
	}
}

// cmykRows returns a reader of rows of cyan, magenta, yellow and black; 255 is full ink.
func cmykRows(m *image.CMYK) rowReader {
	return func(y int, row []byte) { copy(row, m.Pix[y*m.Stride:]) }
}

// webpRows returns a reader of the rows of a decoded WebP. The planes of a lossy WebP have BT.601 values of limited range (RFC
// 6386, 9.2), but golang.org/x/image returns them as image.YCbCr, which has full range: black would become dark gray
// (golang/go#40173).
func webpRows(m image.Image) rowReader {
	var planes *image.YCbCr
	alpha := func(int, int) uint8 { return 0xff }
	switch m := m.(type) {
	case *image.YCbCr:
		planes = m
	case *image.NYCbCrA:
		planes = &m.YCbCr
		alpha = func(x, y int) uint8 { return m.A[m.AOffset(x, y)] }
	default:
		return rowsOf(m)
	}
	return func(y int, row []byte) {
		for x := range len(row) / 4 {
			c := planes.COffset(x, y)
			luma := 298 * (int32(planes.Y[planes.YOffset(x, y)]) - 16)
			blue, red := int32(planes.Cb[c])-128, int32(planes.Cr[c])-128
			p := row[4*x:][:4]
			p[0] = clamp(luma + 409*red)
			p[1] = clamp(luma - 100*blue - 208*red)
			p[2] = clamp(luma + 516*blue)
			p[3] = alpha(x, y)
		}
	}
}

// clamp rounds a fixed-point number with 8 fractional bits to a sample.
func clamp(v int32) uint8 {
	return uint8(min(max((v+128)>>8, 0), 255)) //nolint:gosec // bounded
}
