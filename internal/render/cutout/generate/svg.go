package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// svgFill is a filled shape of a drawing: a path in the units of the file.
type svgFill struct {
	path    []curve
	colour  [3]byte
	opacity byte
}

// svgStyle is what elements inherit.
type svgStyle struct {
	fill    string
	evenOdd bool
	opacity float64
}

// readSVG returns the fills of a drawing. Strokes, clips and filters are left out; a gradient becomes its middle colour.
func readSVG(body string) ([]svgFill, error) {
	r := svgReader{defined: map[string][]curve{}, gradients: map[string][]string{}}
	// What a file uses may be defined at its end, so it is read twice.
	for range 2 {
		r.fills = nil
		if err := r.read(body); err != nil {
			return nil, err
		}
	}
	return r.fills, nil
}

// read goes through the elements of a drawing.
func (r *svgReader) read(body string) error {
	dec := xml.NewDecoder(strings.NewReader("<svg>" + body + "</svg>"))
	dec.Strict = false
	stack := []svgStyle{{fill: "#000", opacity: 1}}
	hidden := 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			at := map[string]string{}
			for _, a := range t.Attr {
				at[a.Name.Local] = a.Value
			}
			s := stack[len(stack)-1].with(at)
			stack = append(stack, s)
			if strings.Contains(" defs clipPath mask filter ", " "+t.Name.Local+" ") {
				hidden++
			}
			if err := r.element(t.Name.Local, at, s, hidden > 0); err != nil {
				return err
			}
		case xml.EndElement:
			if strings.Contains(" defs clipPath mask filter ", " "+t.Name.Local+" ") {
				hidden--
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// with returns the style of an element.
func (s svgStyle) with(at map[string]string) svgStyle {
	if v := at["fill"]; v != "" {
		s.fill = v
	}
	if v := at["fill-rule"]; v != "" {
		s.evenOdd = v == "evenodd"
	}
	for _, name := range []string{"opacity", "fill-opacity"} {
		if v, err := strconv.ParseFloat(at[name], 64); err == nil {
			s.opacity *= v
		}
	}
	return s
}

// svgReader collects the fills, and what defs hold.
type svgReader struct {
	fills     []svgFill
	defined   map[string][]curve
	gradients map[string][]string
	gradient  string
}

func (r *svgReader) element(name string, at map[string]string, s svgStyle, hidden bool) error {
	num := func(key string) float64 {
		v, _ := strconv.ParseFloat(at[key], 64)
		return v
	}
	var path []curve
	var err error
	switch name {
	case "linearGradient", "radialGradient":
		r.gradient = at["id"]
	case "stop":
		r.gradients[r.gradient] = append(r.gradients[r.gradient], at["stop-color"])
	case "path":
		path, err = parsePath(at["d"])
	case "circle":
		path = ellipse(num("cx"), num("cy"), num("r"), num("r"))
	case "ellipse":
		path = ellipse(num("cx"), num("cy"), num("rx"), num("ry"))
	case "rect":
		path, err = parsePath(fmt.Sprintf("M%g %gh%gv%gh%gz", num("x"), num("y"), num("width"), num("height"), -num("width")))
	case "use":
		path = r.defined[strings.TrimPrefix(at["href"], "#")]
	}
	if err != nil || path == nil {
		return err
	}
	path = transform(path, at["transform"])
	if id := at["id"]; id != "" {
		r.defined[id] = path
	}
	if hidden || s.fill == "none" || s.opacity < 0.02 {
		return nil
	}
	if s.evenOdd {
		path = orient(path)
	}
	c, err := r.colour(s.fill)
	r.fills = append(r.fills, svgFill{path, c, byte(s.opacity*255 + 0.5)})
	return err
}

// colour returns a fill's colour.
func (r *svgReader) colour(fill string) (c [3]byte, err error) {
	if id, ok := strings.CutPrefix(fill, "url(#"); ok {
		stops := r.gradients[strings.TrimSuffix(id, ")")]
		if len(stops) == 0 {
			return c, nil // defined further down
		}
		fill = stops[len(stops)/2]
	}
	names := map[string]string{"black": "000000", "white": "ffffff", "red": "ff0000", "currentColor": "000000"}
	hex := strings.TrimPrefix(fill, "#")
	if v, ok := names[fill]; ok {
		hex = v
	}
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	return [3]byte{byte(n >> 16), byte(n >> 8), byte(n)}, err
}
