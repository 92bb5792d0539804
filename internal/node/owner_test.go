package node

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/s3/s3test"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/render"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/transfer"
)

// starts opens a node as a start of the server does, and closes it.
func starts(t *testing.T, s config.Settings) error {
	t.Helper()
	n, err := Open(t.Context(), optionsOf(s))
	if err != nil {
		return err
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	return nil
}

func optionsOf(s config.Settings) Options {
	log := slog.New(slog.DiscardHandler)
	s.Workers, s.Encoder = 1, render.Encoder{Codec: "libx264"}
	return Options{Settings: s, Getenv: func(string) string { return "" }, Now: time.Now, Random: rand.Reader, Log: log, Panics: panics.NewRecorder(log)}
}

// expectStart checks that doctor and two starts say want: a start must not make the next one possible. Nothing is wrong if want is "".
func expectStart(t *testing.T, s config.Settings, want string) {
	t.Helper()
	for name, check := range map[string]func() error{
		"doctor":        func() error { return CheckOwner(t.Context(), s) },
		"a start":       func() error { return starts(t, s) },
		"another start": func() error { return starts(t, s) },
	} {
		err := check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one line: %v", name, err)
		}
	}
}

// mark gives a storage the mark of the database with a secret.
func mark(t *testing.T, files blob.Bucket, secret ...byte) {
	t.Helper()
	if err := claim(t.Context(), files, secret); err != nil {
		t.Fatal(err)
	}
}

func isMarked(t *testing.T, files blob.Bucket) bool {
	t.Helper()
	_, err := readOwner(t.Context(), files)
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func putKey(t *testing.T, files blob.Bucket, key string) {
	t.Helper()
	if _, err := files.Put(t.Context(), key, strings.NewReader("a film"), ""); err != nil {
		t.Fatal(err)
	}
}

// storageCases are the storages that a server may find, and whether it takes them.
var storageCases = map[string]struct {
	database string // a statement that fills the database; "" = there is none yet
	mark     []byte // secret of the database whose mark the storage has; nil = none
	key      string // what is stored; "" = nothing
	want     string // what the refusal says of the storage; "" = it is taken
}{
	"nothing and a new database":                      {},
	"nothing and a used database":                     {database: ofOurs},
	"an earlier version's files and their database":   {database: ofOurs, key: film},
	"marked files and their database":                 {database: ofOurs, mark: []byte{0, 0xff}, key: film},
	"other programs' files and a new database":        {key: "books/a.txt"},
	"unmarked videos and a new database":              {key: film, want: " has files, and the database is new: take the database of these files"},
	"unmarked videos and a database without a server": {database: unchanged, key: film, want: " has files, and the database is new"},
	"unmarked signed videos and a new database":       {key: "sealed/20261124/film.mp4", want: " has files, and the database is new"},
	"unmarked pictures and a new database":            {key: "datasets/a.jpg", want: " has files, and the database is new"},
	"unmarked uploads and a new database":             {key: "uploads/a.1", want: " has files, and the database is new"},
	"marked files and a new database":                 {mark: []byte{0, 0xff}, key: film, want: " has the files of another database: take that database"},
	"marked files and another database":               {database: ofAnother, mark: []byte{0, 0xff}, key: film, want: " has the files of another database"},
	"another database's mark and no files":            {database: ofAnother, mark: []byte{0, 0xff}, want: " has the files of another database"},
}

func TestFilesInTheDataFolderBelongToOneDatabase(t *testing.T) {
	for name, c := range storageCases {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			if c.database != "" {
				data = folder(t, c.database)
			}
			files := openFolder(t, data)
			if c.mark != nil {
				mark(t, files, c.mark...)
			}
			if c.key != "" {
				putKey(t, files, c.key)
			}
			_ = files.Close()
			unfinished := filepath.Join(datafolder.Folder(data).Files(), "tmp", "half")
			if err := os.WriteFile(unfinished, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			want := c.want
			if want != "" {
				want = "FILMGATE_DATA (--data): the folder " + datafolder.Folder(data).Files() + want
			}
			expectStart(t, config.Settings{Data: data}, want)
			if _, err := os.Stat(unfinished); (c.want == "") != errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a file that was being written: %v", err)
			}
			expectKept(t, openFolder(t, data), c.key, c.want == "" || c.mark != nil)
		})
	}
}

func TestABucketBelongsToOneDatabase(t *testing.T) {
	s3test.SetCredentials(t)
	storage, n := s3test.Start(t), 'a'
	for name, c := range storageCases {
		url := storage.MakeBucket(t, "films-"+string(n))
		n++
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			if c.database != "" {
				data = folder(t, c.database)
			}
			files := openBucket(t, url)
			if c.mark != nil {
				mark(t, files, c.mark...)
			}
			if c.key != "" {
				putKey(t, files, c.key)
			}
			want := c.want
			if want != "" {
				want = "FILMGATE_BLOB_URL (--blob-url): the bucket" + want
			}
			expectStart(t, config.Settings{Data: data, BlobURL: apikey.Secret(url)}, want)
			expectKept(t, files, c.key, c.want == "" || c.mark != nil)
		})
	}
}

// expectKept checks that a file is there still, and whether the storage has a mark.
func expectKept(t *testing.T, files blob.Bucket, key string, marked bool) {
	t.Helper()
	if key != "" {
		if _, err := files.Stat(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	if got := isMarked(t, files); got != marked {
		t.Errorf("marked: %v, want %v", got, marked)
	}
}

// A new FILMGATE_DATABASE_URL over a data folder is a new database; the database that was moved there is not.
func TestFilesStayWithTheirDatabaseInPostgreSQL(t *testing.T) {
	server := shared.Server(t)
	for name, marked := range map[string]bool{"a folder with a mark": true, "a folder of an earlier version": false} {
		t.Run(name, func(t *testing.T) {
			data := folder(t, ofOurs)
			put(t, data)
			refusal := " has files, and the database is new"
			if marked {
				expectStart(t, config.Settings{Data: data}, "")
				refusal = " has the files of another database"
			}
			files := "FILMGATE_DATA (--data): the folder " + datafolder.Folder(data).Files()
			expectStart(t, config.Settings{Data: data, DatabaseURL: apikey.Secret(server.NewDatabase(t))}, files+refusal)
			moved := apikey.Secret(server.NewDatabase(t))
			if _, err := (Move{Settings: config.Settings{Data: data}, To: moved}).Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			expectStart(t, config.Settings{Data: data, DatabaseURL: moved}, "")
			expectOnly(t, openFolder(t, data), ownerKey)
		})
	}
}

// A folder that is being restored has files and a database without the secret. Doctor names the command that completes it, and no more.
func TestAnUnfinishedRestoreIsNotAnotherDatabase(t *testing.T) {
	data := folder(t, unchanged)
	put(t, data)
	db, err := sqlite.OpenDB(t.Context(), datafolder.Folder(data).Database())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(transfer.Mark(t.Context(), db, "the backup /b", "filmgate restore /b"), db.Close()); err != nil {
		t.Fatal(err)
	}
	s := config.Settings{Data: data}
	if err := CheckOwner(t.Context(), s); err != nil {
		t.Errorf("CheckOwner: %v", err)
	}
	if _, err := CheckDatabase(t.Context(), s); err == nil || !strings.Contains(err.Error(), "filmgate restore /b") {
		t.Errorf("CheckDatabase: %v", err)
	}
}

// The sweep deletes a file that has no row, which is why the mark is needed, and leaves the mark.
func TestTheSweepLeavesTheMark(t *testing.T) {
	data := folder(t, ofOurs)
	put(t, data)
	o := optionsOf(config.Settings{Data: data})
	o.Now = func() time.Time { return time.Now().AddDate(1, 0, 0) }
	n := openTest(t, o)
	if err := n.gw.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := n.bucket.List(t.Context(), "", "", 10)
	if err != nil || len(left) != 1 || left[0].Key != ownerKey {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestTheMarkIsNotServed(t *testing.T) {
	n := openTest(t, optionsOf(config.Settings{Data: t.TempDir(), Addr: "127.0.0.1:0"}))
	ctx, stop := context.WithCancel(t.Context())
	at, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- n.Serve(ctx, nil, func(url string) { at <- url }) }()
	base := <-at
	for _, path := range []string{"/" + ownerKey, "/cdn/" + ownerKey, "/cdn/..%2f" + ownerKey, "/cdn/%2e%2e/" + ownerKey, "/sealed/" + ownerKey} {
		res, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode < 400 {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
