package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/dataset"
	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/store"
)

// A storage of files has a mark that names the database it belongs to: the sweep deletes files that have no row, so it would
// delete all files of another database.
const (
	ownerKey = ".filmgate/owner" // the mark, in no folder that is served or swept
	maxOwner = 256               // bytes of the mark
)

// owner is the database that wants to use a storage of files.
type owner struct {
	setting string // names the storage, in errors
	secret  []byte // of the database's file names; empty if no server has used the database yet
	isNew   bool   // whether the database has no rows of files yet, so that files without a mark can't be its own
}

// place says in errors what a storage is, what to take instead, and how to remove what is in it.
type place struct{ name, another, clear string }

func bucketPlace() place {
	return place{"the bucket", "another bucket", "delete all below " + strings.Join(ourFolders(), ", ") + " and the object " + ownerKey}
}

func folderPlace(folder datafolder.Folder) place {
	return place{"the folder " + folder.Files(), "another data folder", "delete this folder"}
}

// ourFolders returns the folders of a storage in which the sweep deletes.
func ourFolders() []string { return slices.Concat(asset.Folders(), dataset.Folders()) }

const whichDatabase = "(FILMGATE_DATABASE_URL, or filmgate.db in the data folder)"

// check fails if a storage belongs to another database. It changes nothing.
func (o owner) check(ctx context.Context, b blob.Storage, at place) error {
	name, err := readOwner(ctx, b)
	switch {
	case err == nil && len(o.secret) > 0 && name == ownerName(o.secret):
		return nil
	case err == nil:
		err = fmt.Errorf("%s has the files of another database: take that database %s, or %s; if its files are to go, %s",
			at.name, whichDatabase, at.another, at.clear)
	case errors.Is(err, blob.ErrNotFound):
		err = o.checkUnmarked(ctx, b, at)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", o.setting, err)
	}
	return nil
}

// checkUnmarked fails if the database is new and a storage without a mark has files.
func (o owner) checkUnmarked(ctx context.Context, b blob.Lister, at place) error {
	if !o.isNew {
		return nil // an earlier version, which set no mark, has stored them
	}
	for _, folder := range ourFolders() {
		found, err := b.List(ctx, folder, "", 1)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return fmt.Errorf("%s has files, and the database is new: take the database of these files %s, or %s; if the files are to go, %s",
				at.name, whichDatabase, at.another, at.clear)
		}
	}
	return nil
}

// checkFolder is check for the files in a data folder, which need not exist.
func (o owner) checkFolder(ctx context.Context, folder datafolder.Folder) error {
	files, err := file.OpenReadOnly(folder.Files())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", o.setting, err)
	}
	return errors.Join(o.check(ctx, files, folderPlace(folder)), files.Close())
}

// claim makes a storage, which was checked, that of the database with a secret.
func claim(ctx context.Context, b blob.Bucket, secret []byte) error {
	_, err := readOwner(ctx, b)
	if errors.Is(err, blob.ErrNotFound) {
		_, err = b.Put(ctx, ownerKey, strings.NewReader(ownerName(secret)), "text/plain")
	}
	return err
}

// ownerName returns the name of the database with a secret, from which nobody can tell the secret.
func ownerName(secret []byte) string {
	sum := sha256.Sum256(append([]byte("owner of a bucket\x00"), secret...))
	return hex.EncodeToString(sum[:16])
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

// isOwn reports whether a file says whose a storage is. It is not moved.
func isOwn(key string) bool { return key == ownerKey }

// tables are the rows of a database, as they are.
type tables interface {
	store.Portable
	TableNames(ctx context.Context) ([]string, error)
}

// fileSecret returns the secret by which files belong to a database. It is empty if no server has used the database yet.
func fileSecret(ctx context.Context, rows store.Portable) (secret []byte, err error) {
	err = rows.Scan(ctx, store.Tables()[0], nil, func(row store.Row) error {
		if row[0] == keystore.FileNaming {
			secret, _ = row[1].([]byte)
		}
		return nil
	})
	return secret, err
}

// ownerOf returns the owner that a database is. The database may have no tables yet.
func ownerOf(ctx context.Context, rows tables, s config.Settings) (owner, error) {
	o := owner{setting: filesSetting(s)}
	names, err := rows.TableNames(ctx)
	if err == nil && slices.Contains(names, store.Tables()[0].Name) {
		o.secret, err = fileSecret(ctx, rows)
	}
	o.isNew = len(o.secret) == 0
	return o, err
}

// checkOwner fails if the storage of files belongs to another database. It makes neither the secret of this one, by which a later
// start would no longer know that it is new, nor the folder of files.
func (n *Node) checkOwner(ctx context.Context) error {
	o, err := ownerOf(ctx, n.rows, n.Settings)
	if err != nil {
		return err
	}
	if n.Settings.BlobURL == "" {
		return o.checkFolder(ctx, datafolder.Folder(n.Settings.Data))
	}
	return o.check(ctx, n.bucket, bucketPlace())
}

// claimFiles makes the storage of files, which was checked, that of this database.
func (n *Node) claimFiles(ctx context.Context) error {
	secret, err := (keystore.Keys{Store: n.store, Now: n.Now, Random: n.Random}).Secret(ctx, keystore.FileNaming)
	if err != nil {
		return err
	}
	if err := claim(ctx, n.bucket, secret); err != nil {
		return fmt.Errorf("%s: %w", filesSetting(n.Settings), err)
	}
	return nil
}

// CheckOwner returns an error if the storage of files that the settings choose belongs to another database than the one they
// choose. It returns nil if one of the two can't be used, or if a move into the database is not complete, which CheckDatabase and
// CheckBucket say. It changes nothing.
func CheckOwner(ctx context.Context, s config.Settings) error {
	o, err := readDatabase(ctx, s)
	if err != nil {
		return nil //nolint:nilerr // CheckDatabase says it
	}
	if s.BlobURL == "" {
		return o.checkFolder(ctx, datafolder.Folder(s.Data))
	}
	b, err := openS3(ctx, string(s.BlobURL), time.Now)
	if err != nil {
		return nil //nolint:nilerr // CheckBucket says it
	}
	return errors.Join(o.check(ctx, b, bucketPlace()), b.Close())
}

// readDatabase returns the owner that the database of the settings is. A missing SQLite database is a new one, and is not made.
func readDatabase(ctx context.Context, s config.Settings) (o owner, err error) {
	db, err := openUsable(ctx, s)
	if s.DatabaseURL == "" && errors.Is(err, fs.ErrNotExist) {
		return ownerOf(ctx, noTables{}, s)
	}
	if err != nil {
		return o, err
	}
	o, err = ownerOf(ctx, db, s)
	return o, errors.Join(err, db.Close())
}

// noTables is a database that is still to be made.
type noTables struct{ store.Portable }

// TableNames implements tables.
func (noTables) TableNames(context.Context) ([]string, error) { return nil, nil }
