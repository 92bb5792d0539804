// Package dataset keeps the pictures, videos and recordings that callers send: it fetches or decodes them, or takes them as uploads,
// whole or in parts, checks them by content, writes them without metadata to the storage, and deletes those that no task
// uses.
//
// What may enter: how an input comes in and when it goes. What may not: what a task or an engine makes of it.
package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/keylock"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/tempdir"
)

// folder is where the storage keeps datasets, and partsFolder the parts of uploads (task.PartKey).
const (
	folder      = "datasets/"
	partsFolder = "uploads/"
)

// Folders returns the folders of the storage from which SweepDatasets and SweepUploads delete.
func Folders() []string { return []string{folder, partsFolder} }

// Config is what Inputs are made of. All fields but Files, FetchVideo and FFmpeg are needed.
type Config struct {
	Store  store.Store
	Bucket blob.Bucket
	Files  blob.Lister      // lists Bucket, for SweepUploads and SweepDatasets
	Signer blob.Signer      // checks the tokens of datasets' and parts' URLs
	Fetch  *outbound.Client // for pictures by URL
	// FetchVideo is for videos and recordings by URL, which take longer than pictures; nil = Fetch.
	FetchVideo *outbound.Client
	Images     *media.Inspector
	FFmpeg     FFmpeg // nil = it works
	Temp       *tempdir.Dir
	Workers    int // videos and recordings rewritten at once
	Now        func() time.Time
	Rand       io.Reader
	Log        *slog.Logger
	Lock       keylock.Among // among the processes that share the files; nil = this one is the only one
}

// FFmpeg is what is known of this machine's ffmpeg.
type FFmpeg interface {
	Err() error                      // nil if it works, else an error whose text is public
	Check(ctx context.Context) error // tries it, and returns what Err then returns
}

// Inputs are the callers' input pictures, videos and recordings. It is safe for use by many goroutines.
type Inputs struct {
	cfg        Config
	cleaning   *semaphore.Weighted      // videos and recordings rewritten at once
	completing keylock.Locks[uploadKey] // one CompleteUpload of an upload at a time
}

type uploadKey struct {
	account int64 // of the caller, so that nobody learns of another account's uploads
	id      string
}

// New makes Inputs.
func New(c Config) *Inputs {
	return &Inputs{cfg: c, cleaning: semaphore.NewWeighted(int64(max(c.Workers, 1)))}
}

// Copy copies the request's pictures, its video and its references to our storage: they become datasets of the account. The error names
// every input that can't be used.
func (in *Inputs) Copy(ctx context.Context, account int64, r *task.Request) error {
	var refused *task.Error
	for _, copyOne := range append([]func(context.Context) error{
		func(ctx context.Context) error { return copyInput(ctx, account, &r.First, in.copyImage) },
		func(ctx context.Context) error { return copyInput(ctx, account, &r.Last, in.copyImage) },
		func(ctx context.Context) error { return copyInput(ctx, account, &r.Video, in.copyVideo) },
	}, in.copyReferences(account, r)...) {
		err := in.noSpace(ctx, copyOne(ctx))
		var e *task.Error
		switch {
		case errors.As(err, &e):
			if refused == nil {
				refused = &task.Error{Code: e.Code, Detail: e.Detail, RetryAfter: e.RetryAfter}
			}
			refused.Fields = append(refused.Fields, e.Fields...)
		case err != nil:
			return err
		}
	}
	if refused != nil {
		return refused
	}
	return nil
}

// copyInput replaces an input, if there is one, by its copy.
func copyInput[T any](ctx context.Context, account int64, in **T, copyOne func(context.Context, int64, T) (T, error)) error {
	if *in == nil {
		return nil
	}
	got, err := copyOne(ctx, account, **in)
	if err == nil {
		*in = &got
	}
	return err
}

// read returns one dataset. store.ErrNotFound if there is none.
func (in *Inputs) read(ctx context.Context, id string) (task.Dataset, error) {
	if id == "" {
		return task.Dataset{}, store.ErrNotFound
	}
	found, err := in.cfg.Store.Datasets(ctx, task.DatasetQuery{ID: id, Limit: 1})
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return task.Dataset{}, err
	}
	return found[0], nil
}

// OwnDataset returns a complete dataset of the account's. NotFound for an unknown id, an upload that is not complete, and
// another account's alike.
func (in *Inputs) OwnDataset(ctx context.Context, who apikey.Key, id string) (task.Dataset, error) {
	d, err := in.read(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (d.Account != who.Account || d.Uploading()) {
		return task.Dataset{}, &task.Error{Code: task.NotFound, Detail: "There is no dataset with this id."}
	}
	return d, err
}

// create returns a dataset of the account that has no file yet. It is not stored.
func (in *Inputs) create(account int64) (task.Dataset, error) {
	id, err := uuid.NewRandomFromReader(in.cfg.Rand)
	return task.Dataset{ID: id.String(), Account: account, Created: in.now()}, err
}

// put stores d and its file.
func (in *Inputs) put(ctx context.Context, d task.Dataset, body io.Reader) (task.Dataset, error) {
	d.Key = folder + d.ID + blob.Extension(d.Type)
	if _, err := in.cfg.Bucket.Put(ctx, d.Key, body, d.Type); err != nil {
		return task.Dataset{}, fmt.Errorf("dataset: store a file: %w", err)
	}
	if err := in.cfg.Store.PutDataset(ctx, d); err != nil {
		return task.Dataset{}, fmt.Errorf("dataset: store a row: %w", err)
	}
	return d, nil
}

// own finds the dataset that a URL of this server names. The URL must have a token in force, and the dataset be the
// account's own. store.ErrNotFound if no dataset has the URL's id: then the URL is another server's with such paths.
func (in *Inputs) own(ctx context.Context, account int64, field, key, token string) (task.Dataset, error) {
	id, _, _ := strings.Cut(strings.TrimPrefix(key, folder), ".")
	d, err := in.read(ctx, id)
	if err != nil {
		return task.Dataset{}, err
	}
	if d.Account != account || d.Key != key {
		return task.Dataset{}, fieldError(task.NotFound, field, "there is no such dataset")
	}
	if in.cfg.Signer.Verify(token, key) != nil {
		return task.Dataset{}, fieldError(task.Invalid, field, "the signed URL has expired or was altered")
	}
	return d, nil
}

// parseURL returns the key and the token of a URL that looks like a dataset's. The host may be any name that this server is
// reached by, with any path before the key.
func parseURL(source string) (key, token string, ok bool) {
	u, err := url.Parse(source)
	if err != nil || u.Query().Get("_jwt") == "" {
		return "", "", false
	}
	at := strings.LastIndex(u.Path, "/"+folder) // before it may be a prefix that a proxy removes
	if at < 0 {
		return "", "", false
	}
	return strings.ToLower(u.Path[at+1:]), u.Query().Get("_jwt"), true // a UUID may be written in capitals
}

// now returns the time as rows keep it: UTC, whole milliseconds.
func (in *Inputs) now() time.Time { return in.cfg.Now().UTC().Truncate(time.Millisecond) }
