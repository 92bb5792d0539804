package enginetest

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// soundReaches checks that what a request says of sound, and its silence, reaches the vendor as the model declares it, and that it is refused
// by its field where it can't.
func soundReaches(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	n := byte(0)
	for _, m := range offered(p.Engine) {
		for _, mode := range modesOf(m) {
			for _, wish := range []*bool{nil, new(false), new(true)} {
				j := modelJob(m, mode, taskID(n), "a cat walks")
				n++
				j.Request.Audio, j.Request.Resolution = wish, "" // some models make sound at one resolution only: the engine chooses
				where := fmt.Sprintf("%s from %s, sound %s", m.Name, mode, boolText(wish))
				if field := soundField(m, mode, wish); field != refusal(m, j.Request) {
					t.Errorf("%s: refused %q, want %q", where, refusal(m, j.Request), field)
					continue
				} else if field != "" {
					continue
				}
				submit(t, p.Harness, j)
				var want *bool
				if m.SoundText() == string(engine.SoundOptional) {
					want = new(wish != nil && *wish)
				}
				if got := p.fake.LastInputs().Sound; boolText(got) != boolText(want) {
					t.Errorf("%s: the vendor was told %s, want %s", where, boolText(got), boolText(want))
				}
			}
		}
	}
}

// soundField returns the field for which a wish is to be refused; "" if it is possible.
func soundField(m engine.Model, mode engine.Mode, wish *bool) string {
	silent := len(m.SoundIn.Modes) > 0 && !slices.Contains(m.SoundIn.Modes, mode)
	switch sound := m.SoundText(); {
	case wish == nil:
	case (sound == "unknown" || sound == string(engine.SoundNone)) && *wish, sound == string(engine.SoundAlways) && !*wish, silent && *wish:
		return "audio"
	}
	return ""
}

func boolText(b *bool) string {
	if b == nil {
		return "not said"
	}
	return fmt.Sprint(*b)
}

// refusal returns the first field for which the model refuses a request; "" if it takes it.
func refusal(m engine.Model, r task.Request) string {
	if faults := m.Check(r); len(faults) > 0 {
		return faults[0].Field
	}
	return ""
}

// modesOf returns the model's modes, as the tests of all models use them.
func modesOf(m engine.Model) []engine.Mode {
	if len(m.Modes) == 0 {
		return []engine.Mode{engine.FromText}
	}
	return m.Modes
}

// referencesReach checks that one reference of each kind, and as many as the model declares, reach the vendor with their bytes and in their
// order, in every mode and with every role that it declares.
func referencesReach(t *testing.T, p *vendorHarness) {
	p.skipIfSync(t)
	n := byte(0)
	for _, m := range offered(p.Engine) {
		for _, mode := range referenceModes(m) {
			for _, all := range []bool{false, true} {
				j := modelJob(m, mode, taskID(n), "a cat walks")
				n++
				images, recordings := min(1, m.References.Images), min(1, m.References.Audio)
				if all {
					images, recordings = m.References.Images, m.References.Audio
				}
				setReferences(&j, m, images, recordings)
				if field := refusal(m, j.Request); field != "" {
					t.Errorf("%s from %s: %d and %d references are refused for %s", m.Name, mode, images, recordings, field)
					continue
				}
				submit(t, p.Harness, j)
				got := p.fake.LastInputs()
				wantFiles(t, fmt.Sprintf("%s from %s: images", m.Name, mode), got.Images, "image", images)
				wantFiles(t, fmt.Sprintf("%s from %s: recordings", m.Name, mode), got.Recordings, "recording", recordings)
			}
		}
	}
}

// namedReferences checks that a model that knows names is told them, in its prompt by the words of its maker or beside the reference, and
// that no other is, so that what a task says of names without effect is true.
func namedReferences(t *testing.T, v Vendor) {
	s := v.newSpy(t)
	id := byte(0)
	for _, m := range offered(s.Engine) {
		for _, mode := range referenceModes(m) {
			j := modelJob(m, mode, "", "a cat walks with @hero to @song")
			setReferences(&j, m, min(1, m.References.Images), min(1, m.References.Audio))
			for i := range j.ReferenceImages {
				j.ReferenceImages[i].Name, j.Request.ReferenceImages[i].Name = "hero", "hero"
			}
			for i := range j.ReferenceAudio {
				j.ReferenceAudio[i].Name, j.Request.ReferenceAudio[i].Name = "song", "song"
			}
			id++
			sent := s.submitted(t, id, j, v.Sync)
			for name, known := range map[string]bool{
				"@hero": m.References.Names && len(j.ReferenceImages) > 0,
				"@song": m.References.Names && len(j.ReferenceAudio) > 0 && !m.References.Recording.Unnamed,
			} {
				told := !strings.Contains(sent, name) || strings.Contains(sent, `"`+name[1:]+`"`)
				if told != known {
					t.Errorf("%s from %s: the vendor is told of %s: %v, declared: %v\n%.600s", m.Name, mode, name, told, known, sent)
				}
			}
		}
	}
}

// referenceModes returns the modes in which a model takes references.
func referenceModes(m engine.Model) []engine.Mode {
	var out []engine.Mode
	for _, mode := range m.Modes {
		if mode == engine.FromReferences || slices.Contains(m.References.Beside, string(mode)) {
			out = append(out, mode)
		}
	}
	return out
}

// setReferences gives a job so many references, each with bytes of its own and no URL.
func setReferences(j *engine.Job, m engine.Model, images, recordings int) {
	j.ReferenceImages, j.ReferenceAudio, j.Request.ReferenceImages, j.Request.ReferenceAudio = nil, nil, nil, nil
	roles := append([]task.ReferenceRole{task.RoleGeneral}, m.References.Roles...)
	for i := range images {
		const side = 512
		f := referenceFile("image", "image/jpeg", i)
		role := roles[i%len(roles)]
		j.ReferenceImages = append(j.ReferenceImages, engine.ReferenceImage{InputFile: f, Width: side, Height: side, Role: role})
		j.Request.ReferenceImages = append(j.Request.ReferenceImages, task.ReferenceImage{
			Image: task.Image{Type: f.Type, Size: f.Size, Width: side, Height: side}, Role: role,
		})
	}
	const long = 3 * time.Second
	for i := range recordings {
		f := referenceFile("recording", append(slices.Clone(m.References.Recording.Types), "audio/mpeg")[0], i)
		j.ReferenceAudio = append(j.ReferenceAudio, engine.InputAudio{InputFile: f, Duration: long})
		j.Request.ReferenceAudio = append(j.Request.ReferenceAudio, task.InputAudio{Type: f.Type, Size: f.Size, Duration: long})
	}
}

func referenceFile(what, kind string, i int) engine.InputFile {
	content := fmt.Sprintf("%s %d", what, i)
	return engine.InputFile{Type: kind, Size: int64(len(content)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

// wantFiles checks that the vendor received so many files of setReferences, as data URIs or in bare Base64.
func wantFiles(t *testing.T, where string, got []string, what string, n int) {
	t.Helper()
	var texts, want []string
	for _, s := range got {
		_, data, ok := strings.Cut(s, ";base64,")
		if !ok {
			data = s
		}
		b, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			t.Errorf("%s: %.60s: %v", where, s, err)
		}
		texts = append(texts, string(b))
	}
	for i := range n {
		want = append(want, fmt.Sprintf("%s %d", what, i))
	}
	if !slices.Equal(slices.Compact(texts), want) { // a workflow's other inputs get the last again
		t.Errorf("%s: the vendor received %q, want %q", where, texts, want)
	}
}
