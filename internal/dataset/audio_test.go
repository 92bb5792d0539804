package dataset_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// wav returns a WAV of half a second of silence.
func wav() []byte {
	const size = 44100
	b := []byte("RIFF????WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x44\xac\x00\x00\x88\x58\x01\x00\x02\x00\x10\x00data????")
	binary.LittleEndian.PutUint32(b[4:], size+36)
	binary.LittleEndian.PutUint32(b[40:], size)
	return append(b, make([]byte, size)...)
}

// copyAudio copies the only recording of a request, and returns the copy.
func (h *harness) copyAudio(t *testing.T, source string) (task.InputAudio, error) {
	t.Helper()
	r := task.Request{ReferenceAudio: []task.InputAudio{{Source: source, Field: "reference_audio/0", Name: "voice"}}}
	err := h.Copy(t.Context(), h.who.Account, &r)
	return append(r.ReferenceAudio, task.InputAudio{})[0], err
}

func TestRecordingSources(t *testing.T) {
	h := newHarness(t, "127.0.0.0/8")
	recording := wav()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(recording) }))
	t.Cleanup(srv.Close)
	uploaded, err := h.Upload(t.Context(), h.who, bytes.NewReader(recording))
	if err != nil || !uploaded.IsAudio() || uploaded.IsVideo() || uploaded.Type != "audio/wav" || uploaded.Key != "datasets/"+uploaded.ID+".wav" || uploaded.Duration != 500*time.Millisecond {
		t.Fatalf("uploaded %+v, %v", uploaded, err)
	}
	u := h.beginUpload(t, 2)
	inParts, err := u.complete(t, u.mustPut(t, 1, recording[:100]), u.mustPut(t, 2, recording[100:]))
	if err != nil || inParts.Type != "audio/wav" {
		t.Fatalf("in parts %+v, %v", inParts, err)
	}
	for name, source := range map[string]string{
		"URL": srv.URL + "/a.wav", "data URI": dataURI("audio/wav", recording), "a dataset": h.signed(uploaded.Key), "an upload in parts": h.signed(inParts.Key),
	} {
		a, err := h.copyAudio(t, source)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a.Source != "" || a.Type != "audio/wav" || a.Name != "voice" || a.Duration != 500*time.Millisecond || a.Size != int64(len(h.stored(t, a.Key))) {
			t.Errorf("%s: copied to %+v", name, a)
		}
		if own := a.Dataset == uploaded.ID || a.Dataset == inParts.ID; own != strings.HasPrefix(name, "a") {
			t.Errorf("%s: a new dataset: %v", name, !own)
		}
	}
	h.checkTempIsEmpty(t)
}

// TestEveryReferenceAtFaultIsNamed copies a good reference between bad ones.
func TestEveryReferenceAtFaultIsNamed(t *testing.T) {
	h := newHarness(t)
	picture, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48)))
	if err != nil {
		t.Fatal(err)
	}
	recording, err := h.Upload(t.Context(), h.who, bytes.NewReader(wav()))
	if err != nil {
		t.Fatal(err)
	}
	image := func(field, source string) task.ReferenceImage {
		return task.ReferenceImage{Image: task.Image{Source: source, Field: field}}
	}
	r := task.Request{
		ReferenceImages: []task.ReferenceImage{image("reference_images/0", dataURI("image/png", []byte("x"))), image("reference_images/1", h.signed(picture.Key)), image("reference_images/2", h.signed(recording.Key))},
		ReferenceAudio:  []task.InputAudio{{Source: h.signed(picture.Key), Field: "reference_audio/0"}, {Source: dataURI("audio/wav", pngOf(t, 64, 48)), Field: "reference_audio/1"}},
	}
	var e *task.Error
	if err := h.Copy(t.Context(), h.who.Account, &r); !errors.As(err, &e) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field+": "+f.Detail)
	}
	for i, want := range []string{
		"reference_images/0: text; allowed: ", "reference_images/2: the dataset is a recording; a picture is needed",
		"reference_audio/0: the dataset is a picture; a recording is needed", "reference_audio/1: a PNG; allowed: WAV, MP3, AAC, M4A, Ogg, FLAC",
	} {
		if len(got) != 4 || !strings.HasPrefix(got[i], want) {
			t.Fatalf("errors %q, want one like %q", got, want)
		}
	}
	if _, err := h.copyVideo(t, h.signed(recording.Key)); err == nil || !strings.Contains(err.Error(), "the dataset is a recording; a video is needed") {
		t.Errorf("a recording for a video: %v", err)
	}
}
