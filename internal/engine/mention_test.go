package engine_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestAPromptMentionsReferencesInTheMakersWords(t *testing.T) {
	job := engine.Job{
		ReferenceImages: []engine.ReferenceImage{{}, {Name: "hero"}, {Name: "hero2"}}, ReferenceAudio: []engine.InputAudio{{Name: "song"}},
	}
	for _, c := range []struct{ prompt, image, recording, want string }{
		{"@hero and @hero2 hear @song.", "[Image%d]", "[Audio%d]", "[Image2] and [Image3] hear [Audio1]."},
		{"@hero and @hero2 hear @song.", "Image %d", "", "Image 2 and Image 3 hear @song."},
		{"@hero and @hero2 hear @song.", "", "", "@hero and @hero2 hear @song."},
		{"@heroine and hero, mail me@hero", "<IMAGE_%d>", "", "@heroine and hero, mail me@hero"},
		{"(@hero) says: @hero2's", "<%d>", "", "(<2>) says: <3>'s"},
		{"nobody", "@Image%d", "@Audio%d", "nobody"},
	} {
		job.Request = task.Request{Prompt: c.prompt}
		if got := job.PromptWith(c.image, c.recording); got != c.want {
			t.Errorf("%q as %q and %q: %q, want %q", c.prompt, c.image, c.recording, got, c.want)
		}
	}
}

func TestReferencesAreLinkedInTheirOrder(t *testing.T) {
	file := func(kind, url, content string) engine.InputFile {
		return engine.InputFile{Type: kind, URL: url, Size: int64(len(content)), Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(content)), nil
		}}
	}
	job := engine.Job{
		ReferenceImages: []engine.ReferenceImage{{InputFile: file("image/png", "", "abc")}, {InputFile: file("image/png", "https://p.example/2", "abc")}},
		ReferenceAudio:  []engine.InputAudio{{InputFile: file("audio/wav", "", "abc")}},
	}
	images, recordings, err := job.ReferenceLinks(t.Context())
	if err != nil || !slices.Equal(images, []string{"data:image/png;base64,YWJj", "https://p.example/2"}) || !slices.Equal(recordings, []string{"data:audio/wav;base64,YWJj"}) {
		t.Errorf("%q, %q, %v", images, recordings, err)
	}
	job.ReferenceAudio[0].Open = func(context.Context) (io.ReadCloser, error) { return nil, io.ErrUnexpectedEOF }
	if _, _, err := job.ReferenceLinks(t.Context()); err == nil {
		t.Error("a recording that can't be read has a link")
	}
}

func TestFilesHaveTheEndingsOfTheirTypes(t *testing.T) {
	for kind, want := range map[string]string{
		"image/jpeg": "f.jpeg", "image/png": "f.png", "video/mp4": "f.mp4", "video/quicktime": "f.mov", "audio/mpeg": "f.mp3", "audio/mp4": "f.m4a", "audio/wav": "f.wav",
	} {
		if got := engine.FileName("f", kind); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
}
