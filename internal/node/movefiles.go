package node

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/blob/s3"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/transfer"
)

// filesSettings returns the settings or flags that name the storages of files.
func (m Move) filesSettings() (from, to string) {
	from, to = dataSetting, "--blobs-to"
	if m.Settings.BlobURL != "" {
		from = bucketSetting
	}
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
	if from.Files, err = o.storage(ctx, source, from.FilesSetting, secret, false); err != nil {
		return err
	}
	to.Files, err = o.storage(ctx, m.FilesTo, to.FilesSetting, secret, true)
	return err
}

// fileSecret returns the secret by which a bucket belongs to a database. It is empty if no server has used the database yet.
func fileSecret(ctx context.Context, rows store.Portable) (secret []byte, err error) {
	err = rows.Scan(ctx, store.Tables()[0], nil, func(row store.Row) error {
		if row[0] == keystore.FileNaming {
			secret, _ = row[1].([]byte)
		}
		return nil
	})
	return secret, err
}

// storage opens a storage of files: the bucket of a URL, which it makes that of the database if claimed is true, or a data folder,
// which it locks.
func (o *openEnds) storage(ctx context.Context, place, setting string, secret []byte, claimed bool) (transfer.Storage, error) {
	if !IsURL(place) {
		return o.folderFiles(datafolder.Folder(place), setting)
	}
	b, err := s3.Open(ctx, place, time.Now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	o.onClose(b.Close)
	if claimed && len(secret) > 0 {
		err = claim(ctx, b, secret)
	} else {
		_, err = checkOwner(ctx, b, secret)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return b, nil
}

// folderFiles locks a data folder and opens its files.
func (o *openEnds) folderFiles(folder datafolder.Folder, setting string) (transfer.Storage, error) {
	if err := o.claim(folder, setting); err != nil {
		return nil, err
	}
	files, err := file.Open(folder.Files())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	o.onClose(files.Close)
	return files, nil
}

// isOwn reports whether a file says whose a storage is. It is not moved.
func isOwn(key string) bool { return key == ownerKey }
