package tflite

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// newFunction returns the maker of an operator that computes each value from one of its own.
func newFunction(name string, of func(out, in []float32)) maker {
	return func(_ *options, n *Network, inputs []int, output int) (operator, error) {
		if len(inputs) != 1 || n.tensors[inputs[0]].size() != n.tensors[output].size() {
			return nil, unusable(name)
		}
		return func(out tensor, in []tensor) { of(out.values, in[0].values) }, nil
	}
}

// reluOf keeps what is above 0.
func reluOf(out, in []float32) {
	for i := range out {
		out[i] = max(0, in[i])
	}
}

// logisticOf computes 1/(1+exp(-v)).
func logisticOf(out, in []float32) {
	for i, v := range in {
		out[i] = float32(1 / (1 + fp.Exp(fp.Clamp(-float64(v), -30, 30))))
	}
}

// hardSwishOf computes v times a ramp that rises from 0 at -3 to 1 at 3.
func hardSwishOf(out, in []float32) {
	for i, v := range in {
		out[i] = float32(v*float32(min(max(v+3, 0), 6))) / 6
	}
}

// newMul returns the product of two tensors, value by value, or of a picture and one value for each channel.
func newMul(o *options, n *Network, inputs []int, output int) (operator, error) {
	if len(inputs) != 2 || o.small(0) != 0 {
		return nil, unusable("a product")
	}
	_, _, channels := n.tensors[output].picture()
	size, by := n.tensors[output].size(), n.tensors[inputs[1]].size()
	if n.tensors[inputs[0]].size() != size || by != size && by != channels {
		return nil, unusable("a product")
	}
	return func(out tensor, in []tensor) {
		k := in[1].values
		for i, v := range in[0].values {
			out.values[i] = float32(v * k[i%len(k)])
		}
	}, nil
}

// newMean returns the mean of each channel of a picture: the average of a window as large as the picture.
func newMean(o *options, n *Network, inputs []int, output int) (operator, error) {
	h, w, channels := n.tensors[inputs[0]].picture()
	if o.number(3) != w || o.number(4) != h || o.small(5) != 0 || n.tensors[output].size() != channels {
		return nil, unusable("a mean")
	}
	return func(out tensor, in []tensor) {
		for i, v := range in[0].values {
			out.values[i%channels] += v
		}
		for c := range out.values {
			out.values[c] /= float32(h * w)
		}
	}, nil
}

// newResize returns a picture in another size, linear between the middles of its pixels.
func newResize(o *options, n *Network, inputs []int, output int) (operator, error) {
	h, w, channels := n.tensors[inputs[0]].picture()
	toH, toW, toChannels := n.tensors[output].picture()
	if alignCorners, halfPixels := o.small(2), o.small(3); alignCorners != 0 || halfPixels != 1 || channels != toChannels {
		return nil, unusable("another size")
	}
	across, down := betweens(w, toW), betweens(h, toH)
	return func(out tensor, in []tensor) {
		v, to := in[0].values, out.values
		for _, y := range down {
			for _, x := range across {
				a, b := v[(y.at*w+x.at)*channels:][:channels], v[(y.at*w+x.next)*channels:][:channels]
				c, d := v[(y.next*w+x.at)*channels:][:channels], v[(y.next*w+x.next)*channels:][:channels]
				for i := range channels {
					up, low := a[i]+float32((b[i]-a[i])*x.part), c[i]+float32((d[i]-c[i])*x.part)
					to[i] = up + float32((low-up)*y.part)
				}
				to = to[channels:]
			}
		}
	}, nil
}

// between is a place between two neighbours.
type between struct {
	at, next int
	part     float32 // of the way to the next
}

// betweens returns where each of m pixels is among n.
func betweens(n, m int) []between {
	out := make([]between, m)
	for i := range out {
		x := max(0, float64((float64(i)+0.5)*float64(n)/float64(m))-0.5)
		at := min(n-1, int(math.Floor(x)))
		out[i] = between{at, min(n-1, at+1), float32(x - float64(at))}
	}
	return out
}

// newDoubling returns a picture twice as large, in which each pixel has become two by two of their own weights: MediaPipe's operator
// Convolution2DTransposeBias with a filter of two by two in steps of two.
func newDoubling(_ *options, n *Network, inputs []int, output int) (operator, error) {
	if len(inputs) != 3 {
		return nil, unusable("a doubling")
	}
	h, w, channels := n.tensors[inputs[0]].picture()
	toH, toW, results := n.tensors[output].picture()
	filter, bias := n.tensors[inputs[1]], n.tensors[inputs[2]]
	if toH != 2*h || toW != 2*w || len(filter.shape) != 4 || filter.shape[1] != 2 || filter.shape[2] != 2 || len(filter.values) != results*4*channels || len(bias.values) != results {
		return nil, unusable("a doubling")
	}
	return func(out tensor, in []tensor) {
		for y := range toH {
			for x := range toW {
				from := in[0].values[(y/2*w+x/2)*channels:][:channels]
				for r := range results {
					by, sum := in[1].values[((r*2+y%2)*2+x%2)*channels:][:channels], in[2].values[r]
					for c, v := range from {
						sum += float32(v * by[c])
					}
					out.values[(y*toW+x)*results+r] = sum
				}
			}
		}
	}, nil
}
