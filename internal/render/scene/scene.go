package scene

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/render/cutout"
	"github.com/filmgate/filmgate/internal/render/fp"
	"github.com/filmgate/filmgate/internal/render/raster"
	"github.com/filmgate/filmgate/internal/render/words"
)

// palette is the colours of the sky, the light and the shadow, for an hour and a mood.
type palette struct {
	top, mid, low rgb     // the sky overhead, half way and at the horizon
	sunlight      rgb     // the light of sun or moon
	shadow        rgb     // the colour of shadows
	bright        float64 // brightness of the ground, 0 to 1
}

// scene is a scene while it is drawn.
type scene struct {
	sceneSpec
	palette
	seed       uint32
	rnd        *rand.Rand
	aspect     float64
	horizon    float64 // height of the horizon
	sunX, sunY float64
	take       *raster.Take
	out        *raster.Compositor
	subjectX   float64
	groundNear raster.Nearness
	canvas     raster.Canvas
	inside     bool      // the light is that of a room, and not of the hour
	set        *backdrop // of a product shot; nil: it is none
	graded     bool      // colours are graded, because the words ask for a mood
}

// New draws what a prompt names, except what without names, in layers at their distances, and signs with the texts given. It
// returns the layers, and the particles in the air before them. First it limits the path of t so that the camera never sees
// an end of the scene.
func New(prompt, without string, seed uint32, t *raster.Take, signs ...string) (*raster.Compositor, []ParticleSystem) {
	limitPath(t)
	what, known := parseWanted(prompt, without)
	what.signs, what.neon = signs, slices.Contains(words.Split(prompt), "neon")
	return build(what, known, seed, hashOf(prompt), t)
}

// hashOf returns the hash of a prompt's words. Words that cannot be drawn still choose the palette and the places.
func hashOf(prompt string) uint32 {
	promptHash := uint32(0)
	for _, w := range words.Split(prompt) {
		for _, c := range w {
			promptHash = fp.Hash(promptHash, uint32(c), 1)
		}
	}
	return promptHash
}

// parseWanted reads a scene from a prompt, and what must not be visible from without.
func parseWanted(prompt, without string) (what sceneSpec, known bool) {
	what, known = parseScene(prompt)
	unwanted, _ := parseScene(without)
	what.unwanted = &unwanted
	return what, known
}

// build draws a scene.
func build(what sceneSpec, known bool, seed, promptHash uint32, t *raster.Take) (*raster.Compositor, []ParticleSystem) {
	s := newScene(what, known, seed, promptHash, t)
	s.aim()
	s.rackFocus()
	s.draw()
	return s.out, sizeFields(s.particleSystems(), t)
}

// newScene returns a scene in which nothing is drawn yet. promptHash chooses, together with the seed, what its description leaves open.
func newScene(what sceneSpec, known bool, seed, promptHash uint32, t *raster.Take) *scene {
	s := &scene{sceneSpec: what, seed: fp.Hash(seed, promptHash, 2), take: t, out: &raster.Compositor{}}
	s.choose(known, seed, promptHash)
	s.graded = !s.plain()
	s.aspect = float64(t.W) / float64(t.H)
	s.horizon = fp.MulAdd(s.rnd.Float64(), 0.08, lowestHorizon)
	side := float64(s.rnd.IntN(2)*2 - 1)
	s.sunX = float64(side * s.aspect * fp.MulAdd(s.rnd.Float64(), 0.16, 0.12))
	s.sunY = fp.MulAdd(s.rnd.Float64(), -0.1, -0.2)
	if s.hour == "sunset" || s.hour == "dawn" {
		s.sunY = s.horizon - 0.1
	}
	s.subjectX = float64(-side * s.aspect * fp.MulAdd(s.rnd.Float64(), 0.1, 0.1))
	s.palette = paletteOf(s.hour, s.rnd)
	if s.has("moon") || s.has("milkyway") || s.has("aurora") {
		// Lights in the sky light the ground.
		s.bright = max(s.bright, 0.5)
	}
	s.raiseCamera()
	s.groundNear = raster.Nearness{Base: float64(-s.horizon * s.groundSlope()), Slope: s.groundSlope()}
	return s
}

const (
	lowestHorizon = 0.06 // frame heights below the middle
	groundDepth   = 2.0  // how far below the middle ground is painted
	usualSlope    = 2.6  // how much nearer ground is, a frame height below the horizon
)

// levelGround returns the nearness of level ground that ends at a horizon.
func levelGround(horizon float64) raster.Nearness {
	return raster.Nearness{Base: float64(-horizon * usualSlope), Slope: usualSlope}
}

// choose chooses what the description leaves open. known is false if the words name nothing.
func (s *scene) choose(known bool, seed, promptHash uint32) {
	s.rnd = rand.New(rand.NewPCG(uint64(seed), uint64(promptHash)))
	if !known || s.hour == "" && s.far == "" && s.ground == "" {
		s.chooseLandscape()
	}
	s.fillDefaults()
}

// chooseLandscape chooses a landscape if the words name none.
func (s *scene) chooseLandscape() {
	places := [][3]string{{"mountains", "lake", ""}, {"hills", "meadow", "grass"}, {"dunes", "dunes", ""}, {"forest", "river", "pine"}, {"none", "sea", ""}, {"mountains", "meadow", "grass"}}
	hours := []string{"day", "sunset", "dusk", "dawn", "night"}
	p := places[s.rnd.IntN(len(places))]
	hour := hours[s.rnd.IntN(len(hours))]
	if s.far == "" && s.ground == "" {
		s.far, s.ground, s.near = p[0], p[1], p[2]
	}
	if s.hour == "" {
		s.hour = hour
	}
	if s.far == p[0] && s.ground == p[1] && s.needsLand() && (s.ground == "sea" || s.ground == "lake") {
		s.ground = "meadow"
	}
}

// needsLand reports whether the scene has a prop that stands on dry land.
func (s *scene) needsLand() bool {
	for _, thing := range []string{"windmill", "acacia", "house", "tree", "cactus", "person", "fire"} {
		if s.has(thing) {
			return true
		}
	}
	return slices.ContainsFunc(s.subjects, func(c cutout.Subject) bool { return c.Habitat != "water" && c.Habitat != "air" })
}

// fillDefaults sets what the words leave open.
func (s *scene) fillDefaults() {
	or := func(to *string, value string) {
		if *to == "" {
			*to = value
		}
	}
	or(&s.hour, []string{"day", "sunset", "dusk"}[s.rnd.IntN(3)])
	or(&s.ground, "meadow")
	or(&s.far, "hills")
	if s.hour == "day" || s.hour == "dawn" {
		s.things["clouds"] = true
	}
	if s.hour == "sunset" || s.hour == "dawn" {
		s.things["sun"] = true
	}
	if s.hour == "night" {
		if s.rainsOrSnows() {
			s.things["clouds"] = true
		} else {
			s.things["stars"] = true
		}
	}
	if s.far == "none" && s.ground == "sea" && len(s.things)+len(s.subjects) == 0 {
		// An empty sea needs something to look at.
		s.things["sun"] = true
		s.things["boat"] = true
	}
	s.removeUnwanted()
	s.chooseFrame()
}

// rainsOrSnows reports whether it rains or snows.
func (s *scene) rainsOrSnows() bool {
	for _, fall := range []string{"rain", "snow"} {
		if s.particles[fall] && (s.unwanted == nil || !s.unwanted.particles[fall]) {
			return true
		}
	}
	return false
}

// removeUnwanted removes unwanted props, particles, foreground and horizon. Light and ground stay, because there is no
// scene without them.
func (s *scene) removeUnwanted() {
	if s.unwanted == nil {
		return
	}
	for thing := range s.unwanted.things {
		delete(s.things, thing)
	}
	for thing := range s.unwanted.particles {
		delete(s.particles, thing)
	}
	s.removeUnwantedSubjects()
	if s.near == s.unwanted.near {
		s.near = ""
	}
	if s.far == s.unwanted.far {
		s.far = "none"
	}
}

// draw paints the layers from the sky to the foreground.
func (s *scene) draw() {
	switch {
	case s.backdrop != "" && s.liesFlat():
		s.drawFlatLay()
		return
	case s.backdrop != "":
		s.drawProductShot()
		return
	case s.isPlan():
		s.drawPlan()
		return
	}
	bottom := 2.0
	if s.ground != "none" {
		// Below the horizon the ground hides the sky.
		bottom = s.horizon + 0.02 + 4/float64(s.take.H)
	}
	s.addLayer(raster.Layer{Near: raster.Nearness{Base: 0.01}}, 0.9, -2, bottom, s.sky().columns())
	if s.has("clouds") {
		s.addLayer(raster.Layer{Near: raster.Nearness{Base: 0.05}, DX: 0.004}, 0.6, -2, s.horizon+0.02, s.clouds().columns())
	}
	for _, light := range []struct {
		thing string
		ink   shader
	}{{"rainbow", s.rainbow}, {"lightning", s.lightning}} {
		if s.has(light.thing) {
			s.addLayer(raster.Layer{Near: raster.Nearness{Base: 0.05}}, 0.9, -2, s.horizon+0.02, light.ink.columns())
		}
	}
	s.drawHorizon()
	if s.location != "" {
		if !s.plan().open { // what is outside its windows
			s.addLayer(raster.Layer{Near: s.groundNear}, 0.6, s.horizon-max(0.04, 12/float64(s.take.H)), s.horizon+0.4, s.land().columns())
		}
		s.drawLocation()
		s.drawProps()
		s.drawSubjects()
		s.drawSigns()
		s.drawLocationFront()
		return
	}
	if s.ground != "none" {
		// Enough transparent rows for the spline to settle before the layer ends.
		s.addLayer(raster.Layer{Near: s.groundNear}, 1, s.horizon-max(0.04, 8/float64(s.take.H)), groundDepth, s.land().columns())
	}
	if s.ground == "street" {
		s.addLayer(raster.Layer{Near: raster.Nearness{Base: 0.15}}, 0.6, s.horizon-max(0.01, 12/float64(s.take.H)), 1, s.glow().columns())
	}
	s.drawProps()
	s.drawSubjects()
	s.drawSigns()
	if !s.isNear() && !s.isHigh() && s.frame != frameWide {
		s.foreground()
	}
	if s.has("fog") {
		s.addLayer(raster.Layer{Near: raster.Nearness{Base: 0.8}, DX: 0.01}, 0.3, -2, 2, s.fog().columns())
	}
}

// paletteOf returns the palette of an hour, shifted a little at random.
func paletteOf(hour string, rnd *rand.Rand) palette {
	table := strings.Fields(lightTable)
	var l palette
	for i := 0; i+6 < len(table); i += 7 {
		if table[i] != hour {
			continue
		}
		l = palette{hex(table[i+1]), hex(table[i+2]), hex(table[i+3]), hex(table[i+4]), hex(table[i+5]), hundredth(table[i+6])}
	}
	shift := rgb{fp.MulAdd(rnd.Float64(), 20, -10), fp.MulAdd(rnd.Float64(), 14, -7), fp.MulAdd(rnd.Float64(), 20, -10)}
	for _, c := range []*rgb{&l.top, &l.mid} {
		k := (c.r + c.g + c.b) / 500
		*c = c.plus(shift, min(1, k))
	}
	return l
}

// lightTable has a row for each hour: the sky overhead, half way and at the horizon; sunlight; shadow; brightness in
// hundredths.
const lightTable = `
day      2f6fc0 7fb2e6 d6e8f2 fff4dc 3c4a66 100
dawn     4a5c9c d79bb0 ffd9a8 ffe2b8 4a4260 82
sunset   2c2f6e c4567a ffab52 ffcf7a 38264a 70
dusk     141c48 4a4a8a d98a8a ffb488 1e2040 45
night    040816 0c1838 24386a cdd9f2 060a18 26
overcast 8a97a6 a9b4bf c8cfd4 eef0f0 4c5660 74
storm    20262f 3c4652 6c757c c4ccd4 1c2228 46
space    020208 06060f 0a0a18 fff2e0 04040a 40
nebula   020208 06060f 0a0a18 fff2e0 04040a 40
ember    0c0406 2c0c0a 8a2c10 ff9a4a 12080a 42
studio   08080c 1c1a22 3a3036 ffe8c8 0c0a10 70
deep     1f8cba 0d5c8e 06304e b4eef4 04203a 72
abstract 24104c b03a78 ffb45a fff0d8 180c30 90
`
