package cutout

import (
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"io"
	"strconv"
	"strings"
)

var (
	//go:embed drawings.bin
	bodies string
	//go:embed drawings.tsv
	index string
)

// Drawing is what is known of a drawing without decoding it.
type Drawing struct {
	Name    string
	Habitat string  // ground, road, water (on it), deep (in it), air, table, room, building
	Metres  float64 // the height of what it shows
	body    string  // compressed
}

// load returns the drawing of a number of the lexicon.
func load(id int) Drawing {
	for line := range strings.Lines(index) {
		if id--; id < 0 {
			return parse(line)
		}
	}
	return Drawing{}
}

// Named returns the drawing of a name of drawings.tsv. It reports false if there is none.
func Named(name string) (Drawing, bool) {
	for line := range strings.Lines(index) {
		if strings.HasPrefix(line, name+"\t") {
			return parse(line), true
		}
	}
	return Drawing{}, false
}

// parse reads a line of the index.
func parse(line string) Drawing {
	f := strings.Split(strings.TrimSpace(line), "\t")
	cm, _ := strconv.Atoi(f[2]) // the generator writes numbers
	from, _ := strconv.Atoi(f[3])
	length, _ := strconv.Atoi(f[4])
	return Drawing{Name: f[0], Habitat: f[1], Metres: float64(cm) / 100, body: bodies[from : from+length]}
}

// outline is a decoded drawing, in units of 1/2048 of the square that it was drawn in.
type outline struct {
	palette [][3]byte
	main    int // of the palette: the colour that fills most
	box     [4]int
	fills   []fill
}

// fill is an area of one colour: contours of points, of which every four with the first shared are a cubic.
type fill struct {
	colour  int
	opacity byte
	paths   []contour
}

// contour is a start and parts that follow one another: lines have one point, cubics three.
type contour struct {
	start [2]int
	parts [][][2]int
}

// decoder reads a drawing's numbers.
type decoder struct {
	b  []byte
	at [2]int
}

func (d *decoder) byte() byte {
	c := d.b[0]
	d.b = d.b[1:]
	return c
}

func (d *decoder) count() int {
	v, n := binary.Uvarint(d.b)
	d.b = d.b[n:]
	return int(v)
}

func (d *decoder) signed() int {
	v, n := binary.Varint(d.b)
	d.b = d.b[n:]
	return int(v)
}

func (d *decoder) point() [2]int {
	d.at[0] += d.signed()
	d.at[1] += d.signed()
	return d.at
}

// decode returns the outline. The drawings are part of the program and always decode.
func (d Drawing) decode() outline {
	b, _ := io.ReadAll(flate.NewReader(strings.NewReader(d.body)))
	r := decoder{b: b}
	n := int(r.byte())
	o := outline{main: int(r.byte())}
	for range n {
		o.palette = append(o.palette, [3]byte{r.byte(), r.byte(), r.byte()})
	}
	for i := range o.box {
		o.box[i] = r.signed()
	}
	o.fills = make([]fill, r.count())
	for i := range o.fills {
		f := &o.fills[i]
		f.colour, f.opacity = int(r.byte()), r.byte()
		f.paths = make([]contour, r.count())
		for k := range f.paths {
			f.paths[k] = r.contour()
		}
	}
	return o
}

func (d *decoder) contour() contour {
	n := d.count()
	lines := d.b[:(n+7)/8]
	d.b = d.b[len(lines):]
	c := contour{start: d.point(), parts: make([][][2]int, n)}
	for i := range c.parts {
		part := [][2]int{d.point()}
		if lines[i/8]>>(i%8)&1 == 0 {
			part = append(part, d.point(), d.point())
		}
		c.parts[i] = part
	}
	return c
}
