package node

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/blob/s3"
	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
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
func expectOnly(t *testing.T, files blob.Storage, besides ...string) {
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
	s3test.SetCredentials(t)
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
	s3test.SetCredentials(t)
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

func TestAMoveMarksTheFolderThatItFills(t *testing.T) {
	first, second := folder(t, ofOurs), filepath.Join(t.TempDir(), "second")
	put(t, first)
	if _, err := (Move{Settings: config.Settings{Data: first}, To: apikey.Secret(second), FilesTo: second}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectOnly(t, openFolder(t, second), ownerKey)
	expectStart(t, config.Settings{Data: second}, "")
	if err := os.Rename(filepath.Join(second, "files"), filepath.Join(t.TempDir(), "files")); err != nil {
		t.Fatal(err)
	}
	expectStart(t, config.Settings{Data: second}, "") // files that are lost are not another database's
}

func TestFoldersOfAMoveAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		source, target []byte // secrets of the databases whose marks the folders have; nil = none
		filled         bool   // whether the target has a file
		want           string // "" = they are moved
	}{
		"no marks":                             {},
		"marks of this database":               {source: []byte{0, 0xff}, target: []byte{0, 0xff}, filled: true},
		"another database's files":             {source: []byte{0x11, 0xff}, want: "FILMGATE_DATA (--data): the folder "},
		"a folder of another database":         {target: []byte{0x11, 0xff}, want: "--blobs-to: the folder "},
		"a folder with files and without mark": {filled: true, want: "--blobs-to: the folder "},
	} {
		t.Run(name, func(t *testing.T) {
			data, target := folder(t, ofOurs), t.TempDir()
			put(t, data)
			for dir, secret := range map[string][]byte{data: c.source, target: c.target} {
				if secret != nil {
					mark(t, openFolder(t, dir), secret...)
				}
			}
			if c.filled {
				put(t, target)
			}
			_, err := Move{Settings: config.Settings{Data: data}, To: apikey.Secret(filepath.Join(t.TempDir(), "to")), FilesTo: target}.Run(t.Context())
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
				t.Errorf("Run: %v, want %q", err, c.want)
			}
		})
	}
}
