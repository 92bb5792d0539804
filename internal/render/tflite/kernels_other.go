//go:build !amd64

package tflite

// newKernels returns the kernels in plain Go, the only ones for this kind of processor.
func newKernels() kernels { return plainKernels() }
