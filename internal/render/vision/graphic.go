package vision

import "image"

// Shares by which drawings and text are known.
const (
	evenShare   = 0.76 // of neighbouring pixels nearly alike in a drawing; a photograph has noise and shades
	hardShare   = 0.1  // of edges of shapes and letters, for each pair of pixels between these two
	letterShare = 0.25 // of the blocks of a page that show letters
	letterPart  = 0.4  // of the blocks with contrast, which in a photograph are of other kinds
)

// IsGraphic reports whether the picture is a drawing with even areas and hard edges, as logos, screenshots and diagrams are, or a
// page of text, and not a photograph.
func (p *Picture) IsGraphic() bool {
	d := p.differences()
	if float64(d.even) >= float64(evenShare*float64(d.all)) && float64(d.hard) >= float64(hardShare*float64(d.soft)) && 1000*d.hard > d.all {
		return true
	}
	letters, contrast, all := p.letterBlocks()
	return float64(letters) >= float64(letterShare*float64(all)) && float64(letters) >= float64(letterPart*float64(contrast))
}

// differences counts pairs of neighbouring pixels by how much they differ.
type differences struct{ even, soft, hard, all int }

// differences looks at some rows of the full picture, because reducing it would soften its edges.
func (p *Picture) differences() differences {
	const rows, little, much = 96, 2, 32 // levels of 256
	b := p.full.Bounds()
	var d differences
	for k := range min(rows, b.Dy()) {
		y := b.Min.Y + (2*k+1)*b.Dy()/(2*min(rows, b.Dy()))
		before := onWhite(p.full.At(b.Min.X, y))
		for x := b.Min.X + 1; x < b.Max.X; x++ {
			here, most := onWhite(p.full.At(x, y)), 0
			for c := range here {
				n := int(here[c]) - int(before[c])
				most = max(most, n, -n)
			}
			before = here
			d.all++
			switch {
			case most <= little:
				d.even++
			case most < much:
				d.soft++
			default:
				d.hard++
			}
		}
	}
	return d
}

// letterBlocks looks at blocks of the full picture, evenly spread. It counts those that look like letters, most of which is paper
// and some of which is ink, and those with any contrast.
func (p *Picture) letterBlocks() (letters, contrast, all int) {
	const across, down = 16, 12
	b := p.full.Bounds()
	if b.Dx() < 2*blockSide || b.Dy() < 2*blockSide {
		return 0, 0, 1
	}
	for k := range across * down {
		x, y := b.Min.X+(b.Dx()-blockSide)*(k%across)/(across-1), b.Min.Y+(b.Dy()-blockSide)*(k/across)/(down-1)
		block := p.block(image.Pt(x, y))
		low, high := block.ends()
		if high-low < 64 {
			continue
		}
		contrast++
		ink, paper := 0, 0
		for v, n := range block {
			if 3*(v-low) < high-low {
				ink += n
			}
			if 4*(high-v) < high-low {
				paper += n
			}
		}
		if 10*paper > 6*blockSide*blockSide && 20*ink > blockSide*blockSide {
			letters++
		}
	}
	return letters, contrast, across * down
}

// blockSide is the side of a block, in pixels: a few letters of usual size.
const blockSide = 24

// block counts the lightnesses of the pixels of a block.
func (p *Picture) block(corner image.Point) *histogram {
	var h histogram
	for i := range blockSide * blockSide {
		c := onWhite(p.full.At(corner.X+i%blockSide, corner.Y+i/blockSide))
		h[(2*c[0]+5*c[1]+c[2])/8]++
	}
	return &h
}

// histogram has the number of pixels of each lightness.
type histogram [256]int

// ends returns the darkest and the lightest value, without the one in a hundred at each end.
func (h *histogram) ends() (low, high int) {
	const few = blockSide * blockSide / 100
	high = 255
	for sum := h[0]; sum < few; sum += h[low] {
		low++
	}
	for sum := h[255]; sum < few; sum += h[high] {
		high--
	}
	return low, high
}
