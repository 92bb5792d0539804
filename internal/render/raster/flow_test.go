package raster

import (
	"math"
	"testing"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// shifted returns a soft pattern, moved by parts of a frame height.
func shifted(dx, dy float64, seed uint32) *Frame {
	f := NewFrame(160, 96)
	for y := range 96 {
		for x := range 160 {
			f.Y[y*160+x] = byte(30 + 190*fp.FractalNoise(float64(x)/22-dx*96/22, float64(y)/22-dy*96/22, 2, seed))
		}
	}
	for i := range f.U {
		f.U[i], f.V[i] = 128, 128
	}
	return f
}

func TestFlowFindsTheShift(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]float64{{0, 0}, {0.05, 0}, {-0.08, 0.03}, {0, -0.06}, {0.1, 0.1}} {
		f := shifted(0, 0, 3).FlowTo(shifted(c[0], c[1], 3))
		sx, sy, n := 0.0, 0.0, 0.0
		for _, x := range []float64{-0.4, 0, 0.4} {
			for _, y := range []float64{-0.2, 0, 0.2} {
				sx, sy, n = sx+f.x.at(x, y), sy+f.y.at(x, y), n+1
			}
		}
		if d := math.Hypot(sx/n-c[0], sy/n-c[1]); d > 0.015 {
			t.Errorf("a shift of %v is found as %.3f, %.3f", c, sx/n, sy/n)
		}
	}
}

func TestUnrelatedFramesHaveNoFlowBetweenThem(t *testing.T) {
	same, sameBack := FlowsBetween(shifted(0, 0, 3), shifted(0.08, 0, 3))
	blocks := func(seed uint32) *Frame {
		f := evenFrame(160, 96, 0, 128, 128)
		for i := range f.Y {
			f.Y[i] = byte(16 + fp.Hash(uint32(i%160/4), uint32(i/160/4), seed)%220)
		}
		return f
	}
	unrelated, unrelatedBack := FlowsBetween(blocks(1), blocks(2))
	soft, softBack := FlowsBetween(shifted(0, 0, 3), shifted(0, 0, 4))
	size := func(f *Flow) float64 {
		sum := 0.0
		for i := range f.x.values {
			sum += math.Hypot(f.x.values[i], f.y.values[i])
		}
		return sum / float64(len(f.x.values))
	}
	for name, f := range map[string]*Flow{"blocks": unrelated, "blocks, back": unrelatedBack, "soft": soft, "soft, back": softBack} {
		if size(f) > 0.002 {
			t.Errorf("%s: the flow of unrelated pictures is %.4f frame heights in the mean", name, size(f))
		}
	}
	if size(same) < 0.05 || size(sameBack) < 0.05 {
		t.Errorf("the flow of a picture shifted by 0.08 is %.4f and back %.4f", size(same), size(sameBack))
	}
}

func TestSourceReversesTheFlow(t *testing.T) {
	f := shifted(0, 0, 3).FlowTo(shifted(0.08, 0.04, 3))
	for _, k := range []float64{0, 0.5, 1} {
		for _, at := range [][2]float64{{0, 0}, {-0.3, 0.2}, {0.5, -0.3}} {
			x, y := f.Source(at[0], at[1], k)
			if d := math.Hypot(x+k*f.x.at(x, y)-at[0], y+k*f.y.at(x, y)-at[1]); d > 0.002 {
				t.Errorf("the source of %v at share %v moves to a point %.4f away", at, k, d)
			}
		}
	}
}

// turned returns a soft pattern, enlarged and turned.
func turned(grow, turn float64) *Frame {
	f := NewFrame(160, 96)
	for y := range 96 {
		for x := range 160 {
			u, v := (float64(x)-80)/96/(1+grow), (float64(y)-48)/96/(1+grow)
			sin, cos := math.Sincos(-turn)
			u, v = u*cos-v*sin, u*sin+v*cos
			f.Y[y*160+x] = byte(30 + 190*fp.FractalNoise(u*4.4+5, v*4.4+5, 2, 3))
		}
	}
	for i := range f.U {
		f.U[i], f.V[i] = 128, 128
	}
	return f
}

func TestFlowFindsGrowthAndTurn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ grow, turn float64 }{{0.1, 0}, {-0.08, 0}, {0, 0.1}, {0, -0.12}, {0.08, 0.06}} {
		dx, dy, grow, turn := meanMotion(turned(0, 0), turned(c.grow, c.turn))
		if math.Abs(grow-c.grow) > 0.025 || math.Abs(turn-c.turn) > 0.025 || math.Hypot(dx, dy) > 0.01 {
			t.Errorf("growth %g and turn %g are found as %.3f and %.3f, and a shift of %.3f, %.3f", c.grow, c.turn, grow, turn, dx, dy)
		}
	}
}

func TestForwardAndBackwardFlowCancelOut(t *testing.T) {
	a, b := shifted(0, 0, 3), shifted(0.06, -0.03, 3)
	forward, back := a.FlowTo(b), b.FlowTo(a)
	for _, at := range [][2]float64{{0, 0}, {-0.3, 0.1}, {0.4, -0.2}} {
		x, y := at[0]+forward.x.at(at[0], at[1]), at[1]+forward.y.at(at[0], at[1])
		if d := math.Hypot(x+back.x.at(x, y)-at[0], y+back.y.at(x, y)-at[1]); d > 0.02 {
			t.Errorf("from %v forward and back ends %.3f away", at, d)
		}
	}
}

func TestFlatPicturesHaveNoFlow(t *testing.T) {
	f := evenFrame(160, 96, 100, 128, 128).FlowTo(evenFrame(160, 96, 180, 128, 128))
	for i := range f.x.values {
		if math.Abs(f.x.values[i])+math.Abs(f.y.values[i]) > 1e-6 {
			t.Fatalf("point %d flows by %g, %g", i, f.x.values[i], f.y.values[i])
		}
	}
}

// meanMotion returns how a frame's middle moves, grows and turns on average, as the flow measures it.
func meanMotion(a, b *Frame) (dx, dy, grow, turn float64) {
	f, n := a.FlowTo(b), 0.0
	for _, y := range []float64{-0.25, -0.1, 0.1, 0.25} {
		for _, x := range []float64{-0.4, -0.2, 0.2, 0.4} {
			u, v := f.x.at(x, y), f.y.at(x, y)
			r := x*x + y*y
			dx, dy, grow, turn, n = dx+u, dy+v, grow+(u*x+v*y)/r, turn+(x*v-y*u)/r, n+1
		}
	}
	return dx / n, dy / n, grow / n, turn / n
}

// evenFrame returns a frame of one colour.
func evenFrame(w, h int, y, u, v byte) *Frame {
	f := NewFrame(w, h)
	for i := range f.Y {
		f.Y[i] = y
	}
	for i := range f.U {
		f.U[i], f.V[i] = u, v
	}
	return f
}
