//go:build !amd64

package raster

// newRowKernels returns the kernels in plain Go, the only ones for this kind of processor.
func newRowKernels() rowKernels { return plainRowKernels() }
