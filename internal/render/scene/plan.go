package scene

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed plans.txt
var planTable string

// plans are the locations by their names, parsed for the first scene that has one.
var plans = sync.OnceValue(parsePlans)

// plan is how a location is built: a floor, and what stands on it at its distances. Lengths are in metres: x to the right of the
// frame's middle, y above the floor.
type plan struct {
	open    bool    // under the sky: lit by the hour, and what the words say of the weather is there
	light   rgb     // the colour of the light inside
	level   float64 // how light it is by day, 0 to 1
	dark    float64 // how light it is at night without lamps, as a share of that by day
	floor   surface
	table   surface
	layers  []planLayer
	ceiling float64 // its height; 0: none is seen
	middle  bool    // what stands alone stands in the middle, in the light
	roof    surface
}

// surface is what something is made of: a material, its two colours, and the size of its pattern in metres.
type surface struct {
	material string
	a, b     rgb
	size     float64
}

// planLayer is what stands at one distance.
type planLayer struct {
	distance float64
	wall     bool // it reaches to the floor's end and hides all behind it, except through its windows
	hung     bool // nothing of it stands on the floor
	edge     bool // x counts from the frame's edges: 10 is the right one, -10 the left one
	every    float64
	surface
	items []planItem
}

// planItem is a shape, a cut-out or a light. size is that of the whole shape; x is its middle, y its lower edge.
type planItem struct {
	kind       string
	name       string // of a cut-out
	x, y, w, h float64
	top        float64 // of a taper: the width of its upper edge
	surface
}

// parsePlans reads the table, whose head describes its form. It panics at a row that it can't read, since the table is part of the program.
func parsePlans() map[string]*plan {
	out := map[string]*plan{}
	var p *plan
	for line := range strings.Lines(planTable) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		r := &planRow{line: line, rest: f[1:]}
		switch f[0] {
		case "location":
			p = &plan{}
			out[r.word()] = p
			p.open = r.word() == "open"
			p.light, p.level, p.dark = hex(r.word()), r.number()/100, r.number()/100
		case "floor":
			p.floor = r.surface()
		case "table":
			p.table = r.surface()
		case "middle":
			p.middle = true
		case "ceiling":
			p.ceiling, p.roof = r.number(), r.surface()
		case "wall", "at", "hung", "edge":
			l := planLayer{wall: f[0] == "wall", hung: f[0] == "hung", edge: f[0] == "edge", distance: r.number()}
			if len(r.rest) > 0 {
				l.every = r.number()
			}
			if l.wall {
				l.surface = r.surface()
			}
			p.layers = append(p.layers, l)
		default:
			l := &p.layers[len(p.layers)-1]
			l.items = append(l.items, r.item(f[0]))
		}
	}
	return out
}

// planRow is what is left of a row.
type planRow struct {
	line string
	rest []string
}

func (r *planRow) word() string {
	if len(r.rest) == 0 {
		panic(fmt.Sprintf("plans.txt: %q is too short", r.line))
	}
	w := r.rest[0]
	r.rest = r.rest[1:]
	return w
}

func (r *planRow) number() float64 {
	n, err := strconv.ParseFloat(r.word(), 64)
	if err != nil {
		panic(fmt.Sprintf("plans.txt: %q: %v", r.line, err))
	}
	return n
}

// surface reads a material, two colours and a size; if there is one colour, it is both.
func (r *planRow) surface() surface {
	s := surface{material: r.word(), a: hex(r.word()), size: 1}
	if materials[s.material] == nil {
		panic(fmt.Sprintf("plans.txt: %q: no such material", r.line))
	}
	if s.b = s.a; len(r.rest) > 0 {
		s.b = hex(r.word())
	}
	if len(r.rest) > 0 {
		s.size = r.number()
	}
	return s
}

// item reads what follows the name of a kind.
func (r *planRow) item(kind string) planItem {
	it := planItem{kind: kind}
	switch kind {
	case "cut":
		it.name = r.word()
		it.x, it.y, it.h = r.number(), r.number(), r.number()
	case "window", "arched":
		it.x, it.y, it.w, it.h = r.number(), r.number(), r.number(), r.number()
	case "box", "oval", "arch", "taper":
		it.x, it.y, it.w = r.number(), r.number(), r.number()
		if kind == "taper" {
			it.top = r.number()
		}
		it.h = r.number()
		it.surface = r.surface()
	case "lamp", "flood": // a light of a radius
		it.x, it.y, it.w = r.number(), r.number(), r.number()
		it.a, it.size = hex(r.word()), r.number()/100
	case "fire":
		it.x, it.y, it.h = r.number(), r.number(), r.number()
	default:
		panic(fmt.Sprintf("plans.txt: %q: no such kind", r.line))
	}
	return it
}
