package blob

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Lister lists the keys of a bucket, so that files without a row in the database can be found. All buckets implement it. It
// is not part of Bucket because what stores and serves files does not need it.
type Lister interface {
	// List returns up to limit keys below folder that come after the key after, sorted by their bytes. folder is "" or ends
	// in a slash. after need not exist; "" starts at the beginning. A page shorter than limit is the last. Keys that are put
	// or deleted during the call may be listed or not.
	List(ctx context.Context, folder, after string, limit int) ([]Entry, error)
}

// Storage is a bucket that lists its keys: what the sweep, and all that copies files, works on.
type Storage interface {
	Bucket
	Lister
}

// Entry is one key in a list.
type Entry struct {
	Key      string
	Modified time.Time // when it was put
}

// CheckFolder returns an error unless folder is "", or a valid key and a slash.
func CheckFolder(folder string) error {
	if folder == "" {
		return nil
	}
	name, ok := strings.CutSuffix(folder, "/")
	if !ok {
		return fmt.Errorf("blob: the folder %q does not end in a slash", folder)
	}
	return CheckKey(name)
}
