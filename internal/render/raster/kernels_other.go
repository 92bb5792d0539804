//go:build !amd64

package raster

// newRowKernels is the fastest that this machine has.
func newRowKernels() rowKernels { return plainRowKernels() }
