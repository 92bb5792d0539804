package film

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/media"
)

// onlyFFmpeg makes PATH a folder whose ffmpeg is a shell script. The script itself has the old PATH.
func onlyFFmpeg(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	program := "#!/bin/sh\nPATH=" + os.Getenv("PATH") + "\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(dir, "ffmpeg"), []byte(program), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
}

// A render ends whatever ffmpeg does, and leaves no file.
func TestAMisbehavingEncoderEndsTheRender(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		kind   error
	}{
		"it reads no frame":              {"sleep 1000", media.ErrTooSlow},
		"it reads all and never ends":    {"cat > /dev/null; sleep 1000", media.ErrTooSlow},
		"it ends at once":                {"exit 3", nil},
		"it writes errors without end":   {"while :; do echo no; done >&2", media.ErrTooSlow},
		"its child keeps the pipes open": {"sleep 5 & exit 3", nil},
	} {
		t.Run(name, func(t *testing.T) {
			onlyFFmpeg(t, c.script)
			path := filepath.Join(t.TempDir(), "a.mp4")
			spec := Spec{Prompt: "dunes", Width: 320, Height: 192, Frames: 48, FrameRate: 24, Encoder: Encoder{Patience: 100 * time.Millisecond}}
			if _, err := Render(t.Context(), spec, path, nil); err == nil || c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("%v, want %v", err, c.kind)
			}
			if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the file: %v", err)
			}
		})
	}
}

func TestTryReportsAnEncoderThatFails(t *testing.T) {
	onlyFFmpeg(t, "exit 3")
	if err := (Encoder{}).Try(t.Context()); err == nil {
		t.Error("no error")
	}
}
