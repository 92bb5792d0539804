package tflite

// window is how a filter moves over a picture.
type window struct {
	h, w           int // of the picture
	toH, toW       int // of the result
	filterH        int
	filterW        int
	strideX        int
	strideY        int
	left, top      int // rows and columns of zeros before the picture
	channels       int // of the picture
	resultChannels int
}

// newWindow reads the settings that both convolutions begin with, and checks the shapes.
func newWindow(o *options, n *Network, inputs []int, output int) (window, bool) {
	const valid = 1 // padding: none; 0: as much as keeps the size
	if len(inputs) != 3 {
		return window{}, false
	}
	var v window
	v.h, v.w, v.channels = n.tensors[inputs[0]].picture()
	v.toH, v.toW, v.resultChannels = n.tensors[output].picture()
	v.filterH, v.filterW, _ = n.tensors[inputs[1]].picture()
	if len(n.tensors[inputs[1]].shape) == 4 {
		v.filterH, v.filterW = n.tensors[inputs[1]].shape[1], n.tensors[inputs[1]].shape[2]
	}
	v.strideX, v.strideY = o.number(1), o.number(2)
	if v.strideX < 1 || v.strideY < 1 || n.tensors[inputs[1]].values == nil || len(n.tensors[inputs[2]].values) != v.resultChannels {
		return window{}, false
	}
	if o.small(0) != valid {
		v.left = max(0, (v.toW-1)*v.strideX+v.filterW-v.w) / 2
		v.top = max(0, (v.toH-1)*v.strideY+v.filterH-v.h) / 2
	}
	return v, true
}

// newConv returns a convolution: each result is a weighted sum of all channels in a window.
func newConv(o *options, n *Network, inputs []int, output int) (operator, error) {
	v, ok := newWindow(o, n, inputs, output)
	if !ok || o.small(3) != 0 || len(n.tensors[inputs[1]].values) != v.filterH*v.filterW*v.channels*v.resultChannels {
		return nil, unusable("a convolution")
	}
	return func(out tensor, in []tensor) {
		size := v.filterH * v.filterW * v.channels
		patch := make([]float32, size)
		for y := range v.toH {
			for x := range v.toW {
				seen := patch
				if size == v.channels {
					seen = in[0].values[(y*v.strideY*v.w+x*v.strideX)*size:][:size]
				} else {
					v.gather(patch, in[0].values, x*v.strideX-v.left, y*v.strideY-v.top)
				}
				weigh(out.values[(y*v.toW+x)*v.resultChannels:][:v.resultChannels], seen, in[1].values, in[2].values)
			}
		}
	}, nil
}

// gather copies the window with the corner (x, y) out of a picture.
func (v *window) gather(patch, picture []float32, x, y int) {
	for r := range v.filterH {
		for c := range v.filterW {
			to := patch[(r*v.filterW+c)*v.channels:][:v.channels]
			if y+r < 0 || y+r >= v.h || x+c < 0 || x+c >= v.w {
				clear(to)
				continue
			}
			copy(to, picture[((y+r)*v.w+x+c)*v.channels:])
		}
	}
}

// weigh writes for each result the sum of the values times its weights, plus its bias. Four sums are made at once, because one
// addition waits for the one before.
func weigh(out, values, weights, bias []float32) {
	n := len(values)
	k := 0
	for ; k+4 <= len(out); k += 4 {
		a, b, c, d := weights[k*n:][:n], weights[(k+1)*n:][:n], weights[(k+2)*n:][:n], weights[(k+3)*n:][:n]
		s, t, u, v := bias[k], bias[k+1], bias[k+2], bias[k+3]
		for i, x := range values {
			s += float32(x * a[i])
			t += float32(x * b[i])
			u += float32(x * c[i])
			v += float32(x * d[i])
		}
		out[k], out[k+1], out[k+2], out[k+3] = s, t, u, v
	}
	for ; k < len(out); k++ {
		s := bias[k]
		for i, w := range weights[k*n:][:n] {
			s += float32(values[i] * w)
		}
		out[k] = s
	}
}

// newDepthwiseConv returns a convolution of each channel by itself.
func newDepthwiseConv(o *options, n *Network, inputs []int, output int) (operator, error) {
	v, ok := newWindow(o, n, inputs, output)
	if !ok || o.number(3) != 1 || o.small(4) != 0 || v.channels != v.resultChannels || len(n.tensors[inputs[1]].values) != v.filterH*v.filterW*v.channels {
		return nil, unusable("a convolution by channel")
	}
	return func(out tensor, in []tensor) {
		for y := range v.toH {
			for x := range v.toW {
				to := out.values[(y*v.toW+x)*v.channels:][:v.channels]
				copy(to, in[2].values)
				v.weighChannels(to, in[0].values, in[1].values, x*v.strideX-v.left, y*v.strideY-v.top)
			}
		}
	}, nil
}

// weighChannels adds the window with the corner (x, y), weighted.
func (v *window) weighChannels(to, picture, weights []float32, x, y int) {
	for r := max(0, -y); r < min(v.filterH, v.h-y); r++ {
		for c := max(0, -x); c < min(v.filterW, v.w-x); c++ {
			from := picture[((y+r)*v.w+x+c)*v.channels:][:len(to)]
			by := weights[(r*v.filterW+c)*v.channels:][:len(to)]
			for i := range to {
				to[i] += float32(from[i] * by[i])
			}
		}
	}
}
