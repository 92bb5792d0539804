package scene

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/render/cutout"
)

func TestGenresInEightLanguages(t *testing.T) {
	for _, c := range []struct {
		words string // divided by |
		holds func(s sceneSpec) bool
	}{
		{"cinematic shot of|filmische Aufnahme,|plan cinématographique,|cinematográfico,|cinemática,|cinematografico,|电影感|シネマティック", func(s sceneSpec) bool { return s.splitShare > 0 && s.frame == frameThird && s.hour == "sunset" }},
		{"cartoon|Comicstil,|dessin animé,|dibujo animado,|desenho animado,|cartone animato,|卡通|アニメ風", func(s sceneSpec) bool { return s.bands > 0 && s.inkLine > 0 && s.vivid > 1 }},
		{"minimalist|minimalistisch,|minimaliste,|minimalista,|minimalismo,|极简|ミニマル", func(s sceneSpec) bool { return s.backdrop == "beige" && s.frame == frameWide }},
		{"film noir,|im Stil des Film noir,|style film noir,|cine negro,|黑色电影|フィルムノワール", func(s sceneSpec) bool { return s.vivid == 0 && s.contrast > 1 && s.hour == "night" }},
		{"black and white|schwarz-weiß,|noir et blanc,|blanco y negro,|preto e branco,|bianco e nero,|黑白|白黒", func(s sceneSpec) bool { return s.vivid == 0 }},
		{"vintage|alter Film,|rétro,|nostálgico,|filme antigo,|nostalgico,|复古|レトロ", func(s sceneSpec) bool { return s.tintShare > 0 && s.vivid < 1 }},
		{"macro shot of|Makroaufnahme,|macrophotographie,|fotografía macro,|macrofotografia,|微距|マクロ撮影", func(s sceneSpec) bool { return s.frame == frameMacro }},
		{"close-up of|Nahaufnahme,|gros plan,|primer plano,|grande plano,|primo piano,|特写|クローズアップ", func(s sceneSpec) bool { return s.frame == frameClose }},
		{"aerial view of|Luftaufnahme,|vue aérienne,|vista aérea,|imagem aérea,|vista aerea,|航拍|空撮", func(s sceneSpec) bool { return s.frame == frameAerial }},
		{"top-down view of|Draufsicht,|vue du dessus,|plano cenital,|vista superior,|vista dall'alto,|俯拍|真上から", func(s sceneSpec) bool { return s.frame == frameTop }},
		{"with studio lighting,|Studiolicht,|lumière de studio,|luz de estudio,|luz de estúdio,|luce da studio,|影棚灯光|スタジオ照明", func(s sceneSpec) bool { return s.backdrop == "grey" }},
	} {
		for words := range strings.SplitSeq(c.words, "|") {
			noun := " 🦒 giraffe"
			if s, _ := parseScene(words + noun); !c.holds(s) || len(s.subjects) != 1 {
				t.Errorf("%q with a giraffe: hour %q, frame %q, backdrop %q, %+v, %d subjects", words, s.hour, s.frame, s.backdrop, s.style, len(s.subjects))
			}
		}
	}
}

// figureIn returns the place of the first figure of a prompt in a frame of 16:9, and the horizon.
func figureIn(prompt string) (figure, *scene) {
	take := newTake("static", 3, 160, 90, 24)
	what, _ := parseScene(prompt)
	s := &scene{sceneSpec: what, take: take, aspect: 16.0 / 9, horizon: 0.1, subjectX: 0.1}
	s.chooseFrame()
	s.raiseCamera()
	return s.place(what.subjects[0], 0, 1), s
}

func TestFramesChangeTheSizeAndThePlace(t *testing.T) {
	usual, s := figureIn("a giraffe on a meadow")
	close, _ := figureIn("close-up of a giraffe on a meadow")
	macro, m := figureIn("macro shot of an ant on a meadow")
	wide, _ := figureIn("a minimalist giraffe on a meadow")
	third, _ := figureIn("cinematic shot of a giraffe on a meadow")
	if wide.tall >= usual.tall*0.8 || third.tall <= usual.tall*1.1 || close.tall < 0.7 || macro.tall < 0.7 {
		t.Errorf("usual %.2f, wide %.2f, third %.2f, close %.2f, macro %.2f", usual.tall, wide.tall, third.tall, close.tall, macro.tall)
	}
	if middle := m.horizon + macro.foot - macro.tall/2; math.Abs(middle) > 0.01 || m.sharpness() > 0.2 || s.sharpness() != 1 {
		t.Errorf("a macro shot's subject is at %.2f, with a background of sharpness %.2f", middle, m.sharpness())
	}
	if woman, s := figureIn("close-up of a woman"); woman.Name != "woman" || s.horizon+woman.foot < 0.5 {
		t.Errorf("a close-up shows %s to %.2f", woman.Name, s.horizon+woman.foot)
	}
	for _, c := range []struct {
		prompt   string
		from, to float64
	}{{"aerial view of a giraffe on a meadow", -0.4, -0.1}, {"top-down view of a giraffe on a meadow", -1, -0.6}} {
		f, s := figureIn(c.prompt)
		if s.horizon < c.from || s.horizon > c.to || s.horizon+f.foot < 0 || s.horizon+f.foot > 0.45 || math.Abs(f.near-s.groundSlope()*f.foot) > 1e-9 {
			t.Errorf("%s: the horizon is at %.2f, the foot at %.2f, as near as %.2f", c.prompt, s.horizon, s.horizon+f.foot, f.near)
		}
	}
}

// What can't be seen from above honestly is seen as ever.
func TestViewsFromAbove(t *testing.T) {
	for _, c := range []struct {
		prompt, frame, ground string
		plan, flat            bool
	}{
		{"aerial view of a city", frameAerial, "blocks", false, false},
		{"top-down view of a city", frameTop, "blocks", true, false},
		{"aerial view of a forest", frameAerial, "canopy", false, false},
		{"top-down view of mountains", frameTop, "ridges", true, false},
		{"top-down view of a river in a forest", frameTop, "river", true, false},
		{"top-down view of a lighthouse", frameTop, "sea", false, false},
		{"flat lay of a pizza and a watch", frameTop, "table", false, true},
		{"top-down view of a candle", "", "table", false, false},
		{"top-down view of a kitchen", "", "meadow", false, false},
		{"aerial view of a nebula", "", "none", false, false},
		{"a forest", "", "meadow", false, false},
	} {
		what, known := parseScene(c.prompt)
		s := &scene{sceneSpec: what}
		s.choose(known, 3, 5)
		if s.frame != c.frame || s.ground != c.ground || s.isPlan() != c.plan || s.liesFlat() != c.flat {
			t.Errorf("%q: frame %q, ground %q, plan %v, flat %v", c.prompt, s.frame, s.ground, s.isPlan(), s.liesFlat())
		}
	}
}

func TestNoMoveLooksBeyondAFrame(t *testing.T) {
	t.Parallel()
	frames := []string{"aerial view of a city", "top-down view of a forest", "macro shot of an ant", "top-down view of a car on a road", "flat lay of a pizza", "aerial view of mountains, clouds"}
	for n, move := range moveNames(t) {
		prompt := "camera " + []string{"", "very fast "}[n%2] + move + ", " + frames[n%len(frames)]
		take := newTake(prompt, 3, 96, 54, 240)
		layers, _ := New(prompt, "", 3, take)
		checkPainted(t, fmt.Sprintf("%q", prompt), layers, take)
	}
}

func TestStylesChangeColours(t *testing.T) {
	s := plainStyle()
	if c := (rgb{200, 100, 50}); s.grade(c) != c && math.Abs(s.grade(c).r-c.r) > 1e-9 {
		t.Errorf("the plain style makes %v of %v", s.grade(c), c)
	}
	s.contrast = 2
	if dark, bright := s.grade(rgb{40, 40, 40}), s.grade(rgb{120, 120, 120}); dark.r > 1 || bright.r < 159 {
		t.Errorf("with more contrast, %v and %v", dark, bright)
	}
	s = plainStyle()
	s.read("split", "0000ff/ff0000/50")
	if dark, bright := s.grade(rgb{30, 30, 30}), s.grade(rgb{220, 220, 220}); dark.b <= dark.r || bright.r <= bright.b {
		t.Errorf("split, %v and %v", dark, bright)
	}
	s = plainStyle()
	s.read("bands", "5")
	levels := map[int]bool{}
	for v := range 256 {
		levels[int(s.grade(rgb{float64(v), float64(v), float64(v)}).r)] = true
	}
	if len(levels) < 5 || len(levels) > 40 {
		t.Errorf("five bands have %d levels", len(levels))
	}
	if s.read("hour", "day") {
		t.Error("an hour is no style")
	}
}

func TestInkGoesRoundAPicture(t *testing.T) {
	p := image.NewRGBA(image.Rect(0, 0, 6, 6))
	for i := range 36 {
		p.SetRGBA(i%6, i/6, color.RGBA{250, 240, 230, 255})
	}
	out := inked(p, 2)
	if out.Rect.Dx() != 10 || out.RGBAAt(5, 5).R != 250 || out.RGBAAt(1, 5).R > 60 || out.RGBAAt(1, 5).A != 255 || out.RGBAAt(0, 0).A != 0 {
		t.Errorf("%v, the middle %v, the line %v, the corner %v", out.Rect, out.RGBAAt(5, 5), out.RGBAAt(1, 5), out.RGBAAt(0, 0))
	}
}

// Everybody who is drawn as a bust has two legs that reach the ground, and the bust on top is the drawing's.
func TestABustGetsABody(t *testing.T) {
	for _, name := range []string{"cook", "man-singer", "woman-farmer", "old-man", "person", "detective", "princess", "woman-red-hair"} {
		d, ok := cutout.Named(name)
		if !ok || !isPerson(name) || isBody(name) {
			t.Fatalf("%s is no bust", name)
		}
		cloth, times := (*rgb)(nil), bodyHeight
		if isHead(name) {
			cloth, times = &rgb{60, 90, 140}, headHeight
		}
		bust := d.Paint(60, nil)
		whole := withBody(bust, times, cloth)
		if got := float64(whole.Rect.Dy()) / float64(bust.Rect.Dy()); math.Abs(got-times) > 0.05 {
			t.Errorf("%s is %.2f times as high", name, got)
		}
		legs, was := 0, false
		for x := range whole.Rect.Dx() {
			is := whole.RGBAAt(x, whole.Rect.Dy()*8/10).A > 128
			if is && !was {
				legs++
			}
			was = is
		}
		if legs != 2 {
			t.Errorf("%s has %d legs", name, legs)
		}
		if whole.RGBAAt(whole.Rect.Dx()/2, 30) != bust.RGBAAt(bust.Rect.Dx()/2, 30) {
			t.Errorf("%s has another face", name)
		}
	}
	for _, name := range []string{"cat", "woman-dancing", "man-walking", "person-in-bed", "manual-wheelchair"} {
		if isPerson(name) && !isBody(name) {
			t.Errorf("%s gets a body", name)
		}
	}
}
