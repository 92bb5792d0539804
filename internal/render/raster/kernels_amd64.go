package raster

import "golang.org/x/sys/cpu"

// newRowKernels returns the fastest kernels for this machine: in AVX2, which works on 16 samples at once, or else in plain
// Go. The pixels are the same to the bit.
func newRowKernels() rowKernels {
	if !cpu.X86.HasAVX2 {
		return plainRowKernels()
	}
	return rowKernels{mixFast, readFast, readPairsFast, blendFast(tileSize, blendVector), blendFast(tileSize/2, blendHalfVector)}
}

func mixFast(scanlines []scanline, k *splineWeights) {
	if len(scanlines) > 0 {
		mixVector(&scanlines[0], len(scanlines), &k.lanes)
	}
}

func readFast(scanlines []scanline, row []byte, k *splineWeights) {
	if len(scanlines) == 0 {
		return
	}
	for i := range scanlines {
		_ = row[scanlines[i].to+tileSize-1]
	}
	readVector(&scanlines[0], len(scanlines), &row[0], &k.packed)
}

func readPairsFast(scanlines []scanline, u, v []byte, k *splineWeights) {
	if len(scanlines) == 0 {
		return
	}
	for i := range scanlines {
		_, _ = u[scanlines[i].to+tileSize/2-1], v[scanlines[i].to+tileSize/2-1]
	}
	readPairsVector(&scanlines[0], len(scanlines), &u[0], &v[0], &k.packed)
}

// blendFast returns a kernel that blends n pixels for each scanline. It checks the bounds, which the assembly does not.
func blendFast(n int, vector func(scanlines *scanline, n int, row, colour, alpha *byte)) func(scanlines []scanline, row, colour, alpha []byte) {
	return func(scanlines []scanline, row, colour, alpha []byte) {
		if len(scanlines) == 0 {
			return
		}
		for i := range scanlines {
			last := scanlines[i].to + n - 1
			_, _, _ = row[last], colour[last], alpha[last]
		}
		vector(&scanlines[0], len(scanlines), &row[0], &colour[0], &alpha[0])
	}
}

// mixVector is mixPlain for n scanlines.
//
//go:noescape
func mixVector(scanlines *scanline, n int, lanes *[phases][4]uint64)

// readVector is readPlain for n scanlines.
//
//go:noescape
func readVector(scanlines *scanline, n int, row *byte, packed *[phases]uint32)

// readPairsVector is readPairsPlain for n scanlines.
//
//go:noescape
func readPairsVector(scanlines *scanline, n int, u, v *byte, packed *[phases]uint32)

// blendVector is blendPlain of 16 pixels for n scanlines.
//
//go:noescape
func blendVector(scanlines *scanline, n int, row, colour, alpha *byte)

// blendHalfVector is blendPlain of 8 pixels for n scanlines.
//
//go:noescape
func blendHalfVector(scanlines *scanline, n int, row, colour, alpha *byte)
