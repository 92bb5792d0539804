package node

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/blob/s3"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/transfer"
)

// filesSettings returns the settings or flags that name the storages of files.
func (m Move) filesSettings() (from, to string) {
	from, to = filesSetting(m.Settings), "--blobs-to"
	if m.FilesTo == string(m.To) {
		to = "--to"
	}
	return from, to
}

// checkFiles returns an error if the files are to be moved and can't be.
func (m Move) checkFiles(ctx context.Context) error {
	if m.FilesTo == "" {
		return nil
	}
	from, to := m.filesSettings()
	bucket := string(m.Settings.BlobURL)
	if bucket == m.FilesTo || bucket == "" && sameFile(m.Settings.Data, m.FilesTo) {
		return fmt.Errorf("%s: the files are there already; leave --blobs and --blobs-to out", to)
	}
	if bucket == "" {
		if _, err := os.Stat(datafolder.Folder(m.Settings.Data).Files()); err != nil {
			return fmt.Errorf("%s: there are no files to copy: %w", from, err)
		}
	} else if err := CheckBucket(ctx, bucket); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	if IsURL(m.FilesTo) {
		if err := CheckBucket(ctx, m.FilesTo); err != nil {
			return fmt.Errorf("%s: %w", to, err)
		}
	}
	return nil
}

// openFiles opens both storages of files, if they are to be moved.
func (o *openEnds) openFiles(ctx context.Context, m Move, from, to *transfer.Side) (err error) {
	if m.FilesTo == "" {
		return nil
	}
	secret, err := fileSecret(ctx, from.Rows)
	if err != nil {
		return from.Fail(err)
	}
	from.FilesSetting, to.FilesSetting = m.filesSettings()
	source := m.Settings.Data
	if m.Settings.BlobURL != "" {
		source = string(m.Settings.BlobURL)
	}
	if from.Files, err = o.storage(ctx, source, owner{setting: from.FilesSetting, secret: secret, isNew: len(secret) == 0}); err != nil {
		return err
	}
	// The destination's database was empty, so files that are there and were not put there by an earlier run have no row.
	to.Files, err = o.storage(ctx, m.FilesTo, owner{setting: to.FilesSetting, secret: secret, isNew: true})
	if err != nil || len(secret) == 0 {
		return err
	}
	if err := claim(ctx, to.Files, secret); err != nil {
		return fmt.Errorf("%s: %w", to.FilesSetting, err)
	}
	return nil
}

// storage opens a storage of files, unless it is another owner's: the bucket of a URL, or the files of a data folder, which it locks.
func (o *openEnds) storage(ctx context.Context, at string, by owner) (blob.Storage, error) {
	if !IsURL(at) {
		return o.folderFiles(ctx, datafolder.Folder(at), by)
	}
	b, err := s3.Open(ctx, at, time.Now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", by.setting, err)
	}
	o.onClose(b.Close)
	return b, by.check(ctx, b, bucketPlace())
}

// folderFiles locks a data folder and opens its files.
func (o *openEnds) folderFiles(ctx context.Context, folder datafolder.Folder, by owner) (blob.Storage, error) {
	if err := o.claim(folder, by.setting); err != nil {
		return nil, err
	}
	if err := by.checkFolder(ctx, folder); err != nil {
		return nil, err
	}
	files, err := file.Open(folder.Files())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", by.setting, err)
	}
	o.onClose(files.Close)
	return files, nil
}
