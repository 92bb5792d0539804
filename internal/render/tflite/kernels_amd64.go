package tflite

import "golang.org/x/sys/cpu"

// newKernels returns the fastest kernels for this machine: in AVX2, or else in plain Go.
func newKernels() kernels {
	if !cpu.X86.HasAVX2 {
		return plainKernels()
	}
	return kernels{weighFast, addProductsFast}
}

func weighFast(sums *[pixels][lanes]float32, values, group []float32) {
	n := len(values) / pixels
	_, _ = values[pixels*n-1], group[(n+1)*lanes-1]
	weighVector(sums, &values[0], n, &group[0])
}

func addProductsFast(to, from, by []float32) {
	whole := len(to) &^ (lanes - 1)
	if whole > 0 {
		_, _ = from[whole-1], by[whole-1]
		addProductsVector(&to[0], &from[0], &by[0], whole)
	}
	addProductsPlain(to[whole:], from[whole:], by[whole:])
}

// weighVector is weighPlain for n values of each pixel.
//
//go:noescape
func weighVector(sums *[pixels][lanes]float32, values *float32, n int, group *float32)

// addProductsVector is addProductsPlain for n values, a multiple of eight.
//
//go:noescape
func addProductsVector(to, from, by *float32, n int)
