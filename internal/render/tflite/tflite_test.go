package tflite

import (
	"math"
	"os"
	"slices"
	"testing"
)

// networkOf returns a network whose tensors are given, the first its input and the last its output.
func networkOf(tensors ...tensor) *Network {
	return &Network{tensors: tensors, inputs: []int{0}, outputs: []int{len(tensors) - 1}, kernels: newKernels()}
}

// settings returns options without a file: all settings have their defaults but those of a table of one field.
func settings(fields ...byte) *options {
	// A table behind its list of fields: the list's size, the table's, and where each field is.
	list := []byte{byte(4 + 2*len(fields)), 0, 0, 0}
	table := []byte{byte(4 + 2*len(fields)), 0, 0, 0}
	for i, v := range fields {
		list = append(list, byte(4+4*i), 0)
		table = append(table, v, 0, 0, 0)
	}
	return &options{flatbuffer: &flatbuffer{data: append(list, table...)}, table: len(list)}
}

// compute runs an operator on its own.
func compute(t *testing.T, code int, o *options, in []tensor, out tensor) []float32 {
	t.Helper()
	n := networkOf(append(slices.Clone(in), out)...)
	var inputs []int
	for i := range in {
		inputs = append(inputs, i)
	}
	run, err := makers()[code](o, n, inputs, len(in))
	if err != nil {
		t.Fatal(err)
	}
	n.steps = []step{{inputs, len(in), run}}
	result := n.Run(in[0].values)
	return result[0]
}

func constant(shape []int, values ...float32) tensor { return tensor{shape: shape, values: values} }

func TestOperators(t *testing.T) {
	picture := constant([]int{1, 2, 2, 1}, 1, 2, 3, 4)
	for _, c := range []struct {
		name string
		code int
		o    *options
		in   []tensor
		out  []int
		want []float32
	}{
		{"add", add, settings(), []tensor{picture, constant([]int{1, 2, 2, 1}, 10, 20, 30, 40)}, []int{1, 2, 2, 1}, []float32{11, 22, 33, 44}},
		{"relu", relu, settings(), []tensor{constant([]int{1, 1, 1, 3}, -1, 0, 2)}, []int{1, 1, 1, 3}, []float32{0, 0, 2}},
		{"product", mul, settings(), []tensor{picture, constant([]int{1, 2, 2, 1}, 10, 20, 30, 40)}, []int{1, 2, 2, 1}, []float32{10, 40, 90, 160}},
		{"product by channel", mul, settings(), []tensor{constant([]int{1, 1, 2, 2}, 1, 2, 3, 4), constant([]int{1, 1, 1, 2}, 10, 100)}, []int{1, 1, 2, 2}, []float32{10, 200, 30, 400}},
		{"logistic function", logistic, settings(), []tensor{constant([]int{1, 1, 1, 3}, 0, 100, -2)}, []int{1, 1, 1, 3}, []float32{0.5, 1, 0.11920292}},
		{"hard swish", hardSwish, settings(), []tensor{constant([]int{1, 1, 1, 4}, -4, -1, 1, 5)}, []int{1, 1, 1, 4}, []float32{0, -1. / 3, 2. / 3, 5}},
		{"mean", averagePool, settings(1, 2, 2, 2, 2), []tensor{constant([]int{1, 2, 2, 2}, 1, 10, 2, 20, 3, 30, 6, 60)}, []int{1, 1, 1, 2}, []float32{3, 30}},
		{"twice as wide", resizeBilinear, settings(0, 0, 0, 1), []tensor{constant([]int{1, 1, 2, 1}, 0, 4)}, []int{1, 1, 4, 1}, []float32{0, 1, 3, 4}},
		{"doubling", custom, settings(), []tensor{constant([]int{1, 1, 2, 1}, 1, 2), constant([]int{1, 2, 2, 1}, 1, 10, 100, 1000), constant([]int{1}, 0.5)}, []int{1, 2, 4, 1}, []float32{1.5, 10.5, 2.5, 20.5, 100.5, 1000.5, 200.5, 2000.5}},
		{"maximum", maxPool, settings(0, 2, 2, 2, 2), []tensor{picture}, []int{1, 1, 1, 1}, []float32{4}},
		{"more channels", pad, settings(), []tensor{constant([]int{1, 1, 2, 1}, 5, 6), {shape: []int{4, 2}, whole: []int{0, 0, 0, 0, 0, 0, 0, 1}}}, []int{1, 1, 2, 2}, []float32{5, 0, 6, 0}},
		{"concatenation", concatenation, settings(1), []tensor{constant([]int{1, 2, 1}, 1, 2), constant([]int{1, 1, 1}, 3)}, []int{1, 3, 1}, []float32{1, 2, 3}},
		// A window of 1, 2, 3 along a row, with zeros beside the picture.
		{"convolution", conv, settings(0, 1, 1), []tensor{constant([]int{1, 1, 3, 1}, 1, 10, 100), constant([]int{1, 1, 3, 1}, 1, 2, 3), constant([]int{1}, 0.5)}, []int{1, 1, 3, 1}, []float32{32.5, 321.5, 210.5}},
		// Five results of two channels each.
		{"convolution of a pixel", conv, settings(1, 1, 1), []tensor{constant([]int{1, 1, 1, 2}, 3, 5), constant([]int{5, 1, 1, 2}, 1, 0, 0, 1, 1, 1, 2, 0, 0, 2), constant([]int{5}, 0, 0, 0, 0, 1)}, []int{1, 1, 1, 5}, []float32{3, 5, 8, 6, 11}},
		{"every second pixel", conv, settings(1, 2, 1), []tensor{constant([]int{1, 1, 3, 1}, 7, 8, 9), constant([]int{1, 1, 1, 1}, 2), constant([]int{1}, 0)}, []int{1, 1, 2, 1}, []float32{14, 18}},
		{"by channel", depthwiseConv, settings(0, 1, 1, 1), []tensor{constant([]int{1, 1, 2, 2}, 1, 2, 3, 4), constant([]int{1, 1, 3, 2}, 1, 0, 10, 1, 100, 0), constant([]int{2}, 0, 5)}, []int{1, 1, 2, 2}, []float32{310, 7, 31, 9}},
	} {
		got := compute(t, c.code, c.o, c.in, tensor{shape: c.out})
		for i := range c.want {
			if len(got) != len(c.want) || math.Abs(float64(got[i]-c.want[i])) > 1e-5 {
				t.Errorf("%s: %v, wanted %v", c.name, got, c.want)
				break
			}
		}
	}
}

func TestHalf(t *testing.T) {
	for bits, want := range map[uint16]float32{0: 0, 0x3c00: 1, 0xc000: -2, 0x3555: 0.33325195, 1: 5.9604645e-8, 0x7bff: 65504} {
		if got := half(bits); got != want {
			t.Errorf("%#04x is %g, wanted %g", bits, got, want)
		}
	}
}

func TestADamagedFileIsAnError(t *testing.T) {
	file, err := os.ReadFile("../vision/faces.tflite")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := Parse(file); err != nil {
		t.Error(err)
	} else if h, w := n.InputShape(); h != w || h < 128 {
		t.Errorf("the network takes a picture of %d x %d", w, h)
	}
	for cut := 0; cut < len(file); cut += len(file)/37 + 1 {
		if _, err := Parse(file[:cut]); err == nil {
			t.Errorf("the first %d bytes are a network", cut)
		}
	}
	if _, err := Parse([]byte("GIF89a")); err == nil {
		t.Error("a picture is a network")
	}
}

// Every byte of a small file's head is changed: no change may crash Parse or make it take much memory.
func FuzzParse(f *testing.F) {
	file, err := os.ReadFile("../vision/faces.tflite")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(60, byte(0xff))
	f.Add(len(file)-100, byte(1))
	f.Fuzz(func(t *testing.T, at int, value byte) {
		changed := slices.Clone(file)
		if at < 0 || at >= len(changed) {
			return
		}
		changed[at] = value
		if n, err := Parse(changed); err == nil && n == nil {
			t.Error("neither a network nor an error")
		}
	})
}
