package dataset

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	// unusedLife is how long a dataset is kept that no task uses. Its URLs have long expired by then: none is signed for
	// more than two days, nor later than task.UploadLife after it was created.
	unusedLife = 30 * 24 * time.Hour
	deleteSize = 500 // datasets that one DeleteUnused deletes of each kind, at most
	pageSize   = 500 // files that one sweep looks at
)

// DeleteUnused deletes uploads that were not completed in time, and datasets that no task used in time. The row goes first,
// and only if no task refers to it.
func (in *Inputs) DeleteUnused(ctx context.Context, now time.Time) error {
	for uploading, life := range map[bool]time.Duration{true: task.UploadLife, false: unusedLife} {
		found, err := in.cfg.Store.Datasets(ctx, task.DatasetQuery{Unused: true, Uploading: &uploading, CreatedTo: now.Add(-life), Limit: deleteSize})
		if err != nil {
			return fmt.Errorf("dataset: list unused: %w", err)
		}
		for _, d := range found {
			if err := in.delete(ctx, d); err != nil {
				return fmt.Errorf("dataset: delete %s: %w", d.ID, err)
			}
		}
	}
	return nil
}

func (in *Inputs) delete(ctx context.Context, d task.Dataset) error {
	err := in.cfg.Store.DeleteDataset(ctx, d.ID)
	if errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrNotFound) {
		return nil // a task uses it after all, or another node deleted it
	}
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // the row is gone: nothing else would find the files
	if err := in.deleteParts(ctx, d); err != nil || d.Uploading() {
		return err
	}
	return in.cfg.Bucket.Delete(ctx, d.Key)
}

// SweepUploads looks at one page of the stored parts after the key given, and deletes those older than old whose upload is
// gone or complete. It returns how many it looked at and the last key; "" if there are no more.
func (in *Inputs) SweepUploads(ctx context.Context, after string, old time.Time) (looked int, last string, err error) {
	return in.sweep(ctx, partsFolder, after, old, func(_ string, d task.Dataset) bool { return d.Uploading() })
}

// SweepDatasets is SweepUploads for the files of datasets, of which it deletes those that no row names.
func (in *Inputs) SweepDatasets(ctx context.Context, after string, old time.Time) (looked int, last string, err error) {
	return in.sweep(ctx, folder, after, old, func(key string, d task.Dataset) bool { return d.Key == key })
}

// sweep deletes the old files of one page of a folder whose names begin with a dataset's id, except those that keep reports.
// An id is drawn once, so a file that no row names now is named by none later.
func (in *Inputs) sweep(ctx context.Context, folder, after string, old time.Time, keep func(key string, d task.Dataset) bool) (int, string, error) {
	page, err := in.cfg.Files.List(ctx, folder, after, pageSize)
	if err != nil {
		return 0, "", err
	}
	for _, e := range page {
		if e.Modified.After(old) {
			continue
		}
		id, _, _ := strings.Cut(strings.TrimPrefix(e.Key, folder), ".")
		d, err := in.read(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, "", err
		}
		if err == nil && keep(e.Key, d) {
			continue
		}
		in.cfg.Log.InfoContext(ctx, "deleting a file that no row names", "key", e.Key)
		if err := in.cfg.Bucket.Delete(ctx, e.Key); err != nil {
			return 0, "", err
		}
	}
	if len(page) < pageSize {
		return len(page), "", nil
	}
	return len(page), page[len(page)-1].Key, nil
}
