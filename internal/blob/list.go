package blob

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Lister tells what a bucket holds, so that what no row names any more can be found. All buckets implement it; it stands
// apart from Bucket because only the sweep may ask.
type Lister interface {
	// List returns up to limit keys below the folder, which is "" or ends in a slash, that come after the key after, in the
	// order of their bytes. after "" is the beginning, and need not be a key that there is. A page that is shorter than
	// limit is the last. What is put or deleted meanwhile may be on it or not.
	List(ctx context.Context, folder, after string, limit int) ([]Entry, error)
}

// Entry is one key of a list.
type Entry struct {
	Key      string
	Modified time.Time // when it was put
}

// CheckFolder says what is wrong with the folder of a list.
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
