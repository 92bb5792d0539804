package tflite

import "fmt"

// options are an operator's settings in the file.
type options struct {
	*flatbuffer
	table int // the settings' table; 0: none
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
		add:            newAdd,
		averagePool:    newMean,
		concatenation:  newConcatenation,
		conv:           newConv,
		depthwiseConv:  newDepthwiseConv,
		logistic:       newFunction("a logistic function", logisticOf),
		maxPool:        newMaxPool,
		mul:            newMul,
		relu:           newFunction("a function", reluOf),
		reshape:        newReshape,
		resizeBilinear: newResize,
		custom:         newDoubling,
		pad:            newPad,
		hardSwish:      newFunction("a function", hardSwishOf),
	}
}

// unusable is the error of an operator whose tensors or settings are others than the networks of package vision have.
func unusable(name string) error {
	return fmt.Errorf("tflite: %s with these tensors is not known", name)
}

// newAdd returns the sum of two tensors, value by value.
func newAdd(o *options, n *Network, inputs []int, output int) (operator, error) {
	if len(inputs) != 2 || o.small(0) != 0 {
		return nil, unusable("a sum")
	}
	if size := n.tensors[output].size(); n.tensors[inputs[0]].size() != size || n.tensors[inputs[1]].size() != size {
		return nil, unusable("a sum")
	}
	return func(out tensor, in []tensor) {
		to, a, b := out.values, in[0].values, in[1].values
		for i := range to {
			to[i] = a[i] + b[i]
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
