package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// dune is a hill of sand: a long slope against the wind, a steep one behind, and between them a sharp crest that winds
// down from the summit towards the camera.
type dune struct {
	x, foot    float64 // the summit's column, and the height of its foot: lower is nearer
	tall, wide float64
	wind       float64 // 1: blows to the right
	phase      float64
}

// top is the height of the dune's outline in a column.
func (d *dune) top(x float64) float64 {
	u := float64((x-d.x)*d.wind) / d.wide
	if u > 0 { // sand slides down at one angle
		return d.foot - float64(d.tall*fp.Clamp(1-float64(u*1.7), 0, 1))
	}
	return d.foot - float64(d.tall*fp.Lerp(fp.Clamp(1+u, 0, 1), fp.Smoothstep(-1, 0, u), 0.75))
}

// crest returns how far the column x is behind the crest at the height y, in widths: below 0 on the long slope.
func (d *dune) crest(x, y float64) float64 {
	down := fp.Clamp((y-d.foot+d.tall)/d.tall, 0, 2)
	swing, _ := fp.SinCos(fp.MulAdd(down, 3.6, d.phase))
	return float64((x-d.x)*d.wind)/d.wide - fp.MulAdd(down, 0.16, float64(0.1*swing*down))
}

// field is a row of dunes, with their feet spread below base.
type field struct {
	base, spread, tall, wide float64
	seed                     uint32
}

// at returns the dunes that a column can meet, the nearest first.
func (f *field) at(x, wind float64) [6]dune {
	n := int(math.Floor(x / float64(f.wide*0.8)))
	var out [6]dune
	for k := range out {
		m := n + k - 2
		out[k] = dune{
			x:     float64((float64(m) + fp.Random(m, 1, f.seed)) * float64(f.wide*0.8)),
			foot:  f.base + float64(f.spread*fp.Random(m, 2, f.seed)),
			tall:  float64(f.tall * fp.MulAdd(fp.Random(m, 3, f.seed), 0.65, 0.35)),
			wide:  float64(f.wide * fp.MulAdd(fp.Random(m, 4, f.seed), 0.7, 0.8)),
			wind:  wind,
			phase: float64(6 * fp.Random(m, 5, f.seed)),
		}
		for j := k; j > 0 && out[j].foot > out[j-1].foot; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

// duneShader draws a field of dunes, with light on the slopes that face the sun or the moon and shadow on the others.
// air, which may be nil, adds haze.
func (s *scene) duneShader(f field, air func(rgb) rgb) columnShader {
	wind := 1 - float64(2*float64(s.seed&1))
	sand := s.lit(rgb{236, 186, 120})
	dark := sand.to(s.shadow, fp.MulAdd(s.bright, 0.12, 0.5))
	return func(x float64) func(y float64) (rgb, float64) {
		dunes := f.at(x, wind)
		tops, highest := [len(dunes)]float64{}, math.Inf(1)
		for k := range dunes {
			tops[k] = dunes[k].top(x)
			highest = min(highest, tops[k])
		}
		return func(y float64) (rgb, float64) {
			if y < highest-0.01 {
				return s.low, 0
			}
			c, a := sand, 0.0
			for k := len(dunes) - 1; k >= 0; k-- { // the farthest first
				if y < tops[k]-0.01 {
					continue
				}
				here := s.slope(&dunes[k], x, y, sand, dark)
				if air != nil {
					here = air(here)
				}
				over := silhouette(y, tops[k])
				c, a = c.to(here, over), max(a, over)
			}
			return c, a
		}
	}
}

// slope is the colour of one dune at a point.
func (s *scene) slope(d *dune, x, y float64, sand, dark rgb) rgb {
	behind := fp.Smoothstep(-0.006, 0.006, d.crest(x, y))
	// The slope that faces the light is bright; if the light is right behind the dune, both are half in shade.
	toward := fp.Clamp(float64((s.sunX-d.x)*2*d.wind), -1, 1)
	light := fp.Lerp(fp.MulAdd(toward, -0.3, 0.66), fp.MulAdd(toward, 0.42, 0.5), behind)
	// Low on a slope the sand is lit by all of the sky.
	light = fp.Lerp(light, 0.55, float64(0.5*fp.Smoothstep(0.3, 1.6, (y-d.foot+d.tall)/d.tall)))
	ripple, _ := fp.SinCos(fp.MulAdd(y-d.foot, 300, fp.MulAdd(x, 40, float64(22*fp.FractalNoise(x*2.4, y*5, 3, s.seed+272)))))
	light += float64(float64(0.035*ripple) * (1 - behind))
	c := dark.to(sand, fp.Clamp(light, 0, 1))
	if s.has("moon") && s.hour == "night" {
		c = c.plus(s.sunlight, float64(0.24*fp.Smoothstep(0.4, 1, light)))
	}
	return c.times(fp.MulAdd(light, 0.22, 0.86))
}
