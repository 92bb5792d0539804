package main

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
)

// A server whose storage is stopped while it makes a video says that it is not ready, and finishes the task when the storage is
// back. Its files are in the bucket and not in the data folder.
func TestServerOnS3(t *testing.T) {
	t.Parallel()
	storage, data := s3test.Start(t), t.TempDir()
	p := run(t, data, append(s3test.Environment(), "FILMGATE_BLOB_URL="+storage.MakeBucket(t, "films"))...)
	id := p.createLong(t)
	p.until(t, id, atWork)
	storage.Stop()
	p.until(t, id, func(taskAnswer) bool {
		code, body := p.call(t, http.MethodGet, "/readyz", "")
		return code == http.StatusServiceUnavailable && strings.Contains(string(body), `"failing":["storage"]`)
	})
	p.until(t, id, func(taskAnswer) bool {
		return strings.Contains(p.errs.String(), "finished videos wait at their engines")
	})
	if code, body := p.call(t, http.MethodGet, "/cdn/20240909/"+strings.Repeat("A", 30)+".mp4", ""); code != http.StatusServiceUnavailable {
		t.Errorf("a file, while the storage is away: %d %s", code, body)
	}
	storage.Resume(t)
	path := strings.TrimPrefix(p.until(t, id, hasSucceeded).Task.Artifacts[0].URL, p.base)
	code, whole := p.call(t, http.MethodGet, path, "")
	if code != http.StatusOK || len(whole) < 10_000 {
		t.Fatalf("the video: %d, %d bytes", code, len(whole))
	}
	if code, part := p.call(t, http.MethodGet, path, "", "Range", "bytes=1000-1999"); code != http.StatusPartialContent || !bytes.Equal(part, whole[1000:2000]) {
		t.Errorf("a range: %d, %d bytes", code, len(part))
	}
	p.end(syscall.SIGTERM)
	if _, err := os.Stat(filepath.Join(data, "files")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the data folder has files, too: %v", err)
	}

	p = run(t, data, append(s3test.Environment(), "FILMGATE_BLOB_URL="+storage.URL("films")+"&serve=redirect")...)
	if code, body := p.call(t, http.MethodGet, path, "", "Range", "bytes=1000-1999"); code != http.StatusPartialContent || !bytes.Equal(body, whole[1000:2000]) {
		t.Errorf("a range by a redirect: %d, %d bytes", code, len(body))
	}
}

// The sweep of one database would delete the files of another.
func TestABucketBelongsToOneDatabase(t *testing.T) {
	t.Parallel()
	settings := append(s3test.Environment(), "FILMGATE_BLOB_URL="+s3test.Start(t).MakeBucket(t, "films"))
	data := t.TempDir()
	run(t, data, settings...).end(syscall.SIGTERM)
	run(t, data, settings...).end(syscall.SIGTERM) // its own database may come again
	path, err := programs.Filmgate()
	if err != nil {
		t.Fatal(err)
	}
	other := exec.CommandContext(t.Context(), path, "serve", "--addr", "127.0.0.1:0", "--data", t.TempDir())
	other.Env = append(os.Environ(), settings...)
	out, err := other.CombinedOutput()
	if want := "FILMGATE_BLOB_URL (--blob-url): the bucket has the files of another database"; err == nil || !strings.Contains(string(out), want) {
		t.Errorf("%v: %s", err, out)
	}
}

// Every mistake is one sentence, in doctor and at a start, which leaves no folder behind.
func TestAStorageThatCantBeUsedIsNamedWithItsSetting(t *testing.T) {
	s3test.SetCredentials(t)
	storage := s3test.Start(t)
	good := storage.MakeBucket(t, "films")
	storage.AddUser(t, "stranger", "a-secret-of-a-stranger")
	for name, c := range map[string]struct{ url, key, secret, want string }{
		"a bucket without rights": {good, "stranger", "a-secret-of-a-stranger", `the access key lacks a right in the bucket "films"`},
		"a wrong region":          {strings.Replace(good, "us-east-1", "eu-central-1", 1), s3test.AccessKey, s3test.SecretKey, "correct the parameter region"},
		"an unreachable endpoint": {s3test.URL("films", "http://"+s3test.FreeAddress(t)), s3test.AccessKey, s3test.SecretKey, "can't be reached: start it, or correct the parameter endpoint"},
		"a bucket that is absent": {storage.URL("nowhere"), s3test.AccessKey, s3test.SecretKey, `there is no bucket "nowhere"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_ACCESS_KEY_ID", c.key)
			t.Setenv("AWS_SECRET_ACCESS_KEY", c.secret)
			data := filepath.Join(t.TempDir(), "data")
			s := &session{env: map[string]string{"FILMGATE_BLOB_URL": c.url, "FILMGATE_DATA": data, "FILMGATE_ADDR": "127.0.0.1:0", "FILMGATE_URL": "http://127.0.0.1:1"}}
			s.run(t, "doctor").expect(t, exitFailure, "✗ ", c.want, "FILMGATE_BLOB_URL (--blob-url)")
			s.run(t, "serve").expect(t, exitFailure, "FILMGATE_BLOB_URL (--blob-url): ", c.want)
			if lines := strings.Count(strings.TrimSpace(s.err), "\n"); lines != 0 {
				t.Errorf("the error has %d lines more than one: %s", lines, s.err)
			}
			if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the data folder was made: %v", err)
			}
		})
	}
	s := &session{env: map[string]string{"FILMGATE_BLOB_URL": good, "FILMGATE_DATA": t.TempDir(), "FILMGATE_ADDR": "127.0.0.1:0", "FILMGATE_URL": "http://127.0.0.1:1"}}
	s.run(t, "doctor").expect(t, 0, "✓ the bucket of FILMGATE_BLOB_URL can be used")
}
