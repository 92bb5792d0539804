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

func mixFast(threads []scanline, k *splineWeights) {
	if len(threads) > 0 {
		mixVector(&threads[0], len(threads), &k.lanes)
	}
}

func readFast(threads []scanline, row []byte, k *splineWeights) {
	if len(threads) == 0 {
		return
	}
	for i := range threads {
		_ = row[threads[i].to+tileSize-1]
	}
	readVector(&threads[0], len(threads), &row[0], &k.packed)
}

func readPairsFast(threads []scanline, u, v []byte, k *splineWeights) {
	if len(threads) == 0 {
		return
	}
	for i := range threads {
		_, _ = u[threads[i].to+tileSize/2-1], v[threads[i].to+tileSize/2-1]
	}
	readPairsVector(&threads[0], len(threads), &u[0], &v[0], &k.packed)
}

// blendFast returns a kernel that blends n pixels for each scanline. It checks the bounds, which the assembly does not.
func blendFast(n int, vector func(threads *scanline, n int, row, colour, alpha *byte)) func(threads []scanline, row, colour, alpha []byte) {
	return func(threads []scanline, row, colour, alpha []byte) {
		if len(threads) == 0 {
			return
		}
		for i := range threads {
			last := threads[i].to + n - 1
			_, _, _ = row[last], colour[last], alpha[last]
		}
		vector(&threads[0], len(threads), &row[0], &colour[0], &alpha[0])
	}
}

// mixVector is mixPlain for n scanlines.
//
//go:noescape
func mixVector(threads *scanline, n int, wide *[phases][4]uint64)

// readVector is readPlain for n scanlines.
//
//go:noescape
func readVector(threads *scanline, n int, row *byte, small *[phases]uint32)

// readPairsVector is readPairsPlain for n scanlines.
//
//go:noescape
func readPairsVector(threads *scanline, n int, u, v *byte, small *[phases]uint32)

// blendVector is blendPlain of 16 pixels for n scanlines.
//
//go:noescape
func blendVector(threads *scanline, n int, row, colour, alpha *byte)

// blendHalfVector is blendPlain of 8 pixels for n scanlines.
//
//go:noescape
func blendHalfVector(threads *scanline, n int, row, colour, alpha *byte)
