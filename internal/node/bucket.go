package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/blob/s3"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/keystore"
)

const (
	bucketSetting   = "FILMGATE_BLOB_URL (--blob-url)"
	checkBucketTime = 20 * time.Second // for all that a start and doctor ask the storage
	ownerKey        = ".filmgate/owner"
	maxOwner        = 256 // bytes of the object ownerKey
)

// bucket is storage that can list its files.
type bucket interface {
	blob.Bucket
	blob.Lister
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
		return fmt.Errorf("FILMGATE_DATA (--data): %w", err)
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

// claimBucket makes the remote storage that of this database, or fails if it is another's: the sweep deletes files that have no
// row, so it would delete all files of the other database.
func (n *Node) claimBucket(ctx context.Context) error {
	if n.Settings.BlobURL == "" {
		return nil
	}
	secret, err := (keystore.Keys{Store: n.store, Now: n.Now, Random: n.Random}).Secret(ctx, keystore.FileNaming)
	if err != nil {
		return err
	}
	if err := claim(ctx, n.bucket, secret); err != nil {
		return fmt.Errorf("%s: %w", bucketSetting, err)
	}
	return nil
}

// claim makes a remote storage that of the database with a secret, or fails if it is another's.
func claim(ctx context.Context, b blob.Bucket, secret []byte) error {
	free, err := checkOwner(ctx, b, secret)
	if err == nil && free {
		_, err = b.Put(ctx, ownerKey, strings.NewReader(ownerName(secret)), "text/plain")
	}
	return err
}

// ownerName returns the name of the database with a secret, from which nobody can tell the secret.
func ownerName(secret []byte) string {
	sum := sha256.Sum256(append([]byte("owner of a bucket\x00"), secret...))
	return hex.EncodeToString(sum[:16])
}

// checkOwner fails if a remote storage belongs to another database than that with the secret. It reports whether it belongs to none.
func checkOwner(ctx context.Context, b blob.Bucket, secret []byte) (free bool, err error) {
	owner, err := readOwner(ctx, b)
	switch {
	case errors.Is(err, blob.ErrNotFound):
		return true, nil
	case err == nil && owner != ownerName(secret):
		err = fmt.Errorf("the bucket has the files of another database: take another bucket, or that database; if it no longer exists, delete the object %s", ownerKey)
	}
	return false, err
}

// readOwner returns the name of the database that a storage belongs to. blob.ErrNotFound if it belongs to none.
func readOwner(ctx context.Context, b blob.Bucket) (string, error) {
	body, err := b.Open(ctx, ownerKey, 0, maxOwner)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(body)
	return strings.TrimSpace(string(text)), errors.Join(err, body.Close())
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
