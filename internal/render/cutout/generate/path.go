package main

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type point struct{ x, y float64 }

// curve is a contour: its start, and lines and cubics that follow one another and return to it.
type curve struct {
	start point
	parts []part
}

// part is a cubic to its last point, or a line if it has no control points.
type part struct {
	c1, c2, to point
	line       bool
}

// parsePath reads the path data of SVG.
func parsePath(d string) ([]curve, error) {
	s := pathScanner{text: d}
	var out []curve
	var at, begin, c, q point // pen, start of the contour, last control points of cubics and quadratics
	last := byte(0)
	add := func(p part) {
		out[len(out)-1].parts = append(out[len(out)-1].parts, p)
		at = p.to
	}
	for {
		op := s.next(last)
		if op == 0 {
			return out, s.err
		}
		lower := op | 0x20
		base := point{}
		if op == lower {
			base = at
		}
		pt := func() point { x := s.number(); return point{base.x + x, base.y + s.number()} }
		if lower != 'm' && lower != 'z' && (len(out) == 0 || last|0x20 == 'z') {
			out = append(out, curve{start: at})
			begin = at
		}
		switch lower {
		case 'm':
			at = pt()
			begin = at
			out = append(out, curve{start: at})
		case 'l':
			add(part{to: pt(), line: true})
		case 'h':
			add(part{to: point{base.x + s.number(), at.y}, line: true})
		case 'v':
			add(part{to: point{at.x, base.y + s.number()}, line: true})
		case 'c', 's':
			c1 := at
			if lower == 'c' {
				c1 = pt()
			} else if strings.ContainsRune("cs", rune(last|0x20)) {
				c1 = point{2*at.x - c.x, 2*at.y - c.y}
			}
			c2 := pt()
			add(part{c1, c2, pt(), false})
			c = c2
		case 'q', 't':
			m := at
			if lower == 'q' {
				m = pt()
			} else if strings.ContainsRune("qt", rune(last|0x20)) {
				m = point{2*at.x - q.x, 2*at.y - q.y}
			}
			to := pt()
			add(part{point{at.x + (m.x-at.x)*2/3, at.y + (m.y-at.y)*2/3}, point{to.x + (m.x-to.x)*2/3, to.y + (m.y-to.y)*2/3}, to, false})
			q = m
		case 'a':
			rx, ry, turn := s.number(), s.number(), s.number()
			large, sweep := s.flag(), s.flag()
			for _, p := range arc(at, rx, ry, turn, large, sweep, pt()) {
				add(p)
			}
		case 'z':
			at = begin
		default:
			return nil, fmt.Errorf("path has %q", op)
		}
		last = op
	}
}

// pathScanner reads commands and numbers.
type pathScanner struct {
	text string
	err  error
}

func (s *pathScanner) skip() { s.text = strings.TrimLeft(s.text, " ,\t\n") }

// next returns the next command; the one before again if a number follows. 0: the end.
func (s *pathScanner) next(last byte) byte {
	s.skip()
	if s.text == "" || s.err != nil {
		return 0
	}
	if c := s.text[0]; c|0x20 >= 'a' && c|0x20 <= 'z' {
		s.text = s.text[1:]
		return c
	}
	switch last {
	case 'm':
		return 'l'
	case 'M':
		return 'L'
	}
	return last
}

func (s *pathScanner) number() float64 {
	s.skip()
	n, dot := 0, false
	for ; n < len(s.text); n++ {
		c := s.text[n]
		switch {
		case c >= '0' && c <= '9':
			continue
		case (c == '-' || c == '+') && (n == 0 || s.text[n-1]|0x20 == 'e'):
			continue
		case c == '.' && !dot:
			dot = true
			continue
		case c|0x20 == 'e' && n > 0:
			continue
		}
		break
	}
	v, err := strconv.ParseFloat(s.text[:n], 64)
	if err != nil && s.err == nil {
		s.err = err
	}
	s.text = s.text[n:]
	return v
}

// flag reads one digit.
func (s *pathScanner) flag() bool {
	s.skip()
	if s.text == "" {
		return false
	}
	c := s.text[0]
	s.text = s.text[1:]
	return c == '1'
}

// arc returns the cubics of an elliptical arc, as SVG's appendix B.2.4 has it.
func arc(from point, rx, ry, degrees float64, large, sweep bool, to point) []part {
	if rx == 0 || ry == 0 || from == to {
		return []part{{to: to, line: true}}
	}
	rx, ry = math.Abs(rx), math.Abs(ry)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	dx, dy := (from.x-to.x)/2, (from.y-to.y)/2
	x, y := cos*dx+sin*dy, cos*dy-sin*dx
	if k := x*x/(rx*rx) + y*y/(ry*ry); k > 1 {
		rx, ry = rx*math.Sqrt(k), ry*math.Sqrt(k)
	}
	k := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*y*y-ry*ry*x*x)/(rx*rx*y*y+ry*ry*x*x)))
	if large == sweep {
		k = -k
	}
	cx, cy := k*rx*y/ry, -k*ry*x/rx
	begin := math.Atan2((y-cy)/ry, (x-cx)/rx)
	angle := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - begin
	if sweep && angle < 0 {
		angle += 2 * math.Pi
	} else if !sweep && angle > 0 {
		angle -= 2 * math.Pi
	}
	mx, my := cos*cx-sin*cy+(from.x+to.x)/2, sin*cx+cos*cy+(from.y+to.y)/2
	place := func(px, py float64) point {
		return point{mx + cos*rx*px - sin*ry*py, my + sin*rx*px + cos*ry*py}
	}
	n := int(math.Ceil(math.Abs(angle)/(math.Pi/2) - 1e-9))
	step := angle / float64(n)
	h := 4.0 / 3 * math.Tan(step/4)
	out := make([]part, n)
	for i := range out {
		s0, c0 := math.Sincos(begin + float64(i)*step)
		s1, c1 := math.Sincos(begin + float64(i+1)*step)
		out[i] = part{place(c0-h*s0, s0+h*c0), place(c1+h*s1, s1-h*c1), place(c1, s1), false}
	}
	out[n-1].to = to
	return out
}

func ellipse(cx, cy, rx, ry float64) []curve {
	left, right := point{cx - rx, cy}, point{cx + rx, cy}
	return []curve{{left, append(arc(left, rx, ry, 0, false, true, right), arc(right, rx, ry, 0, false, true, left)...)}}
}

// transforms matches one transform of SVG.
var transforms = regexp.MustCompile(`(\w+)\(([^)]*)\)`)

// transform applies a list of transforms, the last first.
func transform(path []curve, text string) []curve {
	for _, m := range slices.Backward(transforms.FindAllStringSubmatch(text, -1)) {
		s := pathScanner{text: m[2]}
		var v []float64
		for s.skip(); s.text != "" && s.err == nil; s.skip() {
			v = append(v, s.number())
		}
		path = apply(path, matrix(m[1], v))
	}
	return path
}

// matrix returns the matrix of one transform.
func matrix(name string, v []float64) [6]float64 {
	v = append(v, make([]float64, max(0, 3-len(v)))...)
	switch name {
	case "translate":
		return [6]float64{1, 0, 0, 1, v[0], v[1]}
	case "scale":
		if v[1] == 0 {
			v[1] = v[0]
		}
		return [6]float64{v[0], 0, 0, v[1], 0, 0}
	case "rotate":
		sin, cos := math.Sincos(v[0] * math.Pi / 180)
		return [6]float64{cos, sin, -sin, cos, v[1] - cos*v[1] + sin*v[2], v[2] - sin*v[1] - cos*v[2]}
	case "matrix":
		return [6]float64(v[:6])
	}
	return [6]float64{1, 0, 0, 1, 0, 0}
}

func apply(path []curve, m [6]float64) []curve {
	on := func(p point) point { return point{m[0]*p.x + m[2]*p.y + m[4], m[1]*p.x + m[3]*p.y + m[5]} }
	out := make([]curve, len(path))
	for i, c := range path {
		out[i].start = on(c.start)
		for _, p := range c.parts {
			out[i].parts = append(out[i].parts, part{on(p.c1), on(p.c2), on(p.to), p.line})
		}
	}
	return out
}

// orient turns contours so that filling by the non-zero rule gives what the even-odd rule gives: those within an odd
// number of others run the other way.
func orient(path []curve) []curve {
	flat := make([][]point, len(path))
	for i, c := range path {
		flat[i] = c.flatten()
	}
	out := slices.Clone(path)
	for i, c := range path {
		within := 0
		for k := range flat {
			if k != i && inside(flat[k], flat[i][len(flat[i])/2]) {
				within++
			}
		}
		if area(flat[i]) > 0 == (within%2 == 1) {
			out[i] = c.reversed()
		}
	}
	return out
}

// flatten returns points of a contour, twelve on each cubic.
func (c *curve) flatten() []point {
	out := []point{c.start}
	for _, p := range c.parts {
		from := out[len(out)-1]
		for i := 1; i < 12 && !p.line; i++ {
			t := float64(i) / 12
			u := 1 - t
			out = append(out, point{
				u*u*u*from.x + 3*u*u*t*p.c1.x + 3*u*t*t*p.c2.x + t*t*t*p.to.x,
				u*u*u*from.y + 3*u*u*t*p.c1.y + 3*u*t*t*p.c2.y + t*t*t*p.to.y,
			})
		}
		out = append(out, p.to)
	}
	return out
}

func (c *curve) reversed() curve {
	if len(c.parts) == 0 {
		return *c
	}
	out := curve{start: c.parts[len(c.parts)-1].to}
	for i := len(c.parts) - 1; i >= 0; i-- {
		to := c.start
		if i > 0 {
			to = c.parts[i-1].to
		}
		out.parts = append(out.parts, part{c.parts[i].c2, c.parts[i].c1, to, c.parts[i].line})
	}
	return out
}

func area(polygon []point) float64 {
	sum := 0.0
	for i, p := range polygon {
		q := polygon[(i+1)%len(polygon)]
		sum += p.x*q.y - q.x*p.y
	}
	return sum / 2
}

func inside(polygon []point, p point) bool {
	in := false
	for i, a := range polygon {
		b := polygon[(i+1)%len(polygon)]
		if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
			in = !in
		}
	}
	return in
}
