package replicate_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/replicate"
	"github.com/filmgate/filmgate/internal/task"
)

// recorder is a vendor that accepts every call, and keeps all paths and the last create.
type recorder struct {
	paths []string
	body  struct {
		Version string         `json:"version"`
		Input   map[string]any `json:"input"`
	}
	uploaded int
	link     string // URL of an upload
	kind     string // media type that an upload must have; "" = PNG
}

func (h *recorder) serve(t *testing.T, more ...engine.TableModel) engine.Engine {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.paths = append(h.paths, r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		if r.URL.Path == "/files" {
			f, head, err := r.FormFile("content")
			if want := cmp.Or(h.kind, "image/png"); err != nil || head.Header.Get("Content-Type") != want {
				t.Errorf("uploaded %+v, %v", head, err)
				return
			}
			b, _ := io.ReadAll(f)
			h.uploaded += len(b)
			_, _ = fmt.Fprintf(w, `{"id":"f1","urls":{"get":%q}}`, h.link)
			return
		}
		if err := json.NewDecoder(r.Body).Decode(&h.body); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"id":"p1","status":"starting"}`)
	}))
	t.Cleanup(s.Close)
	return replicate.New(replicate.Options{BaseURL: s.URL, Key: "a key", HTTP: s.Client(), Models: more})
}

func TestImagesAreInlineUpToAMegabyte(t *testing.T) {
	for _, c := range []struct {
		name     string
		first    engine.Picture
		uploaded int
		sent     string // the beginning of the input
	}{
		{"small", engine.Picture{Type: "image/png", Bytes: []byte("abc")}, 0, "data:image/png;base64,YWJj"},
		{"a megabyte", engine.Picture{Type: "image/png", Bytes: bytes.Repeat([]byte("x"), 1<<20)}, 0, "data:image/png;base64,eHh4"},
		{"larger", engine.Picture{Type: "image/png", Bytes: bytes.Repeat([]byte("x"), 1<<20+1)}, 1<<20 + 1, "https://replicate.example/f1"},
		{"larger, with a link of ours", engine.Picture{Type: "image/png", Bytes: bytes.Repeat([]byte("x"), 2<<20), URL: "https://ours.example/1"}, 0, "https://ours.example/1"},
	} {
		h := recorder{link: "https://replicate.example/f1"}
		job := engine.Job{Model: "bytedance/seedance-1-pro", Request: task.Request{First: &task.Image{}}, First: &c.first}
		if _, err := h.serve(t).Submit(t.Context(), job); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, _ := h.body.Input["image"].(string); !strings.HasPrefix(got, c.sent) || h.uploaded != c.uploaded {
			t.Errorf("%s: %d bytes uploaded, sent %.40s", c.name, h.uploaded, got)
		}
	}
}

func TestVideosAreInlineUpToAMegabyte(t *testing.T) {
	for _, c := range []struct {
		name     string
		size     int
		url      string
		uploaded int
		sent     string // the beginning of the input
	}{
		{"small", 3, "", 0, "data:video/quicktime;base64,eHh4"},
		{"larger", 1<<20 + 1, "", 1<<20 + 1, "https://replicate.example/f1"},
		{"larger than other vendors' inline limit", 20 << 20, "", 20 << 20, "https://replicate.example/f1"},
		{"larger, with a link of ours", 20 << 20, "https://ours.example/1", 0, "https://ours.example/1"},
	} {
		h := recorder{link: "https://replicate.example/f1", kind: "video/quicktime"}
		job := engine.Job{Model: "luma/modify-video", Request: task.Request{Video: &task.InputVideo{}}, Video: &engine.InputVideo{InputFile: engine.InputFile{
			Type: "video/quicktime", Size: int64(c.size), URL: c.url,
			Open: func(context.Context) (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(bytes.Repeat([]byte("x"), c.size))), nil
			}},
		}}
		if _, err := h.serve(t).Submit(t.Context(), job); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, _ := h.body.Input["video_url"].(string); !strings.HasPrefix(got, c.sent) || h.uploaded != c.uploaded {
			t.Errorf("%s: %d bytes uploaded, sent %.40s", c.name, h.uploaded, got)
		}
	}
}

func TestLargeReferencesAreUploaded(t *testing.T) {
	for size, want := range map[int]string{1 << 20: "data:audio/wav;base64,eHh4", 1<<20 + 1: "https://replicate.example/f1"} {
		h := recorder{link: "https://replicate.example/f1", kind: "audio/wav"}
		recording := engine.InputAudio{InputFile: engine.InputFile{Type: "audio/wav", Size: int64(size), Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(bytes.Repeat([]byte("x"), size))), nil
		}}}
		job := engine.Job{
			Model: "bytedance/seedance-2.0", Request: task.Request{Prompt: "a cat", ReferenceAudio: []task.InputAudio{{}}}, ReferenceAudio: []engine.InputAudio{recording},
		}
		if _, err := h.serve(t).Submit(t.Context(), job); err != nil {
			t.Errorf("%d bytes: %v", size, err)
			continue
		}
		sent, _ := h.body.Input["reference_audios"].([]any)
		if len(sent) != 1 || !strings.HasPrefix(fmt.Sprint(sent[0]), want) {
			t.Errorf("%d bytes: sent %.60v, want %s", size, sent, want)
		}
		if job.ReferenceAudio[0].URL != "" {
			t.Error("the caller's job has changed: a second try would send an upload that may be gone")
		}
	}
}

func TestAnUnreadableVideoIsNotUploaded(t *testing.T) {
	h := recorder{}
	job := engine.Job{Model: "luma/modify-video", Request: task.Request{Video: &task.InputVideo{}}, Video: &engine.InputVideo{InputFile: engine.InputFile{
		Size: 2 << 20, Open: func(context.Context) (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF },
	}}}
	_, err := h.serve(t).Submit(t.Context(), job)
	if err == nil || engine.AsError(err).Unconfirmed || len(h.paths) != 0 {
		t.Errorf("%v, asked for %v", err, h.paths)
	}
}

func TestAFailedUploadSubmitsNothing(t *testing.T) {
	h := recorder{}
	job := engine.Job{
		Model: "bytedance/seedance-1-pro", Request: task.Request{First: &task.Image{}},
		First: &engine.Picture{Type: "image/png", Bytes: bytes.Repeat([]byte("x"), 2<<20)},
	}
	_, err := h.serve(t).Submit(t.Context(), job)
	if e := engine.AsError(err); err == nil || e.Class != engine.InvalidResponse || e.Unconfirmed || len(h.paths) != 1 {
		t.Errorf("%v, after %v", err, h.paths)
	}
}

func TestAConfiguredModelUsesItsOwnPathAndInputs(t *testing.T) {
	version := strings.Repeat("0123456789abcdef", 4)
	in := engine.Inputs{Prompt: "text"}
	var h recorder
	e := h.serve(t,
		engine.TableModel{Model: engine.Model{Name: "official"}, Endpoints: engine.SameEndpoint("me/films", in, engine.FromText)},
		engine.TableModel{Model: engine.Model{Name: "community"}, Endpoints: engine.SameEndpoint("me/films:"+version, in, engine.FromText)},
	)
	for model, want := range map[string][2]string{"official": {"/models/me/films/predictions", ""}, "community": {"/predictions", version}} {
		h.body.Version = ""
		if _, err := e.Submit(t.Context(), engine.Job{Model: model, Request: task.Request{Prompt: "a cat"}}); err != nil {
			t.Fatal(err)
		}
		if at := h.paths[len(h.paths)-1]; at != want[0] || h.body.Version != want[1] || h.body.Input["text"] != "a cat" {
			t.Errorf("%s: asked %s %+v", model, at, h.body)
		}
	}
	for job, class := range map[*engine.Job]engine.Class{
		{Model: "none"}: engine.ModelError,
		{Model: "official", Request: task.Request{First: &task.Image{}}}: engine.Refused,
	} {
		_, err := e.Submit(t.Context(), *job)
		if got := engine.AsError(err); err == nil || got.Class != class || got.Reason == task.Internal {
			t.Errorf("%+v: %v", job, err)
		}
	}
}

func TestFailedPredictionsAreClassifiedByTheirMessage(t *testing.T) {
	for text, reason := range map[string]task.Reason{
		"The input or output was flagged as sensitive. Please try again with different inputs. (E005)": task.SafetyInputText,
		"Your output is flagged by our filter":                                                         task.SafetyOutputVideo,
		"NSFW content detected":                                                                        task.SafetyInputText,
		"Content moderation failed":                                                                    task.SafetyInputText,
		"Service is currently in high demand (E003)":                                                   task.VendorUnavailable,
		"Prediction timed out":                                                                         task.VendorUnavailable,
		"Invalid image: the file can't be read":                                                        task.AssetInvalid,
		"Image must be at least 300 pixels":                                                            task.AssetInvalid,
		"CUDA error: an illegal memory access was detected":                                            task.VendorUnavailable,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{"id": "p1", "status": "failed", "error": text})
		}))
		e := replicate.New(replicate.Options{BaseURL: s.URL, HTTP: s.Client()})
		st, err := e.Poll(t.Context(), "p1")
		if err != nil || st.Failure == nil || st.Failure.Reason != reason {
			t.Errorf("%q: %+v, %v", text, st.Failure, err)
		}
		s.Close()
	}
}
