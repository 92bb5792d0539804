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
	c := convolution{v, n.kernels, groups(n.tensors[inputs[1]].values, n.tensors[inputs[2]].values)}
	return func(out tensor, in []tensor) { c.run(out.values, in[0].values) }, nil
}

// convolution computes results of several pixels at once.
type convolution struct {
	window
	kernels kernels
	groups  [][]float32 // of weights
}

// run computes all results. The last pixels may be computed twice, so that there are always as many as a kernel takes.
func (c *convolution) run(out, picture []float32) {
	size, count := c.filterH*c.filterW*c.channels, c.toH*c.toW
	windows := make([]float32, pixels*size)
	for first := 0; first < count; first += pixels {
		first = max(0, min(first, count-pixels))
		seen := windows
		if size == c.channels && count == c.h*c.w && count >= pixels {
			seen = picture[first*size:][:pixels*size] // the windows are the pixels
		} else {
			for p := range min(pixels, count) {
				x, y := (first+p)%c.toW, (first+p)/c.toW
				c.gather(windows[p*size:][:size], picture, x*c.strideX-c.left, y*c.strideY-c.top)
			}
		}
		c.weigh(out[first*c.resultChannels:], seen, min(pixels, count))
	}
}

// weigh computes the results of a few pixels from their windows.
func (c *convolution) weigh(out, windows []float32, count int) {
	var sums [pixels][lanes]float32
	for g, group := range c.groups {
		c.kernels.weigh(&sums, windows, group)
		for p := range count {
			copy(out[p*c.resultChannels:][:c.resultChannels][g*lanes:], sums[p][:])
		}
	}
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
				v.weighChannels(n.kernels, to, in[0].values, in[1].values, x*v.strideX-v.left, y*v.strideY-v.top)
			}
		}
	}, nil
}

// weighChannels adds the window with the corner (x, y), weighted.
func (v *window) weighChannels(k kernels, to, picture, weights []float32, x, y int) {
	for r := max(0, -y); r < min(v.filterH, v.h-y); r++ {
		for c := max(0, -x); c < min(v.filterW, v.w-x); c++ {
			from := picture[((y+r)*v.w+x+c)*v.channels:][:len(to)]
			by := weights[(r*v.filterW+c)*v.channels:][:len(to)]
			k.addProducts(to, from, by)
		}
	}
}
