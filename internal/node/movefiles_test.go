package node

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/blob/s3"
	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/transfer"
)

const (
	film      = "cdn/20261124/film.mp4"
	ofOurs    = `INSERT INTO secrets (name, value) VALUES ('file naming', x'00ff')`
	ofAnother = `INSERT INTO secrets (name, value) VALUES ('file naming', x'11ff')`
)

// put stores the film in a data folder.
func put(t *testing.T, dir string) {
	t.Helper()
	files := openFolder(t, dir)
	if _, err := files.Put(t.Context(), film, strings.NewReader("a film"), "video/mp4"); err != nil {
		t.Fatal(err)
	}
}

func openFolder(t *testing.T, dir string) *file.Bucket {
	t.Helper()
	files, err := file.Open(datafolder.Folder(dir).Files())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	return files
}

func openBucket(t *testing.T, url string) *s3.Bucket {
	t.Helper()
	b, err := s3.Open(t.Context(), url, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// expectOnly checks that the film is stored, and nothing besides it but what is named.
func expectOnly(t *testing.T, files transfer.Storage, besides ...string) {
	t.Helper()
	body, err := files.Open(t.Context(), film, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil || string(content) != "a film" {
		t.Errorf("the film is %q, %v", content, err)
	}
	listed, err := files.List(t.Context(), "", "", 10)
	if err != nil || len(listed) != 1+len(besides) {
		t.Errorf("stored are %v, %v", listed, err)
	}
	for _, key := range besides {
		if _, err := files.Stat(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
}

func TestFilesAreMovedToABucketAndBack(t *testing.T) {
	url := s3test.Start(t).MakeBucket(t, "films")
	first, second, third := folder(t, ofOurs), filepath.Join(t.TempDir(), "second"), filepath.Join(t.TempDir(), "third")
	put(t, first)
	there := Move{Settings: config.Settings{Data: first}, To: apikey.Secret(second), FilesTo: url}
	for range 2 {
		if _, err := there.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		expectOnly(t, openBucket(t, url), ownerKey)
	}
	back := Move{Settings: config.Settings{Data: second, BlobURL: apikey.Secret(url)}, To: apikey.Secret(third), FilesTo: third}
	r, err := back.Run(t.Context())
	if err != nil || r.Files.Copied != 1 || r.Files.Problems != 0 {
		t.Errorf("back: %+v, %v", r.Files, err)
	}
	expectOnly(t, openFolder(t, third), ownerKey)
}

func TestBucketsOfAMoveAreChecked(t *testing.T) {
	storage := s3test.Start(t)
	taken, owner := storage.MakeBucket(t, "taken"), folder(t, ofAnother)
	put(t, owner)
	if _, err := (Move{Settings: config.Settings{Data: owner}, To: apikey.Secret(t.TempDir()), FilesTo: taken}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		bucket, to string // of the source, and of the files' destination
		want       string
	}{
		"a bucket that does not exist":   {"", storage.URL("none"), "--blobs-to: "},
		"a source that does not exist":   {storage.URL("none"), t.TempDir(), "FILMGATE_BLOB_URL (--blob-url): "},
		"the bucket that is moved":       {taken, taken, "--blobs-to: the files are there already"},
		"the bucket of another database": {"", taken, "--blobs-to: the bucket has the files of another database"},
		"another database's files":       {taken, t.TempDir(), "FILMGATE_BLOB_URL (--blob-url): the bucket has the files of another database"},
	} {
		t.Run(name, func(t *testing.T) {
			data := folder(t, ofOurs)
			put(t, data)
			m := Move{Settings: config.Settings{Data: data, BlobURL: apikey.Secret(c.bucket)}, To: apikey.Secret(t.TempDir()), FilesTo: c.to}
			if _, err := m.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("Run: %v", err)
			}
		})
	}
	expectOnly(t, openBucket(t, taken), ownerKey)
}
