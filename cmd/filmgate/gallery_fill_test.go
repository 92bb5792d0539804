package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
)

// galleryFailures is of how many takes of a filled gallery one has failed.
const galleryFailures = 100

// galleryTitle returns what the n-th take of a filled gallery is called, counted from the oldest.
func galleryTitle(n int) string { return fmt.Sprintf("take number %05d of a harbour at dawn", n) }

// fillGallery makes a data folder with takes that are finished. addPictures adds their pictures, and there are no videos.
func fillGallery(b *testing.B, data string) {
	b.Helper()
	db, err := sqlite.OpenDB(b.Context(), filepath.Join(data, "filmgate.db"))
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := db.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	rows, newest := sqlite.New(db, nil), time.Now()
	var writers sync.WaitGroup
	numbers := make(chan int)
	for range 64 { // their changes are committed together
		writers.Go(func() {
			for n := range numbers {
				if _, err := rows.Apply(b.Context(), task.Change{Task: galleryTake(n, newest.Add(time.Duration(n-galleryTakes)*time.Minute))}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for n := 1; n <= galleryTakes; n++ {
		numbers <- n
	}
	close(numbers)
	writers.Wait()
	if err := rows.Close(); err != nil {
		b.Fatal(err)
	}
}

// addPictures gives each take its picture. A server must have begun the data folder: with files and a new database it would not start.
func addPictures(b *testing.B, data string) {
	b.Helper()
	picture := galleryPicture(b, data)
	for n := 1; n <= galleryTakes; n++ {
		for _, a := range galleryTake(n, time.Time{}).Artifacts {
			if err := os.Link(picture, filepath.Join(filepath.Dir(picture), filepath.Base(a.Files[1].Key))); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// galleryTake returns the n-th take.
func galleryTake(n int, created time.Time) task.Task {
	t := task.Task{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Account: keystore.Operator, State: task.Failed, Engine: "animatic", EngineModel: "animatic",
		Created: created, Updated: created, Started: created.Add(time.Second), Finished: created.Add(9 * time.Second),
		Request:  task.Request{Dialect: "filmgate", Model: "default", Prompt: galleryTitle(n), Seconds: 5, AssetGroup: "Generative Video"},
		Attempts: []task.Attempt{{Engine: "animatic", Model: "animatic", Begun: created, Ended: created.Add(9 * time.Second)}}}
	if n%galleryFailures == 1 {
		return t
	}
	t.State, t.Progress = task.Succeeded, 1
	a := task.Artifact{ID: fmt.Sprintf("00000000-0000-4000-9000-%012d", n), Task: t.ID, Account: t.Account, Group: "g", Filename: "film.mp4", Width: 1280, Height: 768, FrameRate: 24,
		Duration: 5 * time.Second, Created: t.Finished, Updated: t.Finished}
	for i, r := range []task.Role{task.Video, task.Preview, task.Preview, task.Preview, task.Preview, task.Preview, task.Poster} {
		a.Files = append(a.Files, task.File{Role: r, Key: fmt.Sprintf("cdn/20260301/take%05d%d%020d.jpg", n, i, i), Type: "image/jpeg", Width: 640, Height: 384, Size: 20 << 10, SHA256: fmt.Sprintf("%064d", n)})
	}
	t.Artifacts = []task.Artifact{a}
	return t
}

// galleryPicture writes a JPEG among the files of a data folder, and returns its path.
func galleryPicture(b *testing.B, data string) string {
	b.Helper()
	still := image.NewRGBA(image.Rect(0, 0, 640, 384))
	for y := range 384 {
		for x := range 640 {
			still.Set(x, y, color.RGBA{uint8(x*y/97 + x), uint8(255 - y/2), uint8(x / 3), 255}) //nolint:gosec // a pattern
		}
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, still, nil); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(data, "files", "files", "cdn", "20260301", "sample.jpg")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}
