package main

import "math"

// pine is one conifer near the camera, in the picture's own coordinates: x from -0.75 to 0.75, y from 0 at the top to 1.
type pine struct {
	x, foot, tall float64
	seed          int
}

// pines stand on two spits of land, at the left and the right.
func pines() []pine {
	var all []pine
	for i := range 17 {
		f := float64(i)
		x := -.775 + .0215*f + .014*hash(i, 1)
		tall := (.40 - .0195*f) * (.62 + .5*hash(i, 2))
		all = append(all, pine{x, bank(x) + .004, tall, i})
	}
	for i := range 11 {
		f := float64(i)
		x := .775 - .019*f - .012*hash(i, 3)
		tall := (.27 - .018*f) * (.6 + .55*hash(i, 4))
		all = append(all, pine{x, bank(x) + .004, tall, i + 40})
	}
	return all
}

// bank is the upper edge of the near land at x; it goes under the water line in the middle.
func bank(x float64) float64 {
	rough := .012*fractal(x*9, 1, 5) + .006*fractal(x*60, 4, 3)
	left := waterline - .036*smooth(-.36, -.72, x) + .03*smooth(-.46, -.33, x)
	right := waterline - .006*smooth(.455, .48, x) - .022*smooth(.52, .74, x) + .03*smooth(.475, .445, x)
	return min(left, right) + rough
}

// waterline is where the near land meets its reflection.
const waterline = .742

// The hut on the right spit: its middle, half its width, its eaves and its ridge.
const (
	hutX, hutHalf, hutEaves, hutRidge = .505, .017, .716, .702
	hutFoot                           = waterline - .004
)

// hut is 1 where (x, y) shows its walls or its roof.
func hut(x, y float64) float64 {
	roof := hutRidge + (hutEaves-hutRidge)*math.Abs(x-hutX)/hutHalf
	wide := hutHalf
	if y > hutEaves+.003 {
		wide *= .84
	}
	return smooth(-.0006, .0006, y-roof) * smooth(.0006, -.0006, math.Abs(x-hutX)-wide) * smooth(.001, -.001, y-hutFoot)
}

// lamp is the light of the hut's two windows, with what it spills on the air around.
func lamp(x, y float64) vec {
	var sum vec
	for _, at := range []float64{hutX - .0065, hutX + .006} {
		pane := smooth(.0006, -.0004, math.Abs(x-at)-.0026) * smooth(.0006, -.0004, math.Abs(y-.7245)-.0034)
		d2 := (x-at)*(x-at) + (y-.7245)*(y-.7245)
		sum = sum.add(vec{2.6, 1.25, .38}.scale(pane + .05*math.Exp(-d2/.00012)))
	}
	return sum
}

// grove is what the near land and its trees cover.
type grove []pine

// cover is 0 where (x, y) shows what is behind, 1 where it shows the near land or a tree.
func (g grove) cover(x, y float64) float64 {
	out := hut(x, y)
	if y <= waterline {
		out = max(out, smooth(-.0012, .0012, y-bank(x)))
	}
	for _, p := range g {
		if dx := x - p.x; math.Abs(dx) < .25*p.tall && y > p.foot-p.tall && y < p.foot {
			out = max(out, p.cover(dx, y))
		}
	}
	return out
}

// cover is the tree's own: a trunk, and boughs that hang wider toward the foot, each with a ragged lower edge.
func (p pine) cover(dx, y float64) float64 {
	down := (y - p.foot + p.tall) / p.tall // 0 at the tip
	if math.Abs(dx) < .006*p.tall*(.4+down) {
		return 1
	}
	if down > .975 {
		return 0
	}
	lean := dx / p.tall
	side := 0
	if lean < 0 {
		side = 1
	}
	rows := 9 + 22*p.tall/.3
	row := down*rows + .8*math.Abs(lean)*10*hash(p.seed, side) - 9*math.Abs(lean)
	i := math.Floor(row)
	reach := (.035 + .175*math.Pow(down, .85)) * (.55 + .6*hash(int(i), p.seed*2+side))
	in := row - i // 0 at the top of a bough, 1 at its ends
	edge := reach*(.35+.65*in) + .03*fractal(lean*60, y*900, 3)
	return smooth(.004, -.004, math.Abs(lean)-edge)
}
