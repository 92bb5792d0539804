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

// withFFmpeg sets PATH to a folder with an ffmpeg, and returns its path.
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

// healthWithResults returns a Health with checks that return the results in turn, and then the last one again.
func healthWithResults(results ...error) (h *Health, stderr *[]string, looks *int) {
	stderr, looks = &[]string{}, new(int)
	h = NewHealth(func(context.Context) error {
		err := results[min(*looks, len(results)-1)]
		*looks++
		return err
	}, func(err error) { *stderr = append(*stderr, fmt.Sprint(err)) })
	return h, stderr, looks
}

// advance moves the clock of the test's bubble.
func advance(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestHealthReportsChanges(t *testing.T) {
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
			t.Errorf("after %d checks: %v", *looks, err)
		}
		if want := []string{"ffmpeg does not work on this server", "<nil>"}; !slices.Equal(*stderr, want) {
			t.Errorf("reported %q, want %q", *stderr, want)
		}
	})
}

func TestHealthNamesTheProblem(t *testing.T) {
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

func TestMissingFFmpegIsNoticedAtOnce(t *testing.T) {
	path := withFFmpeg(t)
	synctest.Test(t, func(t *testing.T) {
		h, stderr, _ := healthWithResults(nil)
		defer h.Close()
		synctest.Wait()
		if err := h.Err(); err != nil {
			t.Errorf("while it exists: %v", err)
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
			t.Errorf("when it is back: %v; reported %q", err, *stderr)
		}
	})
}

func TestHealthChecksRarelyWhileWorking(t *testing.T) {
	withFFmpeg(t)
	synctest.Test(t, func(t *testing.T) {
		h, _, looks := healthWithResults(nil)
		defer h.Close()
		synctest.Wait()
		for range 1000 {
			_ = h.Err()
		}
		if *looks != 1 {
			t.Errorf("%d checks for many calls of Err", *looks)
		}
		advance(2 * healthMaxAge)
		if *looks != 1 {
			t.Errorf("%d checks without a call of Err", *looks)
		}
		_ = h.Err()
		synctest.Wait()
		if err := h.Check(t.Context()); err != nil {
			t.Errorf("%v", err)
		}
		if *looks != 3 {
			t.Errorf("%d checks, want one for Err after a while and one for Check", *looks)
		}
	})
}

func TestCheckStopsWithItsContext(t *testing.T) {
	withFFmpeg(t)
	synctest.Test(t, func(t *testing.T) {
		h := NewHealth(func(ctx context.Context) error {
			<-ctx.Done() // it hangs
			return ctx.Err()
		}, func(err error) { t.Errorf("reported %v", err) })
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := h.Check(ctx); err != nil {
			t.Errorf("%v before any result", err)
		}
		h.Close() // ends the check
		if err := h.Check(t.Context()); err != nil {
			t.Errorf("after Close: %v", err)
		}
	})
}
