package animatic_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// shotOf returns a shot of a video in a file. Its task's id is the file's path.
func shotOf(path string) engine.Shot {
	return engine.Shot{Task: path, Size: 1, Open: func(context.Context) (io.ReadCloser, error) { return os.Open(path) }}
}

// redVideo makes a red video of half a second.
func redVideo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "red.mp4")
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:s=96x64:r=24", "-t", "0.5", "-c:v", "libx264", "-preset", "ultrafast", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// joinOf returns the job of joining shots, each of which but the first dissolves for a quarter of a second.
func joinOf(id string, shots ...engine.Shot) engine.Job {
	j := engine.Job{Task: id, Model: task.SequenceModel, Shots: shots, Request: task.Request{Model: task.SequenceModel, Seconds: 1, Sequence: &task.Sequence{}}}
	for _, s := range shots {
		j.Request.Sequence.Shots = append(j.Request.Sequence.Shots, task.CutShot{Task: s.Task, Transition: task.Transition{Type: task.Dissolve, Duration: 250 * time.Millisecond}})
	}
	return j
}

func TestShotsAreJoinedAndTheirCopiesRemoved(t *testing.T) {
	e, dir := open(t)
	red := redVideo(t)
	handle, stills := renderWithPreviews(t, e, joinOf("a", shotOf(red), shotOf(red)))
	roles := rolesOf(stills)
	if roles[task.Preview] != 5 || roles[task.Poster] != 1 || roles[task.Sprite] != 1 || stills[0].Width != 96 || stills[0].Height != 64 {
		t.Errorf("beside the video there are %v, of %dx%d", roles, stills[0].Width, stills[0].Height)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("the folder has %v, %v", left, err)
	}
	if c, err := e.Open(t.Context(), handle, 0); err != nil || c.Size < 500 {
		t.Errorf("%+v, %v", c, err)
	} else {
		_ = c.Body.Close()
	}
}

func TestAJoinWithAShotThatIsNoVideoFailsForGood(t *testing.T) {
	e, dir := open(t)
	text := filepath.Join(t.TempDir(), "text.mp4")
	if err := os.WriteFile(text, []byte("no video"), 0o600); err != nil {
		t.Fatal(err)
	}
	sub, err := e.Submit(t.Context(), joinOf("a", shotOf(redVideo(t)), shotOf(text)))
	if err != nil {
		t.Fatal(err)
	}
	st := ended(t, e, sub.Handle)
	if st.State != task.Failed || st.Failure.Reason.Retryable() || st.Failure.Text != "Shot 2 can't be read as a video." {
		t.Errorf("%+v %+v", st, st.Failure)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

func TestAJoinWhoseShotCanNotBeOpenedMayBeTriedAgain(t *testing.T) {
	e, _ := open(t)
	away := engine.Shot{Task: "away", Open: func(context.Context) (io.ReadCloser, error) { return nil, errors.New("the storage is away") }}
	sub, err := e.Submit(t.Context(), joinOf("a", away))
	if err != nil {
		t.Fatal(err)
	}
	if st := ended(t, e, sub.Handle); st.State != task.Failed || !st.Failure.Reason.Retryable() || !strings.Contains(st.Failure.Detail, "the storage is away") {
		t.Errorf("%+v %+v", st, st.Failure)
	}
}

func TestShotsAreNotCopiedWithoutALimit(t *testing.T) {
	e, _ := open(t)
	big := shotOf(redVideo(t))
	big.Size = 4<<30 + 1
	sub, err := e.Submit(t.Context(), joinOf("a", big))
	if err != nil {
		t.Fatal(err)
	}
	if st := ended(t, e, sub.Handle); st.State != task.Failed || st.Failure.Text != "Shot 1 is too much: the videos may have 4294967296 bytes together." {
		t.Errorf("%+v %+v", st, st.Failure)
	}
}
