package media

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// withFFmpeg makes PATH a folder that has an ffmpeg, and returns its path.
func withFFmpeg(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "ffmpeg")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	return path
}

// healthWithResults is a Health whose looks give the results in turn, the last of them for ever.
func healthWithResults(results ...error) (h *Health, stderr *[]string, looks *int) {
	stderr, looks = &[]string{}, new(int)
	h = NewHealth(func(context.Context) error {
		err := results[min(*looks, len(results)-1)]
		*looks++
		return err
	}, func(err error) { *stderr = append(*stderr, fmt.Sprint(err)) })
	return h, stderr, looks
}

// advance lets the clock of a test's bubble run on.
func advance(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestHealthIsToldWhenItChanges(t *testing.T) {
	withFFmpeg(t)
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("exit status 1")
		h, stderr, looks := healthWithResults(broken, broken, nil)
		defer h.Close()
		synctest.Wait()
		if err := h.Err(); !errors.Is(err, ErrNoFFmpeg) || !errors.Is(err, broken) || err.Error() != "ffmpeg does not work on this server" {
			t.Errorf("%v", err)
		}
		advance(3 * healthRetry)
		if err := h.Err(); err != nil || *looks != 3 {
			t.Errorf("after %d looks: %v", *looks, err)
		}
		if want := []string{"ffmpeg does not work on this server", "<nil>"}; !slices.Equal(*stderr, want) {
			t.Errorf("told %q, want %q", *stderr, want)
		}
	})
}

func TestHealthSaysWhatIsWrong(t *testing.T) {
	withFFmpeg(t)
	synctest.Test(t, func(t *testing.T) {
		h, _, _ := healthWithResults(fmt.Errorf("%w: more than 20s", ErrTooSlow))
		defer h.Close()
		synctest.Wait()
		if err := h.Err(); err == nil || err.Error() != "ffmpeg does not answer on this server" {
			t.Errorf("%v", err)
		}
	})
}

func TestAMissingFFmpegIsSeenAtOnce(t *testing.T) {
	path := withFFmpeg(t)
	synctest.Test(t, func(t *testing.T) {
		h, stderr, _ := healthWithResults(nil)
		defer h.Close()
		synctest.Wait()
		if err := h.Err(); err != nil {
			t.Errorf("while it is there: %v", err)
		}
		if err := os.Rename(path, path+"-away"); err != nil {
			t.Fatal(err)
		}
		if err := h.Err(); err == nil || err.Error() != "ffmpeg is missing on this server" {
			t.Errorf("%v", err)
		}
		if err := os.Rename(path+"-away", path); err != nil {
			t.Fatal(err)
		}
		advance(2 * healthRetry)
		if err := h.Err(); err != nil || len(*stderr) != 2 {
			t.Errorf("when it is back: %v; told %q", err, *stderr)
		}
	})
}

func TestHealthLooksSeldomWhileAllIsWell(t *testing.T) {
	withFFmpeg(t)
	synctest.Test(t, func(t *testing.T) {
		h, _, looks := healthWithResults(nil)
		defer h.Close()
		synctest.Wait()
		for range 1000 {
			_ = h.Err()
		}
		if *looks != 1 {
			t.Errorf("%d looks for many questions", *looks)
		}
		advance(2 * healthMaxAge)
		if *looks != 1 {
			t.Errorf("%d looks though nobody asked", *looks)
		}
		_ = h.Err()
		synctest.Wait()
		if err := h.Check(t.Context()); err != nil {
			t.Errorf("%v", err)
		}
		if *looks != 3 {
			t.Errorf("%d looks, want one for a question after a while and one for a doubt", *looks)
		}
	})
}

func TestALookWaitsForItsAnswerAsLongAsItsCaller(t *testing.T) {
	withFFmpeg(t)
	synctest.Test(t, func(t *testing.T) {
		h := NewHealth(func(ctx context.Context) error {
			<-ctx.Done() // it hangs
			return ctx.Err()
		}, func(err error) { t.Errorf("told %v", err) })
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := h.Check(ctx); err != nil {
			t.Errorf("%v, though nothing is known", err)
		}
		h.Close() // ends the look
		if err := h.Check(t.Context()); err != nil {
			t.Errorf("after Close: %v", err)
		}
	})
}
