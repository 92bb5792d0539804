package vision

import (
	_ "embed"

	"github.com/filmgate/filmgate/internal/render/tflite"
)

//go:embed people.tflite
var peopleNetwork []byte

// Mask says how much of each part of a picture is in front, 0 to 1: rows of W parts over the whole picture.
type Mask struct {
	W, H  int
	Parts []float32
}

// Rules of what is a person.
const (
	leastPerson = 0.04  // share of the picture that people cover at least
	mostPerson  = 0.8   // and at most
	unsure      = 0.13  // parts of which the network is not sure, against those of people, at most
	speck       = 0.012 // share of the picture up to which a hole in a person, or a part beside one, is an error
	atFoot      = 0.1   // share of the lower edge that people cut by it cover at least
)

// Foreground returns where the people of the picture are who are cut by its lower edge, with a soft rim round them, by MediaPipe's
// selfie segmentation (Apache-2.0). ok is false if there are none, or if the network is not sure. People who stand on the ground that the
// picture shows are no foreground, because their feet belong to it.
func (p *Picture) Foreground() (m Mask, ok bool) {
	network, err := tflite.Parse(peopleNetwork)
	if err != nil {
		panic(err) // the network is part of the program
	}
	h, w := network.InputShape()
	m = Mask{w, h, network.Run(p.cut(0, 0, p.w, p.h, w, h, 0, 1))[0]}
	sure, between := 0, 0
	for _, v := range m.Parts {
		if v > 0.5 {
			sure++
		}
		if v > 0.1 && v < 0.9 {
			between++
		}
	}
	share := float64(sure) / float64(w*h)
	if share < leastPerson || share > mostPerson || float64(between) > float64(unsure*float64(sure)) {
		return Mask{}, false
	}
	m.solid()
	foot := 0
	for _, v := range m.Parts[(h-1)*w:] {
		foot += int(v)
	}
	if float64(foot) < float64(atFoot*float64(w)) {
		return Mask{}, false
	}
	m.widen(w / 42)
	for range 3 {
		m.soften()
	}
	return m, true
}

// solid makes each part 0 or 1, without specks.
func (m *Mask) solid() {
	for i, v := range m.Parts {
		m.Parts[i] = 0
		if v > 0.5 {
			m.Parts[i] = 1
		}
	}
	seen := make([]bool, len(m.Parts))
	for i := range m.Parts {
		if seen[i] {
			continue
		}
		area := m.area(i, seen)
		if float64(len(area)) < float64(speck*float64(len(m.Parts))) {
			for _, k := range area {
				m.Parts[k] = 1 - m.Parts[k]
			}
		}
	}
}

// area returns the parts that hang together with a part and are as it is, and marks them.
func (m *Mask) area(first int, seen []bool) []int {
	out := []int{first}
	seen[first] = true
	for n := 0; n < len(out); n++ {
		x, y := out[n]%m.W, out[n]/m.W
		for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			u, v := x+d[0], y+d[1]
			if k := v*m.W + u; u >= 0 && v >= 0 && u < m.W && v < m.H && !seen[k] && m.Parts[k] == m.Parts[first] {
				seen[k] = true
				out = append(out, k)
			}
		}
	}
	return out
}

// widen makes the foreground wider by n parts on all sides.
func (m *Mask) widen(n int) {
	for range n {
		m.each(func(v, a, b, c, d float32) float32 { return max(v, a, b, c, d) })
	}
}

// soften averages each part with its neighbours. What was whole in a wide part stays whole.
func (m *Mask) soften() {
	m.each(func(v, a, b, c, d float32) float32 { return (4*v + a + b + c + d) / 8 })
}

// each replaces each part by what of returns for it and its four neighbours.
func (m *Mask) each(of func(v, left, right, up, down float32) float32) {
	out := make([]float32, len(m.Parts))
	at := func(x, y int) float32 { return m.Parts[max(0, min(m.H-1, y))*m.W+max(0, min(m.W-1, x))] }
	for y := range m.H {
		for x := range m.W {
			out[y*m.W+x] = of(at(x, y), at(x-1, y), at(x+1, y), at(x, y-1), at(x, y+1))
		}
	}
	m.Parts = out
}
