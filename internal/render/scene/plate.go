package scene

import (
	"math/rand/v2"
	"strings"

	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
)

// Shows reports whether a prompt names a place or a thing that New draws. An hour or a mood is neither.
func Shows(prompt string) bool {
	s, _ := parseScene(prompt)
	return s.shows()
}

func (s *sceneSpec) shows() bool {
	return s.far != "" && s.far != "none" || s.ground != "" && s.ground != "none" || s.near != "" || s.location != "" || len(s.things)+len(s.particles)+len(s.subjects) > 0
}

// plateTable has the colours of plates: the upper left, the middle, the lower right, and the light.
const plateTable = `
0d1626 1b3250 3b6b8f bcd8ee
1a0d1d 3f1f3c 8a3f5c f4c4d0
0b1c18 1a4034 4a8468 d4f0dc
1e1109 4f2e16 a86a2a ffdca8
10102a 2a2760 6558ac d6d0ff
121418 292e36 59626e e2e8f0
`

// NewPlate draws a plate to write on: soft light in the colours of the hour and the mood that a prompt names, or of its own.
// First it limits the path of t as New does.
func NewPlate(prompt string, seed uint32, t *raster.Take) *raster.Compositor {
	limitPath(t)
	what, _ := parseScene(prompt)
	promptHash := hashOf(prompt)
	s := &scene{sceneSpec: what, seed: fp.Hash(seed, promptHash, 2), take: t, out: &raster.Compositor{}}
	s.rnd = rand.New(rand.NewPCG(uint64(seed), uint64(promptHash)))
	s.graded = !s.plain()
	s.aspect = float64(t.W) / float64(t.H)
	s.sunX = float64(s.aspect * fp.MulAdd(s.rnd.Float64(), 0.5, -0.25))
	s.sunY = fp.MulAdd(s.rnd.Float64(), 0.3, -0.25)
	rows := strings.Split(strings.TrimSpace(plateTable), "\n")
	c := strings.Fields(rows[s.rnd.IntN(len(rows))])
	s.palette = palette{top: hex(c[0]), mid: hex(c[1]), low: hex(c[2]), sunlight: hex(c[3])}
	if s.hour != "" {
		s.palette = paletteOf(s.hour, s.rnd)
		for _, c := range []*rgb{&s.top, &s.mid, &s.low} { // white letters are to be read on it
			*c = c.times(0.7)
		}
	}
	s.addLayer(raster.Layer{Near: raster.Nearness{Base: 0.6}}, 0.7, -2, 2, s.plate().columns())
	return s.out
}

// disc is a light out of focus.
type disc struct{ x, y, radius, strength float64 }

// plate returns the shader of a plate: a gradient with a glow, and lights out of focus towards its sides.
func (s *scene) plate() shader {
	discs := make([]disc, 16)
	for i := range discs {
		discs[i] = disc{
			x: float64(s.aspect * fp.MulAdd(s.rnd.Float64(), 1.7, -0.85)), y: fp.MulAdd(s.rnd.Float64(), 1.5, -0.75),
			radius: fp.MulAdd(s.rnd.Float64(), 0.13, 0.04), strength: fp.MulAdd(s.rnd.Float64(), 0.08, 0.03),
		}
	}
	return func(x, y float64) (rgb, float64) {
		along := fp.Clamp(fp.MulAdd(x/s.aspect, 0.45, float64(y*0.45))+0.5, 0, 1)
		c := s.top.to(s.mid, fp.Smoothstep(0, 0.6, along)).to(s.low, float64(0.55*fp.Smoothstep(0.45, 1.1, along)))
		c = c.to(s.low, float64(0.4*bump(hypot(x-s.sunX, y-s.sunY)/0.9)))
		for _, d := range discs {
			off := hypot(x-d.x, y-d.y) / d.radius
			if off < 1 {
				// A light out of focus is even, with a rim that is a little brighter.
				k := float64(fp.Smoothstep(1, 0.93, off) * fp.MulAdd(fp.Smoothstep(0.6, 0.95, off), 0.35, 0.65))
				c = c.to(s.sunlight, float64(d.strength*k))
			}
		}
		return c, 1
	}
}
