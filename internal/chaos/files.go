package chaos

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/dataset"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	previews  = 5              // of each video
	sweepAge  = 72 * time.Hour // the sweep deletes what no row names two days later
	listLimit = 10000
)

// proveFiles runs the sweep that a server would run in some days, and compares all files with all rows.
func (r *run) proveFiles(ctx context.Context, rows store.Store, all []task.Task) error {
	bucket, err := file.Open(r.bucket.folder(dataOf(r.data, 0)))
	if err != nil {
		return err
	}
	defer func() { _ = bucket.Close() }()
	before, err := listFiles(ctx, bucket)
	if err != nil {
		return err
	}
	if err := sweep(ctx, rows, bucket); err != nil {
		return err
	}
	stored, err := listFiles(ctx, bucket)
	if err != nil {
		return err
	}
	r.audit.swept = len(before) - len(stored)
	named := map[string]bool{}
	datasets, err := rows.Datasets(ctx, task.DatasetQuery{Limit: listLimit})
	if err != nil {
		return err
	}
	for _, d := range datasets {
		named[d.Key] = true
		r.proveFile(ctx, bucket, "dataset "+d.ID, task.File{Key: d.Key, Size: d.Size})
	}
	videos := map[string]int{} // by hash: the vendor has one video
	for _, t := range all {
		for _, a := range t.Artifacts {
			r.proveArtifact(ctx, bucket, a)
			for _, f := range a.Files {
				named[f.Key] = true
			}
			if video, ok := a.FirstFile(task.Video); ok && t.Request.Model != rendered {
				videos[video.SHA256]++
			}
		}
	}
	if len(videos) > 1 {
		r.audit.problem("the vendor's one video is stored as %d different ones: %v", len(videos), videos)
	}
	for key := range stored {
		if !named[key] {
			r.audit.problem("no row names the file %s after the sweep", key)
		}
	}
	r.audit.files = len(named)
	return nil
}

// sweep deletes the files that no row names, whatever their age.
func sweep(ctx context.Context, rows store.Store, bucket blob.Storage) error {
	old := time.Now().Add(sweepAge)
	catalog := asset.New(asset.Config{Store: rows, Bucket: bucket, Files: bucket, Now: time.Now, Rand: rand.Reader, Log: quietLog()})
	inputs := dataset.New(dataset.Config{Store: rows, Bucket: bucket, Files: bucket, Now: time.Now, Rand: rand.Reader, Log: quietLog(), Workers: 1})
	for _, stage := range []func(context.Context, string, time.Time) (int, string, error){inputs.SweepUploads, inputs.SweepDatasets, catalog.SweepDay} {
		for after := ""; ; {
			_, last, err := stage(ctx, after, old)
			if err != nil {
				return err
			}
			if last == "" {
				break
			}
			after = last
		}
	}
	return nil
}

// listFiles returns the keys of all stored files.
func listFiles(ctx context.Context, bucket blob.Storage) (map[string]bool, error) {
	keys := map[string]bool{}
	for _, folder := range slices.Concat(asset.Folders(), dataset.Folders()) {
		found, err := bucket.List(ctx, folder, "", listLimit)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			keys[e.Key] = true
		}
	}
	return keys, nil
}

// proveArtifact checks the files of an artifact, and that the video is what the row says.
func (r *run) proveArtifact(ctx context.Context, bucket blob.Bucket, a task.Artifact) {
	roles := map[task.Role]int{}
	for _, f := range a.Files {
		roles[f.Role]++
		body := r.proveFile(ctx, bucket, "task "+a.Task, f)
		if f.Role != task.Video || body == nil {
			continue
		}
		facts, err := media.Facts(bytes.NewReader(body), int64(len(body)))
		if err != nil {
			r.audit.problem("task %s: its video: %v", a.Task, err)
		} else if !describes(a, facts) {
			r.audit.problem("task %s: its video is %+v, and its row says %+v", a.Task, facts, a)
		}
	}
	if roles[task.Video] != 1 || roles[task.Preview] != previews {
		r.audit.problem("task %s: its files are %v", a.Task, slices.Sorted(maps.Keys(roles)))
	}
}

// describes reports whether an artifact has the facts of its video.
func describes(a task.Artifact, f media.VideoFacts) bool {
	return a.Width == f.Width && a.Height == f.Height && a.Duration.Round(time.Millisecond) == f.Duration.Round(time.Millisecond) &&
		math.Abs(a.FrameRate-f.FrameRate) < 0.01
}

// proveFile compares a stored file with what a row says about it, and returns its bytes; nil if it can't be read.
func (r *run) proveFile(ctx context.Context, bucket blob.Bucket, whose string, f task.File) []byte {
	stored, err := bucket.Open(ctx, f.Key, 0, -1)
	if errors.Is(err, blob.ErrNotFound) {
		r.audit.problem("%s: its file %s is not there", whose, f.Key)
		return nil
	}
	var body []byte
	if err == nil {
		defer func() { _ = stored.Close() }()
		body, err = io.ReadAll(stored)
	}
	if err != nil {
		r.audit.problem("%s: its file %s: %v", whose, f.Key, err)
		return nil
	}
	sum := sha256.Sum256(body)
	if int64(len(body)) != f.Size || f.SHA256 != "" && !strings.EqualFold(f.SHA256, hex.EncodeToString(sum[:])) {
		r.audit.problem("%s: its file %s is not what its row says", whose, f.Key)
	}
	return body
}
