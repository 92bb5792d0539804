package scene

import (
	"math"

	"github.com/filmgate/filmgate/internal/render/fp"
)

// land draws level ground from the horizon to below the frame.
func (s *scene) land() shader {
	paint, high := s.groundPaint(), s.altitude()
	return func(px, py float64) (rgb, float64) {
		down := max(py-s.horizon, 0.0012)
		// The point of the ground: to the right, and ahead.
		x, z := float64(px/down*0.3*high), float64(0.3/down*high)
		c := paint(x, z, down, [2]float64{px, py})
		haze := 0.62 * fp.Smoothstep(0.11, 0, down)
		if s.ground == "table" {
			haze = 0
		}
		far := s.low.to(s.mid, 0.2)
		if s.hour == "deep" {
			far = s.mid
		}
		return c.to(far, haze), fp.Smoothstep(s.horizon-0.002, s.horizon+0.001, py)
	}
}

// groundPaint returns the painter of the ground: its colour at a point to the right and ahead, which the frame shows so far below the
// horizon, at a point of the frame.
func (s *scene) groundPaint() func(x, z, down float64, at [2]float64) rgb {
	return map[string]func(x, z, down float64, at [2]float64) rgb{
		"sea": s.sea, "lake": s.lake, "beach": s.beach, "river": s.river, "dunes": s.sand, "savanna": s.savanna,
		"meadow": s.grass, "wheat": s.wheat, "flowers": s.blossom, "snowfield": s.snowfield, "ice": s.ice, "lava": s.lava,
		"road": s.road, "street": s.street, "table": s.table, "seabed": s.seabed,
		"canopy": s.canopy, "blocks": s.blocks, "ridges": s.ridges,
	}[s.ground]
}

// lit returns a colour in the light of the hour.
func (s *scene) lit(c rgb) rgb {
	tone := rgb{float64(c.r*s.sunlight.r) / 255, float64(c.g*s.sunlight.g) / 255, float64(c.b*s.sunlight.b) / 255}
	if s.hour == "night" && !s.inside {
		// In the dark eyes see little colour, and see it as blue.
		grey := fp.MulAdd(tone.r, 0.3, fp.MulAdd(tone.g, 0.6, float64(tone.b*0.1)))
		tone = tone.to(rgb{float64(grey * 0.72), float64(grey * 0.9), float64(grey * 1.35)}, 0.6)
	}
	return s.shadow.to(tone, fp.MulAdd(s.bright, 0.82, 0.06)).to(tone.to(s.mid, 0.4), 0.2*(1-s.bright))
}

// detail returns noise for the ground. It fades out where it would be too fine for the frame.
func detail(x, z, size float64, octaves int, seed uint32) float64 {
	fade := fp.Smoothstep(40, 8, float64(z/size*0.12))
	if fade == 0 {
		return 0.5
	}
	return fp.MulAdd(fp.FractalNoise(x/size, z/size*0.9, octaves, seed)-0.5, fade, 0.5)
}

// mirror returns the sky as still water reflects it: the colours above the horizon, upside down.
func (s *scene) mirror(at [2]float64, down float64) rgb {
	if s.frame == frameTop { // the sky overhead
		return s.top.to(s.mid, 0.35)
	}
	c := s.gradient(at[0], s.horizon-float64(down*1.1))
	if s.has("aurora") {
		c = s.aurora(at[0], s.horizon-float64(down*1.1), c)
	}
	if s.has("milkyway") {
		c = s.milkyWay(at[0], s.horizon-float64(down*1.1), c)
	}
	return c
}

func (s *scene) water(x, z, down float64, at [2]float64, rough float64) rgb {
	wave := fp.FractalNoise(x*2.2, z*5, 4, s.seed+100)
	small := fp.FractalNoise(x*9, z*14, 3, s.seed+101)
	tilt := float64(fp.MulAdd(wave-0.5, 1, float64(0.6*(small-0.5))) * rough)
	fade := fp.Smoothstep(0, 0.05, down)
	c := s.mirror([2]float64{at[0], at[1]}, max(0.001, down+float64(float64(0.35*tilt)*fade)))
	deep := s.lit(rgb{16, 62, 86}).to(s.top, 0.35)
	c = c.to(deep, float64(fp.Smoothstep(0.02, 0.5, down)*0.62)+float64(float64(0.2*fade)*fp.Clamp(float64(tilt*2), -1, 1)))
	// The reflection of sun or moon.
	if s.has("sun") || s.has("moon") {
		width := fp.MulAdd(down, 0.5, 0.03)
		glint := fp.Smoothstep(0.52, 0.72, fp.MulAdd(small, 0.6, float64(wave*0.4))) + 0.3
		k := bump((at[0]-s.sunX)/float64(width*2)) * glint
		c = c.to(s.sunlight, fp.Clamp(k*fp.MulAdd(fade, -0.15, 0.75), 0, 1))
	}
	return c.plus(s.sunlight, float64(0.16*rough)*float64(fp.Smoothstep(0.68, 0.85, wave)*fade)*s.bright)
}

func (s *scene) sea(x, z, down float64, at [2]float64) rgb {
	c := s.water(x, z, down, at, 1)
	foam := fp.RidgedNoise(x*1.3, z*3.2, 4, s.seed+102)
	return c.to(s.lit(rgb{235, 242, 245}), float64(0.7*fp.Smoothstep(0.8, 0.95, foam))*fp.Smoothstep(0.02, 0.2, down))
}

func (s *scene) lake(x, z, down float64, at [2]float64) rgb { return s.water(x, z, down, at, 0.3) }

func (s *scene) beach(x, z, down float64, at [2]float64) rgb {
	shore := 0.2 + float64(0.14*(fp.FractalNoise(x*0.8, 2, 3, s.seed+103)-0.5)) - float64(at[0]*0.05)
	wet := fp.Smoothstep(shore+0.06, shore+0.02, down)
	c := s.sand(x, z, down, at).to(s.lit(rgb{150, 118, 84}), float64(wet*0.7))
	edge := float64(fp.FractalNoise(float64(x*6), float64(z*6), 3, s.seed+104)*0.03) - 0.015
	c = c.to(s.water(x, z, down, at, 0.8), fp.Smoothstep(shore+0.008, shore-0.006, down+edge))
	for i := range 3 {
		line := shore - float64(float64(i)*0.035) + edge
		c = c.to(s.lit(rgb{240, 246, 246}), float64(0.85*bump((down-line)/(0.007+float64(float64(i)*0.002)))))
	}
	return c
}

func (s *scene) river(x, z, down float64, at [2]float64) rgb {
	bend, _ := fp.SinCos(fp.MulAdd(z, 0.55, float64(s.seed&7)))
	bend *= 0.5 + float64(0.2*z)
	d := math.Abs(x-float64(bend*0.7)) - 0.55
	bank := fp.MulAdd(fp.FractalNoise(x*4, z*3, 3, s.seed+105)-0.5, 0.25, d)
	wet := fp.Smoothstep(0.04, -0.02, bank)
	if wet == 1 {
		return s.water(x, z, down, at, 0.45)
	}
	bankPaint := s.grass
	if s.isHigh() && s.far == "forest" {
		bankPaint = s.canopy
	}
	c := bankPaint(x, z, down, at).to(s.lit(rgb{126, 108, 84}), fp.Smoothstep(0.2, 0.05, bank))
	if wet == 0 {
		return c
	}
	return c.to(s.water(x, z, down, at, 0.45), wet)
}

func (s *scene) sand(x, z, down float64, _ [2]float64) rgb {
	swell := detail(x, z*1.6, 2.2, 3, s.seed+106)
	ripple, _ := fp.SinCos(fp.MulAdd(z, 34, fp.MulAdd(x, 9, float64(14*swell))))
	fine := detail(x, z, 0.04, 2, s.seed+107)
	k := 0.78 + float64(0.5*(swell-0.5)) + float64(0.07*ripple*fp.Smoothstep(0.08, 0.3, down)) + float64(0.1*(fine-0.5))
	c := s.lit(rgb{226, 178, 118}).times(k).to(s.shadow, float64(0.3*fp.Smoothstep(0.5, 0.3, swell)))
	if s.has("moon") && s.hour == "night" {
		c = c.plus(s.sunlight, float64(0.14*fp.Smoothstep(0.6, 1.1, k)))
	}
	return c
}

func (s *scene) turf(x, z float64, dark, pale rgb) rgb {
	if s.has("snowcover") {
		dark, pale = rgb{176, 196, 226}, rgb{250, 252, 255}
	}
	patch := detail(x, z, 1.3, 4, s.seed+108)
	blade := detail(x*3, z, 0.08, 3, s.seed+109)
	return s.lit(dark.to(pale, fp.Clamp(fp.MulAdd(blade-0.5, 1.5, patch), 0, 1)))
}

func (s *scene) grass(x, z, _ float64, _ [2]float64) rgb {
	return s.turf(x, z, rgb{40, 82, 30}, rgb{134, 168, 62})
}

func (s *scene) savanna(x, z, _ float64, _ [2]float64) rgb {
	return s.turf(x, z, rgb{128, 92, 40}, rgb{222, 182, 92})
}

func (s *scene) wheat(x, z, _ float64, _ [2]float64) rgb {
	row, _ := fp.SinCos(x * 22)
	return s.turf(x, z, rgb{170, 118, 40}, rgb{244, 206, 104}).times(fp.MulAdd(row, 0.08, 0.96))
}

func (s *scene) blossom(x, z, down float64, at [2]float64) rgb {
	c := s.grass(x, z, down, at)
	row := fp.Smoothstep(0.3, 0.6, fp.Noise(x*1.1, 4, s.seed+110))
	for i, hue := range []rgb{{222, 60, 110}, {246, 196, 60}, {150, 90, 214}} {
		size := 0.05 + float64(0.02*float64(i))
		n := fp.Noise(x/size, z/size*0.8, s.seed+111+uint32(i))
		c = c.to(s.lit(hue).times(1.1), float64(fp.Smoothstep(0.62, 0.72, n)*fp.MulAdd(row, 0.5, 0.5)))
	}
	return c
}

func (s *scene) snowfield(x, z, _ float64, _ [2]float64) rgb {
	n := detail(x, z, 1.8, 5, s.seed+114)
	glint := fp.Smoothstep(0.78, 0.9, detail(x, z, 0.02, 1, s.seed+115))
	return s.lit(rgb{188, 206, 232}).to(s.lit(rgb{250, 251, 255}), fp.Smoothstep(0.3, 0.65, n)).plus(s.sunlight, 0.3*glint*s.bright)
}

func (s *scene) ice(x, z, down float64, at [2]float64) rgb {
	c := s.lit(rgb{150, 196, 224}).to(s.mirror(at, down), 0.45)
	crack := math.Abs(fp.FractalNoise(x*0.9, z*0.9, 5, s.seed+116) - 0.5)
	crack2 := math.Abs(fp.FractalNoise(x*2.4, z*2.4, 4, s.seed+117) - 0.5)
	c = c.to(s.lit(rgb{232, 246, 255}), float64(0.9*fp.Smoothstep(0.02, 0.002, crack))+float64(0.5*fp.Smoothstep(0.02, 0.002, crack2)))
	return c.to(s.lit(rgb{246, 250, 255}), float64(0.7*fp.Smoothstep(0.55, 0.7, detail(x, z, 1.5, 4, s.seed+118))))
}

// lava draws a dark crust that glows where it breaks.
func (s *scene) lava(x, z, _ float64, _ [2]float64) rgb {
	bend := fp.FractalNoise(x*1.4, z*1.4, 3, s.seed+120)
	n := math.Abs(fp.FractalNoise(fp.MulAdd(bend, 1.2, x*1.1), fp.MulAdd(bend, 1.2, z*1.3), 5, s.seed+121) - 0.5)
	rock := detail(x, z, 0.14, 4, s.seed+122)
	c := rgb{30, 18, 18}.to(rgb{78, 52, 46}, rock)
	heat := fp.Smoothstep(0.085, 0.0, n)
	pool := fp.Smoothstep(0.56, 0.68, fp.FractalNoise(x*0.7, z*0.8, 4, s.seed+123))
	heat = max(heat, pool)
	c = c.plus(rgb{190, 34, 6}, fp.Smoothstep(0, 0.5, heat))
	c = c.to(rgb{255, 120, 20}, float64(0.9*fp.Smoothstep(0.35, 0.8, heat)))
	return c.to(rgb{255, 226, 120}, fp.Smoothstep(0.72, 1, float64(heat*fp.MulAdd(rock, 0.6, 0.7))))
}

func (s *scene) road(x, z, down float64, at [2]float64) rgb {
	d := math.Abs(x - float64(0.02*z))
	var c rgb
	switch {
	case d < 0.72: // all tar
	case s.far == "forest" || s.far == "hills":
		c = s.grass(x, z, down, at)
	default:
		c = s.turf(x, z, rgb{92, 84, 48}, rgb{170, 148, 84})
	}
	tar := s.lit(rgb{70, 72, 78}).times(fp.MulAdd(detail(x, z, 0.03, 2, s.seed+124), 0.3, 0.85))
	c = c.to(tar, fp.Smoothstep(0.74, 0.72, d))
	paint := s.lit(rgb{246, 240, 226}).times(1.1)
	soft := 0.004 + float64(z*0.0012)
	c = c.to(paint, float64(0.9*fp.Smoothstep(0.02+soft, 0.02-float64(soft/2), math.Abs(d-0.64))))
	dash := fp.Smoothstep(0.62, 0.56, float64(math.Abs(float64(z*0.8)-math.Floor(float64(z*0.8))-0.5)*2))
	return c.to(paint.to(rgb{255, 200, 60}, 0.5), float64(float64(0.95*dash)*fp.Smoothstep(0.026+soft, 0.02-float64(soft/2), d)))
}

// street draws wet asphalt.
func (s *scene) street(x, z, down float64, at [2]float64) rgb {
	tar := s.lit(rgb{58, 60, 70}).times(fp.MulAdd(detail(x, z, 0.05, 3, s.seed+125), 0.5, 0.75))
	wet := fp.Smoothstep(0.4, 0.65, detail(x, z, 0.9, 4, s.seed+126))
	c := tar.to(s.mirror(at, down), float64(0.35*wet))
	dash := fp.Smoothstep(0.62, 0.56, float64(math.Abs(float64(z*0.8)-math.Floor(float64(z*0.8))-0.5)*2))
	return c.to(s.lit(rgb{236, 232, 210}), float64(0.8*dash)*fp.Smoothstep(0.035, 0.025, math.Abs(x)))
}

// glow draws the reflections of the city's lights in a wet street. It is as far away as the lights: a reflection moves
// with what it reflects, and stays upright if the camera moves sideways.
func (s *scene) glow() shader {
	return func(px, py float64) (rgb, float64) {
		down := max(py-s.horizon, 0.0012)
		column := int(math.Floor(float64(px*16) + float64(0.6*fp.FractalNoise(float64(px*9), float64(2.4/down), 2, s.seed+127))))
		lamp := fp.Smoothstep(0.55, 0.95, fp.Random(column, 3, s.seed+128))
		patchy := fp.MulAdd(fp.Smoothstep(0.35, 0.65, fp.FractalNoise(px*2.2, float64(1.1/down), 3, s.seed+126)), 0.7, 0.3)
		shore := fp.Smoothstep(s.horizon, s.horizon+0.006, py)
		return neon(column, s.seed), float64(0.6*(1.1-s.bright)*lamp) * float64(patchy*shore) * fp.Smoothstep(0.5, 0.05, down)
	}
}

// neon returns the colour of the light in a column of the city.
func neon(column int, seed uint32) rgb {
	hues := []rgb{{255, 190, 110}, {255, 90, 170}, {90, 200, 255}, {255, 220, 150}, {170, 110, 255}}
	return hues[fp.Hash(uint32(column), seed, 5)%uint32(len(hues))]
}

func (s *scene) table(x, z, down float64, at [2]float64) rgb {
	grain := fp.FractalNoise(x*0.8, z*9, 4, s.seed+129)
	c := rgb{46, 28, 20}.to(rgb{96, 62, 40}, grain)
	c = c.times(fp.MulAdd(bump(hypot(at[0]-s.subjectX, down-0.2)/0.9), 1.1, 0.12))
	return c.to(s.sunlight, float64(0.25*bump((at[0]-s.subjectX)/0.22))*fp.Smoothstep(0.42, 0.05, down))
}

func (s *scene) seabed(x, z, down float64, at [2]float64) rgb {
	web := fp.RidgedNoise(x*2.2, z*2.6, 3, s.seed+130)
	c := s.sand(x, z, down, at).to(s.mid, fp.Lerp(0.42, 0.75, fp.Smoothstep(0.4, 0.05, down)))
	return c.plus(s.sunlight, float64(0.34*fp.Smoothstep(0.7, 0.95, web)*fp.Smoothstep(0.02, 0.2, down)))
}
