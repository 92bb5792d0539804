package tflite

// lanes is how many results a kernel computes at once, and pixels of how many pixels.
const (
	lanes  = 8
	pixels = 4
)

// kernels are the loops that take most of the time. All kernels give the same results to the bit.
type kernels struct {
	// weigh computes eight results of four pixels: for each its bias plus the sum of the pixel's values times its weights. The values of
	// a pixel follow those of the one before. The group begins with the eight biases, then has eight weights for each value.
	weigh func(sums *[pixels][lanes]float32, values, group []float32)
	// addProducts adds to each value the product of two others.
	addProducts func(to, from, by []float32)
}

func plainKernels() kernels { return kernels{weighPlain, addProductsPlain} }

func weighPlain(sums *[pixels][lanes]float32, values, group []float32) {
	n := len(values) / pixels
	for p := range sums {
		weighPixel(sums[p][:4], values[p*n:][:n], group)
		weighPixel(sums[p][4:], values[p*n:][:n], group[4:])
	}
}

// weighPixel computes four results at once, because one addition waits for the one before.
func weighPixel(sums, values, group []float32) {
	s, t, u, v := group[0], group[1], group[2], group[3]
	for i, x := range values {
		w := group[(i+1)*lanes:][:4]
		s += float32(x * w[0])
		t += float32(x * w[1])
		u += float32(x * w[2])
		v += float32(x * w[3])
	}
	sums[0], sums[1], sums[2], sums[3] = s, t, u, v
}

func addProductsPlain(to, from, by []float32) {
	from, by = from[:len(to)], by[:len(to)]
	for i := range to {
		to[i] += float32(from[i] * by[i])
	}
}

// groups arranges the weights of results for a kernel, eight results to a group. The last one may have less than eight.
func groups(weights, bias []float32) [][]float32 {
	n := len(weights) / len(bias)
	out := make([][]float32, (len(bias)+lanes-1)/lanes)
	for i := range out {
		out[i] = make([]float32, (n+1)*lanes)
	}
	for k, b := range bias {
		group := out[k/lanes][k%lanes:]
		group[0] = b
		for i, w := range weights[k*n:][:n] {
			group[(i+1)*lanes] = w
		}
	}
	return out
}
