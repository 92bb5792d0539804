// Package tflite runs small neural networks for pictures that are stored as TensorFlow Lite files, with the few operators that
// the networks of package vision have. It computes in 32-bit floating point, in one order and with every product rounded, so that a
// network gives the same values on every machine.
package tflite
