package animatic_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/engine/enginetest"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/task"
)

func decode(b []byte) (image.Image, error) {
	img, _, err := image.Decode(bytes.NewReader(b))
	return img, err
}

func open(t *testing.T) (*animatic.Engine, string) {
	t.Helper()
	dir := t.TempDir()
	e := animatic.New(animatic.Options{Dir: dir, Workers: 2, Decode: decode})
	t.Cleanup(e.Close)
	return e, dir
}

func job(frames int) func(string) engine.Job {
	return func(id string) engine.Job {
		seed := uint32(7)
		return engine.Job{Task: id, Model: "animatic", Request: task.Request{
			Prompt: "slow zoom in on dunes", Seconds: 5, Seed: &seed, Resolution: "720p",
			Format: task.Format{Width: 192, Height: 128, FrameRate: 24, Frames: frames},
		}}
	}
}

func TestSuite(t *testing.T) {
	enginetest.Run(t, func(t *testing.T) enginetest.Harness {
		e, _ := open(t)
		return enginetest.Harness{Engine: e, Job: job(12), Slow: job(1000)}
	})
}

func TestCancelRemovesFilesAndProcesses(t *testing.T) {
	e, dir := open(t)
	sub, err := e.Submit(t.Context(), job(1400)("a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Cancel(t.Context(), sub.Handle); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 0 {
		t.Errorf("left %v, %v", files, err)
	}
	e.Close()
	goleak.VerifyNone(t)
}

func TestARenderIsTold(t *testing.T) {
	told := make(chan int, 1)
	e := animatic.New(animatic.Options{Dir: t.TempDir(), Workers: 1, Decode: decode, Rendering: func() func(int) { return func(frames int) { told <- frames } }})
	t.Cleanup(e.Close)
	if _, err := e.Submit(t.Context(), job(12)("a")); err != nil {
		t.Fatal(err)
	}
	if frames := <-told; frames != 12 {
		t.Errorf("%d frames were told, want 12", frames)
	}
}

func TestResubmittedTaskIsRenderedOnce(t *testing.T) {
	e, _ := open(t)
	first, err := e.Submit(t.Context(), job(1000)("a"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := e.Submit(t.Context(), job(1000)("a"))
	if err != nil || first.Handle != second.Handle {
		t.Errorf("handles %q and %q, %v", first.Handle, second.Handle, err)
	}
}

func TestBlockedWordsAreRefused(t *testing.T) {
	own, _ := open(t)
	other := animatic.New(animatic.Options{Dir: t.TempDir(), Workers: 1, Decode: decode, Blocked: engine.ParseBlocklist("dunes")})
	t.Cleanup(other.Close)
	for _, c := range []struct {
		e      *animatic.Engine
		prompt string
		want   bool
	}{{own, "a porn film", true}, {own, "dunes", false}, {own, "Sussex, an essex road, a sextant", false}, {other, "dunes", true}, {other, "a porn film", false}} {
		r := job(12)("a").Request
		r.Prompt = c.prompt
		m, _ := c.e.Capabilities().Model("animatic")
		faults := m.Check(r)
		if got := len(faults) == 1 && faults[0].Field == "prompt" && strings.Contains(faults[0].Detail, string(task.SafetyInputText)); got != c.want {
			t.Errorf("%s: %v", c.prompt, faults)
		}
	}
}

func TestUndecodableImageIsRefused(t *testing.T) {
	e, _ := open(t)
	j := job(12)("a")
	j.First = &engine.Picture{Type: "image/png", Bytes: []byte("no picture")}
	_, err := e.Submit(t.Context(), j)
	if got := engine.AsError(err); got.Class != engine.Refused || got.Reason != task.AssetInvalid {
		t.Errorf("%v", err)
	}
}

// redPNG returns a red picture.
func redPNG(t *testing.T) []byte {
	t.Helper()
	red := image.NewRGBA(image.Rect(0, 0, 192, 128))
	for i := 0; i < len(red.Pix); i += 4 {
		red.Pix[i], red.Pix[i+3] = 200, 255
	}
	var b bytes.Buffer
	if err := png.Encode(&b, red); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestVideoShowsTheImage(t *testing.T) {
	e, _ := open(t)
	j := job(6)("a")
	j.First = &engine.Picture{Type: "image/png", Bytes: redPNG(t)}
	_, stills := renderWithPreviews(t, e, j)
	img, err := decode(stills[2].Bytes)
	if err != nil {
		t.Fatal(err)
	}
	r, g, bl, _ := img.At(96, 64).RGBA()
	if r>>8 < 180 || g>>8 > 30 || bl>>8 > 30 {
		t.Errorf("the middle is %d %d %d, want red", r>>8, g>>8, bl>>8)
	}
}

// renderWithPreviews returns the handle of a finished render, and its previews.
func renderWithPreviews(t *testing.T, e *animatic.Engine, j engine.Job) (string, []engine.Preview) {
	t.Helper()
	sub, err := e.Submit(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	enginetest.Wait(t, enginetest.Harness{Engine: e}, sub.Handle)
	stills, err := e.Previews(t.Context(), sub.Handle)
	if err != nil {
		t.Fatal(err)
	}
	return sub.Handle, stills
}

func rolesOf(stills []engine.Preview) map[task.Role]int {
	out := map[task.Role]int{}
	for _, s := range stills {
		out[s.Role]++
	}
	return out
}

func TestCaptionIsTheCallersPrompt(t *testing.T) {
	e, _ := open(t)
	red := redPNG(t)
	last := func(id, prompt, expanded string) []byte {
		j := job(6)(id)
		j.First = &engine.Picture{Type: "image/png", Bytes: red} // it is red wherever the camera moves
		j.Request.Prompt, j.Request.ExpandedPrompt, j.Request.Caption = prompt, expanded, true
		_, stills := renderWithPreviews(t, e, j)
		return stills[4].Bytes
	}
	own := last("a", "a static shot", "")
	if !bytes.Equal(own, last("b", "a static shot", "a static shot, soft light")) {
		t.Error("the caption changed with the expanded prompt")
	}
	if bytes.Equal(own, last("c", "another static shot", "")) {
		t.Error("the caption is the same for another prompt")
	}
}

func TestCaptionIsAtTheLowerEdge(t *testing.T) {
	e, _ := open(t)
	last := func(id string, caption bool) image.Image {
		j := job(6)(id)
		j.Request.Caption = caption
		_, stills := renderWithPreviews(t, e, j)
		img, err := decode(stills[4].Bytes)
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	plain, captioned := last("a", false), last("b", true)
	changed := func(from, to int) (n int) {
		for y := from; y < to; y++ {
			for x := range 192 {
				a, _, _, _ := plain.At(x, y).RGBA()
				b, _, _, _ := captioned.At(x, y).RGBA()
				if max(a, b)-min(a, b) > 0x2000 {
					n++
				}
			}
		}
		return n
	}
	if above, below := changed(0, 80), changed(96, 128); above > 0 || below < 100 {
		t.Errorf("%d pixels differ in the upper part, %d along the lower edge", above, below)
	}
}

func TestPreviewRoles(t *testing.T) {
	e, dir := open(t)
	for _, watermark := range []bool{false, true} {
		j := job(12)(fmt.Sprint("task-", watermark))
		j.Request.Watermark = watermark
		handle, stills := renderWithPreviews(t, e, j)
		want := map[task.Role]int{task.Preview: 5, task.LastFrame: 1, task.Poster: 1, task.Sprite: 1, task.Hover: 1}
		if watermark {
			want[task.Raw] = 1
		}
		if got := rolesOf(stills); !maps.Equal(got, want) {
			t.Errorf("watermark %v: %v, want %v", watermark, got, want)
		}
		for _, s := range stills {
			if s.Width <= 0 || s.Height <= 0 || s.Type == "" || (len(s.Bytes) > 0) == (s.Open != nil) {
				t.Errorf("%s: %s of %dx%d, %d bytes", s.Role, s.Type, s.Width, s.Height, len(s.Bytes))
			}
		}
		if err := e.Cancel(t.Context(), handle); err != nil {
			t.Fatal(err)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
			t.Errorf("letting go left %v, %v", files, err)
		}
	}
}

func TestRawVideo(t *testing.T) {
	e, _ := open(t)
	j := job(12)("a")
	j.Request.Watermark = true
	handle, stills := renderWithPreviews(t, e, j)
	body, err := stills[len(stills)-1].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	raw, err := io.ReadAll(body)
	if err != nil || !bytes.Contains(raw[:min(64, len(raw))], []byte("ftyp")) {
		t.Fatalf("%d bytes that are no MP4, %v", len(raw), err)
	}
	content, err := e.Open(t.Context(), handle, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Body.Close()
	if video, err := io.ReadAll(content.Body); err != nil || bytes.Equal(video, raw) {
		t.Errorf("the raw video is the video itself, %v", err)
	}
}

func TestExpand(t *testing.T) {
	e, _ := open(t)
	for _, c := range []struct{ prompt, want string }{
		{"camera pull out", "camera pull out, clear daylight, cinematic, rich colour"},
		{"Camera pans left over a moonlit sea, film look.", "Camera pans left over a moonlit sea, film look"},
	} {
		got := e.Expand(c.prompt, 1)
		if got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if again := e.Expand(c.prompt, 1); again != got {
			t.Errorf("the same seed gave %q", again)
		}
	}
	if a, b := e.Expand("a cat", 1), e.Expand("a cat", 5); a == b {
		t.Errorf("seeds 1 and 5 both gave %q", a)
	}
}

func TestNegativePrompt(t *testing.T) {
	e, _ := open(t)
	last := func(id, negative string) []byte {
		j := job(6)(id)
		j.Request.Prompt, j.Request.NegativePrompt = "static shot of a boat on the sea at night", negative
		_, stills := renderWithPreviews(t, e, j)
		return stills[len(stills)-1].Bytes
	}
	plain := last("a", "")
	if !bytes.Equal(last("b", "ugly, low quality"), plain) {
		t.Error("words of nothing in the scene changed it")
	}
	if bytes.Equal(last("c", "boat"), plain) {
		t.Error("the boat was drawn")
	}
}

// broken is a picture that panics when it is read.
type broken struct{ image.Image }

func (broken) At(int, int) color.Color { panic("a mistake") }

func TestPanicFailsOnlyItsRender(t *testing.T) {
	var log bytes.Buffer
	recorder := panics.NewRecorder(slog.New(slog.NewTextHandler(&log, nil)))
	e := animatic.New(animatic.Options{Dir: t.TempDir(), Workers: 1, Panics: recorder,
		Decode: func([]byte) (image.Image, error) { return broken{image.NewRGBA(image.Rect(0, 0, 192, 128))}, nil }})
	t.Cleanup(e.Close)
	bad := job(12)("bad")
	bad.First = &engine.Picture{Bytes: []byte("any"), Type: "image/png"}
	for _, c := range []struct {
		job  engine.Job
		want task.State
	}{{bad, task.Failed}, {job(12)("good"), task.Succeeded}} {
		sub, err := e.Submit(t.Context(), c.job)
		if err != nil {
			t.Fatal(err)
		}
		if s := ended(t, e, sub.Handle); s.State != c.want {
			t.Errorf("%s: %+v", c.job.Task, s)
		}
	}
	if n := recorder.Counts()["render"]; n != 1 || !bytes.Contains(log.Bytes(), []byte("broken.At")) {
		t.Errorf("%d panics\n%s", n, log.String())
	}
}

// ended polls until the job has ended.
func ended(t *testing.T, e *animatic.Engine, handle string) engine.Status {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		s, err := e.Poll(t.Context(), handle)
		if err != nil {
			t.Fatal(err)
		}
		if s.State.Terminal() {
			return s
		}
		<-tick.C
	}
}

func TestDroppedTaskLeavesNoRender(t *testing.T) {
	e, dir := open(t)
	sub, err := e.Submit(t.Context(), job(1400)("a"))
	if err != nil {
		t.Fatal(err)
	}
	e.Drop("of another process")
	if _, err := e.Poll(t.Context(), sub.Handle); err != nil {
		t.Fatalf("another task was dropped: %v", err)
	}
	e.Drop("a")
	e.Close() // waits for the end of the render
	if _, err := e.Poll(t.Context(), sub.Handle); engine.AsError(err).Class != engine.NotFound {
		t.Errorf("poll: %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("left %v, %v", files, err)
	}
	e.Drop("a")
}

func TestSoundIsMadeOnlyIfAskedFor(t *testing.T) {
	e, _ := open(t)
	yes, no := true, false
	for name, audio := range map[string]*bool{"asked for": &yes, "refused": &no, "not mentioned": nil} {
		j := job(12)(name)
		j.Request.Audio = audio
		handle, _ := renderWithPreviews(t, e, j)
		content, err := e.Open(t.Context(), handle, 0)
		if err != nil {
			t.Fatal(err)
		}
		video, err := io.ReadAll(content.Body)
		if err := errors.Join(err, content.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if has := bytes.Contains(video, []byte("soun")); has != (audio == &yes) {
			t.Errorf("%s: there is sound: %v", name, has)
		}
	}
	if problems := e.Capabilities().Models[0].Check(task.Request{Seconds: 5, Audio: &yes}); len(problems) != 0 {
		t.Errorf("%v", problems)
	}
}
