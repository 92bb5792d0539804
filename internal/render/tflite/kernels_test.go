package tflite

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// random returns n values from -1 to 1.
func random(rnd *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = 2*rnd.Float32() - 1
	}
	return out
}

func TestKernelsGiveTheSameBitsOnAllMachines(t *testing.T) {
	rnd, fast, plain := rand.New(rand.NewPCG(1, 2)), newKernels(), plainKernels()
	for _, n := range []int{1, 2, 7, 8, 24, 75} {
		values, group := random(rnd, pixels*n), random(rnd, (n+1)*lanes)
		var got, want [pixels][lanes]float32
		fast.weigh(&got, values, group)
		plain.weigh(&want, values, group)
		if got != want {
			t.Errorf("sums of %d values: %v, in plain Go %v", n, got, want)
		}
		to, from, by := random(rnd, n), random(rnd, n), random(rnd, n)
		same := slices.Clone(to)
		fast.addProducts(to, from, by)
		plain.addProducts(same, from, by)
		if !slices.Equal(to, same) {
			t.Errorf("products of %d values: %v, in plain Go %v", n, to, same)
		}
	}
}

// A convolution computes several pixels and results at once, and any number of them is right.
func TestConvolutionsOfAnySize(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct{ h, w, channels, results, filter, stride int }{
		{1, 1, 3, 2, 1, 1}, {1, 3, 2, 9, 1, 1}, {2, 2, 1, 8, 1, 1}, {3, 5, 4, 17, 1, 1}, {3, 3, 2, 3, 3, 1}, {5, 6, 3, 10, 3, 2}, {4, 4, 3, 6, 1, 2},
	} {
		toH, toW := (c.h-1)/c.stride+1, (c.w-1)/c.stride+1
		in, weights, bias := random(rnd, c.h*c.w*c.channels), random(rnd, c.results*c.filter*c.filter*c.channels), random(rnd, c.results)
		got := compute(t, conv, settings(0, byte(c.stride), byte(c.stride)),
			[]tensor{constant([]int{1, c.h, c.w, c.channels}, in...), constant([]int{c.results, c.filter, c.filter, c.channels}, weights...), constant([]int{c.results}, bias...)},
			tensor{shape: []int{1, toH, toW, c.results}})
		top, left := max(0, (toH-1)*c.stride+c.filter-c.h)/2, max(0, (toW-1)*c.stride+c.filter-c.w)/2
		for i := range got {
			y, x, k := i/c.results/toW, i/c.results%toW, i%c.results
			want := bias[k]
			for j := range c.filter * c.filter * c.channels {
				v, u := y*c.stride-top+j/c.channels/c.filter, x*c.stride-left+j/c.channels%c.filter
				if v >= 0 && v < c.h && u >= 0 && u < c.w {
					want += float32(in[(v*c.w+u)*c.channels+j%c.channels] * weights[k*c.filter*c.filter*c.channels+j])
				}
			}
			if got[i] != want {
				t.Fatalf("%+v: result %d of pixel %d, %d is %v, wanted %v", c, k, x, y, got[i], want)
			}
		}
	}
}
