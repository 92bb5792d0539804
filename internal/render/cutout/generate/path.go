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
	r := pathReader{pathScanner: pathScanner{text: d}}
	for {
		op := r.next(r.last)
		if op == 0 {
			return r.out, r.err
		}
		if err := r.command(op); err != nil {
			return nil, err
		}
		r.last = op
	}
}

// pathReader makes contours of commands.
type pathReader struct {
	pathScanner

	out   []curve
	at    point // the pen
	begin point // start of the contour
	base  point // what the numbers of the command are added to
	last  byte  // the command before
	// The last control points of cubics and of quadratics.
	c, q point
}

func (r *pathReader) point() point {
	x := r.number()
	return point{r.base.x + x, r.base.y + r.number()}
}

func (r *pathReader) add(p part) {
	r.out[len(r.out)-1].parts = append(r.out[len(r.out)-1].parts, p)
	r.at = p.to
}

// open begins a contour at the pen.
func (r *pathReader) open() {
	r.begin = r.at
	r.out = append(r.out, curve{start: r.at})
}

// control returns the first control point of a curve: it is written, or mirrors that of the curve before if that is of the same kind,
// else it is the pen.
func (r *pathReader) control(written bool, kind string, before point) point {
	switch {
	case written:
		return r.point()
	case strings.ContainsRune(kind, rune(r.last|0x20)):
		return point{2*r.at.x - before.x, 2*r.at.y - before.y}
	}
	return r.at
}

// command reads what follows a command.
func (r *pathReader) command(op byte) error {
	lower := op | 0x20
	r.base = point{}
	if op == lower {
		r.base = r.at
	}
	if lower != 'm' && lower != 'z' && (len(r.out) == 0 || r.last|0x20 == 'z') {
		r.open()
	}
	switch lower {
	case 'm':
		r.at = r.point()
		r.open()
	case 'l':
		r.add(part{to: r.point(), line: true})
	case 'h':
		r.add(part{to: point{r.base.x + r.number(), r.at.y}, line: true})
	case 'v':
		r.add(part{to: point{r.at.x, r.base.y + r.number()}, line: true})
	case 'c', 's':
		c1 := r.control(lower == 'c', "cs", r.c)
		r.c = r.point()
		r.add(part{c1, r.c, r.point(), false})
	case 'q', 't':
		r.q = r.control(lower == 'q', "qt", r.q)
		r.add(cubic(r.at, r.q, r.point()))
	case 'a':
		rx, ry, turn := r.number(), r.number(), r.number()
		large, sweep := r.flag(), r.flag()
		for _, p := range arc(r.at, rx, ry, turn, large, sweep, r.point()) {
			r.add(p)
		}
	case 'z':
		r.at = r.begin
	default:
		return fmt.Errorf("path has %q", op)
	}
	return nil
}

// cubic returns the cubic that is a quadratic with the control point m.
func cubic(from, m, to point) part {
	return part{point{from.x + (m.x-from.x)*2/3, from.y + (m.y-from.y)*2/3}, point{to.x + (m.x-to.x)*2/3, to.y + (m.y-to.y)*2/3}, to, false}
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
