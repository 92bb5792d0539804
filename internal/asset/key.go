package asset

import (
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/base62"
)

// dayForm is how a key writes the day on which its task was created.
const dayForm = "20060102"

// folders are where the storage keeps finished files: under cdn/ for everybody who knows a file's name, under sealed/ for
// signed URLs only.
const (
	plainFolder  = "cdn/"
	sealedFolder = "sealed/"
)

// Folders returns the folders of the storage from which SweepDay deletes.
func Folders() []string { return []string{plainFolder, sealedFolder} }

// Key returns the blob key of a new file of a task that was created then: the day, and 30 characters made of random, which
// nobody may be able to guess. ext begins with a dot.
func Key(created time.Time, random []byte, ext string) string {
	return plainFolder + created.UTC().Format(dayForm) + "/" + base62.Encode(random, 30) + ext
}

// keyOf returns the key of a file in one of the two folders, given its key in either.
func keyOf(key string, sealed bool) string {
	_, rest, _ := strings.Cut(key, "/")
	if sealed {
		return sealedFolder + rest
	}
	return plainFolder + rest
}
