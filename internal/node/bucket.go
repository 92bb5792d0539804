package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/blob/s3"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
)

const (
	bucketSetting   = "FILMGATE_BLOB_URL (--blob-url)"
	checkBucketTime = 20 * time.Second // for all that a start and doctor ask the storage
)

// filesSetting returns the setting that chooses the storage of files, as errors name it.
func filesSetting(s config.Settings) string {
	if s.BlobURL != "" {
		return bucketSetting
	}
	return dataSetting
}

// openRemoteBucket opens and checks the storage that the settings choose instead of the data folder, if they do. It comes before
// anything is made on this machine.
func (n *Node) openRemoteBucket(ctx context.Context) error {
	if n.Settings.BlobURL == "" {
		return nil
	}
	b, err := openS3(ctx, string(n.Settings.BlobURL), n.Now)
	if err != nil {
		return fmt.Errorf("%s: %w", bucketSetting, err)
	}
	n.bucket = b
	n.onClose(b.Close)
	return nil
}

// openFiles opens the storage in the data folder, unless the settings choose another one.
func (n *Node) openFiles(folder datafolder.Folder) error {
	if n.bucket != nil {
		return nil
	}
	files, err := file.Open(folder.Files())
	if err != nil {
		return fmt.Errorf("%s: %w", dataSetting, err)
	}
	n.bucket = files
	n.onClose(files.Close)
	return nil
}

// openS3 opens a bucket of S3 and checks that all can be done in it that the server does.
func openS3(ctx context.Context, url string, now func() time.Time) (*s3.Bucket, error) {
	b, err := s3.Open(ctx, url, now)
	if err != nil {
		return nil, err
	}
	checking, cancel := context.WithTimeout(ctx, checkBucketTime)
	defer cancel()
	if err := b.Check(checking); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// CheckBlobURL returns an error if the URL of a storage has not the right form. The error never repeats the URL.
func CheckBlobURL(url string) error { return s3.CheckURL(url) }

// CheckBucket returns an error if the storage at a URL can't be used. It leaves the storage as it was.
func CheckBucket(ctx context.Context, url string) error {
	b, err := openS3(ctx, url, time.Now)
	if err != nil {
		return err
	}
	return b.Close()
}
