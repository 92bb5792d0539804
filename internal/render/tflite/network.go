package tflite

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Network is a network that was read from a file. It is not changed by running, so several goroutines may run it at once.
type Network struct {
	tensors         []tensor
	steps           []step
	inputs, outputs []int
	kernels         kernels
}

// tensor is an array of up to four dimensions (one picture, rows, columns, channels): its shape, and its values if they are
// part of the file.
type tensor struct {
	shape  []int
	values []float32 // of a constant; nil: the tensor is computed
	whole  []int     // of a constant of integers
}

// size returns the number of values.
func (t *tensor) size() int {
	n := 1
	for _, side := range t.shape {
		n *= side
	}
	return n
}

// picture returns the last three dimensions: rows, columns and channels.
func (t *tensor) picture() (h, w, channels int) {
	if n := len(t.shape); n >= 3 {
		return t.shape[n-3], t.shape[n-2], t.shape[n-1]
	}
	return 1, 1, t.size()
}

// step is one operator, with the numbers of the tensors that it reads and writes.
type step struct {
	inputs []int
	output int
	run    operator
}

// operator computes out from the inputs.
type operator func(out tensor, in []tensor)

// maxValues limits a tensor, so that a damaged file can't ask for all memory.
const maxValues = 1 << 24

// Parse reads a network of 32-bit or 16-bit floating-point weights. The error says what is damaged or which operator is not
// known.
func Parse(file []byte) (*Network, error) {
	f := &flatbuffer{data: file}
	model := f.int32(0)
	graphs := f.tables(model, 2)
	if f.err != nil || len(graphs) != 1 {
		return nil, errFile
	}
	graph := graphs[0]
	n := &Network{inputs: f.numbers(graph, 1), outputs: f.numbers(graph, 2), kernels: newKernels()}
	buffers := f.tables(model, 4)
	for _, t := range f.tables(graph, 0) {
		n.tensors = append(n.tensors, f.tensor(t, buffers))
	}
	known := makers()
	for _, o := range f.tables(graph, 3) {
		if err := n.addStep(f, known, model, o); err != nil {
			return nil, err
		}
	}
	if f.err != nil || len(n.inputs) != 1 || !n.has(n.inputs) || !n.has(n.outputs) {
		return nil, errFile
	}
	return n, nil
}

// tensor reads a tensor and, if it is constant, its values.
func (f *flatbuffer) tensor(table int, buffers []int) tensor {
	const float32s, float16s, int32s = 0, 1, 2
	t := tensor{shape: f.numbers(table, 0)}
	for _, side := range t.shape {
		if side < 1 || side > maxValues || t.size() > maxValues {
			f.err = errFile
			return t
		}
	}
	number := f.number(table, 2)
	if number < 0 || number >= len(buffers) {
		f.err = errFile
		return t
	}
	data := f.vector(buffers[number], 0, 1)
	if len(data) == 0 {
		return t
	}
	kind := f.small(table, 1)
	size := 4
	if kind == float16s {
		size = 2
	}
	if kind > int32s || len(data) != size*t.size() {
		f.err = errFile
		return t
	}
	for ; len(data) > 0; data = data[size:] {
		switch kind {
		case float32s:
			t.values = append(t.values, math.Float32frombits(binary.LittleEndian.Uint32(data)))
		case float16s:
			t.values = append(t.values, half(binary.LittleEndian.Uint16(data)))
		case int32s:
			t.whole = append(t.whole, int(int32(binary.LittleEndian.Uint32(data))))
		}
	}
	return t
}

// half converts a floating-point number of 16 bits.
func half(bits uint16) float32 {
	sign, exponent, fraction := uint32(bits>>15)<<31, int(bits>>10&31), float64(bits&1023)
	var v float64
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		v = math.Inf(1) // no network has such a weight
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	return math.Float32frombits(math.Float32bits(float32(v)) | sign)
}

// has reports whether there are tensors of all the numbers.
func (n *Network) has(numbers []int) bool {
	for _, i := range numbers {
		if i < 0 || i >= len(n.tensors) {
			return false
		}
	}
	return len(numbers) > 0
}

// addStep reads an operator. The conversion of constant weights from 16 bits is done here once.
func (n *Network) addStep(f *flatbuffer, known map[int]maker, model, table int) error {
	inputs, outputs := f.numbers(table, 1), f.numbers(table, 2)
	codes := f.tables(model, 1)
	number := f.number(table, 0)
	if f.err != nil || !n.has(inputs) || !n.has(outputs) || len(outputs) != 1 || number < 0 || number >= len(codes) {
		return errFile
	}
	code := max(f.small(codes[number], 0), f.number(codes[number], 3))
	if code == dequantize && n.tensors[inputs[0]].values != nil {
		n.tensors[outputs[0]].values = n.tensors[inputs[0]].values
		return nil
	}
	prepare := known[code]
	if prepare == nil || code == custom && string(f.vector(codes[number], 1, 1)) != "Convolution2DTransposeBias" {
		return fmt.Errorf("tflite: operator %d is not known", code)
	}
	run, err := prepare(&options{flatbuffer: f, table: f.table(table, 4)}, n, inputs, outputs[0])
	if err != nil {
		return err
	}
	n.steps = append(n.steps, step{inputs, outputs[0], run})
	return f.err
}

// InputShape returns the rows and the columns of the picture that the network takes.
func (n *Network) InputShape() (h, w int) {
	h, w, _ = n.tensors[n.inputs[0]].picture()
	return h, w
}

// Run runs the network on a picture: row by row, red, green and blue interleaved, in the range that the network was trained with.
// It returns the outputs in the file's order. It panics if the picture has another size than InputShape.
func (n *Network) Run(picture []float32) [][]float32 {
	all := make([]tensor, len(n.tensors))
	copy(all, n.tensors)
	if len(picture) != all[n.inputs[0]].size() {
		panic("tflite: the picture has another size than the network takes")
	}
	all[n.inputs[0]].values = picture
	for _, s := range n.steps {
		in := make([]tensor, len(s.inputs))
		for i, number := range s.inputs {
			in[i] = all[number]
		}
		out := &all[s.output]
		out.values = make([]float32, out.size())
		s.run(*out, in)
	}
	var out [][]float32
	for _, number := range n.outputs {
		out = append(out, all[number].values)
	}
	return out
}
