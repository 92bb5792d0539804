package tflite

import (
	"fmt"
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// options are an operator's settings in the file.
type options struct {
	*flatbuffer
	table  int    // the settings' table; 0: none
	code   []byte // the name of a custom operator
	custom []byte // its settings
}

func (o *options) number(n int) int {
	if o.table == 0 {
		return 0
	}
	return o.flatbuffer.number(o.table, n)
}

func (o *options) small(n int) int {
	if o.table == 0 {
		return 0
	}
	return o.flatbuffer.small(o.table, n)
}

// The numbers of the operators in a file.
const (
	add            = 0
	averagePool    = 1
	concatenation  = 2
	conv           = 3
	depthwiseConv  = 4
	dequantize     = 6
	logistic       = 14
	maxPool        = 17
	mul            = 18
	relu           = 19
	reshape        = 22
	resizeBilinear = 23
	custom         = 32
	pad            = 34
	hardSwish      = 117
)

// maker checks the tensors of an operator and returns it. What it returns may rely on their shapes.
type maker func(o *options, n *Network, inputs []int, output int) (operator, error)

// makers returns the maker of each operator that is known.
func makers() map[int]maker {
	return map[int]maker{
		add:            pairwise(func(a, b float32) float32 { return a + b }),
		mul:            pairwise(func(a, b float32) float32 { return a * b }),
		relu:           each(func(x float32) float32 { return max(0, x) }),
		logistic:       each(sigmoid),
		hardSwish:      each(func(x float32) float32 { return float32(x*max(0, min(6, x+3))) / 6 }),
		averagePool:    newAveragePool,
		concatenation:  newConcatenation,
		conv:           newConv,
		depthwiseConv:  newDepthwiseConv,
		maxPool:        newMaxPool,
		reshape:        newReshape,
		resizeBilinear: newResize,
		custom:         newTransposedConv,
		pad:            newPad,
	}
}

// sigmoid is the logistic function.
func sigmoid(x float32) float32 {
	return float32(1 / (1 + fp.Exp(fp.Clamp(-float64(x), -30, 30))))
}

// unusable is the error of an operator whose tensors or settings are others than the networks of package vision have.
func unusable(name string) error {
	return fmt.Errorf("tflite: %s with these tensors is not known", name)
}

// each returns the operator that changes every value by itself.
func each(change func(float32) float32) maker {
	return func(_ *options, n *Network, inputs []int, output int) (operator, error) {
		if n.tensors[inputs[0]].size() != n.tensors[output].size() {
			return nil, unusable("a function")
		}
		return func(out tensor, in []tensor) {
			for i, v := range in[0].values {
				out.values[i] = change(v)
			}
		}, nil
	}
}

// pairwise returns the operator that joins two tensors value by value. The second may have one pixel, for all of the first's.
func pairwise(join func(a, b float32) float32) maker {
	return func(o *options, n *Network, inputs []int, output int) (operator, error) {
		if len(inputs) != 2 || o.small(0) != 0 {
			return nil, unusable("a sum or product")
		}
		a, b := n.tensors[inputs[0]].size(), n.tensors[inputs[1]].size()
		_, _, channels := n.tensors[output].picture()
		if a != n.tensors[output].size() || b != a && b != channels {
			return nil, unusable("a sum or product")
		}
		return func(out tensor, in []tensor) {
			for first := 0; first < a; first += b {
				row, to := in[0].values[first:first+b], out.values[first:first+b]
				for i, v := range in[1].values[:b] {
					to[i] = join(row[i], v)
				}
			}
		}, nil
	}
}

// newAveragePool returns the mean of each channel. Other windows than the whole picture are not known.
func newAveragePool(o *options, n *Network, inputs []int, output int) (operator, error) {
	h, w, channels := n.tensors[inputs[0]].picture()
	if o.number(3) != w || o.number(4) != h || o.small(5) != 0 || n.tensors[output].size() != channels {
		return nil, unusable("a mean")
	}
	return func(out tensor, in []tensor) {
		for i, v := range in[0].values {
			out.values[i%channels] += v
		}
		for i := range out.values {
			out.values[i] /= float32(w * h)
		}
	}, nil
}

// newMaxPool returns the largest of each two by two values.
func newMaxPool(o *options, n *Network, inputs []int, output int) (operator, error) {
	h, w, channels := n.tensors[inputs[0]].picture()
	toH, toW, toChannels := n.tensors[output].picture()
	if o.number(1) != 2 || o.number(2) != 2 || o.number(3) != 2 || o.number(4) != 2 || h != 2*toH || w != 2*toW || channels != toChannels {
		return nil, unusable("a maximum")
	}
	return func(out tensor, in []tensor) {
		v := in[0].values
		for i := range out.values {
			c, x, y := i%channels, i/channels%toW, i/channels/toW
			at := (2*y*w+2*x)*channels + c
			out.values[i] = max(v[at], v[at+channels], v[at+w*channels], v[at+(w+1)*channels])
		}
	}, nil
}

func newReshape(_ *options, n *Network, inputs []int, output int) (operator, error) {
	if n.tensors[inputs[0]].size() != n.tensors[output].size() {
		return nil, unusable("a new shape")
	}
	return func(out tensor, in []tensor) { copy(out.values, in[0].values) }, nil
}

// newConcatenation puts tensors one after another. Only the first dimension but one is known.
func newConcatenation(o *options, n *Network, inputs []int, output int) (operator, error) {
	sum := 0
	for _, i := range inputs {
		sum += n.tensors[i].size()
	}
	if o.number(0) != 1 || len(n.tensors[output].shape) == 0 || n.tensors[output].shape[0] != 1 || sum != n.tensors[output].size() {
		return nil, unusable("a concatenation")
	}
	return func(out tensor, in []tensor) {
		to := out.values
		for _, t := range in {
			to = to[copy(to, t.values):]
		}
	}, nil
}

// newPad adds channels of zeros.
func newPad(_ *options, n *Network, inputs []int, output int) (operator, error) {
	h, w, channels := n.tensors[inputs[0]].picture()
	toH, toW, more := n.tensors[output].picture()
	pads := n.tensors[inputs[len(inputs)-1]].whole
	if len(pads) != 8 || pads[6] != 0 || h != toH || w != toW || more < channels {
		return nil, unusable("padding")
	}
	return func(out tensor, in []tensor) {
		for i := range h * w {
			copy(out.values[i*more:], in[0].values[i*channels:(i+1)*channels])
		}
	}, nil
}

// newResize enlarges a picture, linear between the middles of its pixels.
func newResize(o *options, n *Network, inputs []int, output int) (operator, error) {
	h, w, channels := n.tensors[inputs[0]].picture()
	toH, toW, toChannels := n.tensors[output].picture()
	if o.small(2) != 0 || o.small(3) != 1 || channels != toChannels {
		return nil, unusable("a resize")
	}
	return func(out tensor, in []tensor) {
		across, down := between(w, toW), between(h, toH)
		to := out.values
		for _, v := range down {
			up, low := in[0].values[v.first*w*channels:], in[0].values[v.second*w*channels:]
			for _, u := range across {
				for c := range channels {
					a, b := up[u.first*channels+c], up[u.second*channels+c]
					d, e := low[u.first*channels+c], low[u.second*channels+c]
					top, bottom := a+float32((b-a)*u.part), d+float32((e-d)*u.part)
					to[c] = top + float32((bottom-top)*v.part)
				}
				to = to[channels:]
			}
		}
	}, nil
}

// neighbours are the two samples round a place, and the share of the second.
type neighbours struct {
	first, second int
	part          float32
}

// between returns the neighbours of the samples of a row that is resized from n to m.
func between(n, m int) []neighbours {
	out := make([]neighbours, m)
	for i := range out {
		at := max(0, fp.MulAdd(float64(i)+0.5, float64(n)/float64(m), -0.5))
		first := min(n-1, int(math.Floor(at)))
		out[i] = neighbours{first, min(n-1, first+1), float32(at - float64(first))}
	}
	return out
}
