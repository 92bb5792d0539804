package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	maxVideoBytes = 2 << 30 // of a result: no clip of a minute needs more
	maxResumes    = 5       // of one download whose body ends early
	previewCount  = 5
	ingestRetry   = time.Second // until the next step, while another step ingests the task's result
)

// badVideoError says that a result is no video, or that its frames can't be decoded.
type badVideoError struct{ error }

// Unwrap returns what is wrong with the video.
func (u badVideoError) Unwrap() error { return u.error }

// downloadError is an error of the engine in a download.
type downloadError struct{ error }

// Unwrap returns the engine's error.
func (f downloadError) Unwrap() error { return f.error }

// ingestOrRetry ingests a result, or handles the error. While another step of this process ingests it, it waits for that one.
func (g *Gateway) ingestOrRetry(ctx context.Context, t task.Task, e engine.Engine, st engine.Status) (Next, error) {
	unlock, ok := g.ingesting.TryLock(t.ID)
	if !ok {
		return Next{After: ingestRetry}, nil
	}
	defer unlock()
	if err := g.previewsUnavailable(e); err != nil { // before anything is copied
		return g.waitForFFmpeg(ctx, t, err)
	}
	if g.storageStillAway(ctx) {
		return g.waitForStorage(ctx, t)
	}
	if e.Capabilities().Lane == task.Remote { // local workers bound it by their number
		leave, ok := g.enter(ctx, g.ingestLimitOf(t), t)
		if !ok {
			return g.waitForIngest(ctx, t)
		}
		defer leave()
	}
	next, err := g.tracedIngest(ctx, t, e, st)
	var bad badVideoError
	var failed downloadError
	switch {
	case errors.As(err, &bad):
		return g.badOutput(ctx, t, e, bad.error)
	case errors.As(err, &failed):
		return g.pollFailed(ctx, t, e, failed.error)
	case errors.Is(err, errConversionLater):
		return g.waitForIngest(ctx, t)
	}
	return next, err
}

// ingest copies a finished video into our storage, reads its facts, cuts its previews, and writes the task as SUCCEEDED with its
// artifact. Ids and names of files are derived from the task, so a step that is interrupted and repeated writes the same. Errors
// are not recorded in the task: they are a badVideoError, a downloadError, errConversionLater, or this machine's or ctx's own.
func (g *Gateway) ingest(ctx context.Context, t task.Task, e engine.Engine, st engine.Status) (Next, error) {
	path := filepath.Join(g.cfg.Temp.Path(), t.ID+".mp4")
	reserved := g.cfg.Temp.Reserve()
	defer reserved.Release()
	defer func() { _ = os.Remove(path) }()
	err := g.download(ctx, t, e, path, reserved)
	if errors.Is(err, blob.ErrUnavailable) {
		return Next{}, err // the video stays at the engine until our disk works again
	}
	if err != nil {
		return Next{}, downloadError{err}
	}
	facts, from, err := g.resultFacts(ctx, t, path, reserved)
	if errors.Is(err, errMachine) || errors.Is(err, errConversionLater) || isDiskError(err) {
		return Next{}, err
	}
	if err != nil {
		return Next{}, badVideoError{err}
	}
	a, err := g.storeArtifact(ctx, t, e, path, facts)
	if err != nil {
		g.noteStorageError(ctx, err)
		return Next{}, err
	}
	a.ConvertedFrom = from
	next := t
	next.Artifacts, next.Understood = []task.Artifact{a}, st.Understood
	next.Progress, next.ProgressText = 1, ""
	g.end(&next, task.Succeeded, nil)
	if next.Started.IsZero() {
		next.Started = next.Finished // no poll saw it RUNNING
	}
	g.charge(&next, st)
	if _, err := g.apply(ctx, t, next, ""); err != nil {
		if errors.Is(err, store.ErrStale) {
			g.deleteIfEnded(ctx, t.ID, a)
		}
		return Next{}, err
	}
	g.throughput.add(next)
	g.meterResult(next)
	if n, ok := g.registry.EngineFor(t); ok {
		if g.callbacksEnabled(n) {
			g.callbacks.taskEnded(n.Name, t.ID)
		}
		g.cleanUpAtEngine(ctx, next, n)
	}
	return Next{Done: true}, nil
}

// badOutput handles a result that is no video: the engine is polled again, or the task is submitted again if that costs nothing.
func (g *Gateway) badOutput(ctx context.Context, t task.Task, e engine.Engine, why error) (Next, error) {
	bad := &engine.Error{Class: engine.InvalidResponse, Reason: task.BadOutput, Err: why, Text: badOutputText(why)}
	if e.Capabilities().Restartable {
		return g.retryLater(ctx, t, bad.FailureAt(t.Engine), 0)
	}
	return g.schedulePoll(ctx, t, bad)
}

// badOutputText returns the public text for a result that is no video.
func badOutputText(why error) string {
	what := "its frames can't be decoded"
	switch {
	case errors.Is(why, media.ErrNotVideo):
		what = strings.TrimPrefix(why.Error(), media.ErrNotVideo.Error()+": ")
	case errors.Is(why, media.ErrTooLarge), errors.Is(why, media.ErrUnreadable):
		what = why.Error()
	case errors.Is(why, media.ErrTruncated):
		what = "it is cut short, or " + what
	}
	return "Its file is refused: " + what + ". Try again."
}

// deleteIfEnded deletes the files of an artifact whose task was cancelled while they were copied.
func (g *Gateway) deleteIfEnded(ctx context.Context, id string, a task.Artifact) {
	ctx = context.WithoutCancel(ctx)
	t, err := g.cfg.Store.Task(ctx, id)
	if err != nil || !t.State.Terminal() || len(t.Artifacts) > 0 {
		return
	}
	for _, f := range a.Files {
		if err := g.cfg.Bucket.Delete(ctx, f.Key); err != nil {
			g.cfg.Log.WarnContext(ctx, "could not delete a cancelled task's file", "task", id, "key", f.Key, "err", err)
		}
	}
}

// isDiskError reports whether an error of reading a local file is the disk's, and not about the file's content.
func isDiskError(err error) bool {
	var file *fs.PathError
	return errors.As(err, &file)
}

func readFacts(path string) (media.VideoFacts, error) {
	f, err := os.Open(path) //nolint:gosec // our own file
	if err != nil {
		return media.VideoFacts{}, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return media.VideoFacts{}, err
	}
	return media.Facts(f, info.Size())
}

// storeArtifact stores the video and its previews, and returns the artifact that they make.
func (g *Gateway) storeArtifact(ctx context.Context, t task.Task, e engine.Engine, path string, facts media.VideoFacts) (task.Artifact, error) {
	previews, err := g.previewFiles(ctx, t, e, path, facts)
	if err != nil {
		return task.Artifact{}, err
	}
	group, err := g.Catalog.Group(ctx, t.Account, t.Request.AssetGroup)
	if err != nil {
		return task.Artifact{}, err
	}
	now := g.now()
	a := task.Artifact{
		ID: g.deriveID("artifact", t.ID), Task: t.ID, Account: t.Account, Group: group.ID,
		Filename: t.Request.Name + ".mp4", Width: facts.Width, Height: facts.Height,
		FrameRate: facts.FrameRate, Duration: facts.Duration, HasAudio: facts.HasAudio, Created: now, Updated: now,
		Unlisted: true, PrivateInTeam: true,
	}
	video, err := g.putVideo(ctx, t, path, facts)
	if err != nil {
		return task.Artifact{}, err
	}
	a.Files = append(a.Files, video)
	for i, s := range previews {
		file, err := g.putPreview(ctx, t, i, s)
		if err != nil {
			return task.Artifact{}, err
		}
		a.Files = append(a.Files, file)
	}
	return a, nil
}

// putPreview stores the i-th file beside the video.
func (g *Gateway) putPreview(ctx context.Context, t task.Task, i int, s engine.Preview) (task.File, error) {
	body := io.NopCloser(bytes.NewReader(s.Bytes))
	if s.Open != nil {
		var err error
		if body, err = s.Open(); err != nil {
			return task.File{}, fmt.Errorf("gateway: open %s: %w", s.Role, err)
		}
	}
	defer func() { _ = body.Close() }()
	key := g.fileKey(t, string(s.Role)+strconv.Itoa(i), blob.Extension(s.Type))
	info, err := g.cfg.Bucket.Put(ctx, key, body, s.Type)
	if err != nil {
		return task.File{}, fmt.Errorf("gateway: store %s: %w", s.Role, err)
	}
	return task.File{Role: s.Role, Key: key, Type: s.Type, Size: info.Size, Width: s.Width, Height: s.Height, SHA256: info.SHA256}, nil
}

func (g *Gateway) putVideo(ctx context.Context, t task.Task, path string, facts media.VideoFacts) (task.File, error) {
	f, err := os.Open(path) //nolint:gosec // our own file
	if err != nil {
		return task.File{}, err
	}
	defer func() { _ = f.Close() }()
	key := g.fileKey(t, string(task.Video), ".mp4")
	info, err := g.cfg.Bucket.Put(ctx, key, f, "video/mp4")
	if err != nil {
		return task.File{}, fmt.Errorf("gateway: store video: %w", err)
	}
	return task.File{Role: task.Video, Key: key, Type: "video/mp4", Size: info.Size, Width: facts.Width, Height: facts.Height, SHA256: info.SHA256}, nil
}

// previewFiles returns the five previews and the other files beside the video: the engine's own if it has five previews, else
// previews cut from the file.
func (g *Gateway) previewFiles(ctx context.Context, t task.Task, e engine.Engine, path string, facts media.VideoFacts) ([]engine.Preview, error) {
	if s, ok := e.(engine.Previewer); ok {
		own, err := s.Previews(ctx, t.Handle)
		if err == nil && countRole(own, task.Preview) == previewCount {
			return own, nil
		}
		g.cfg.Log.WarnContext(ctx, "engine gave no previews; cutting them from the file", "task", t.ID, "err", err)
	}
	pics, err := g.cutPreviews(ctx, t, path, facts)
	if err != nil {
		return nil, err
	}
	previews := make([]engine.Preview, len(pics))
	for i, p := range pics {
		previews[i] = engine.Preview{Role: task.Preview, Type: p.Type, Bytes: p.Bytes, Width: p.Width, Height: p.Height}
	}
	return previews, nil
}

func countRole(files []engine.Preview, r task.Role) (n int) {
	for _, s := range files {
		if s.Role == r {
			n++
		}
	}
	return n
}
