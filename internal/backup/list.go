package backup

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"

	"github.com/filmgate/filmgate/internal/blob"
)

// listWriter writes the list of files: "HASH  KEY" in each line, as sha256sum reads it. A key has no line breaks.
type listWriter struct {
	file *os.File
	out  *bufio.Writer
	hash hash.Hash
	keys map[string]struct{} // all that are in the list
	List
}

func (f Folder) newList() (*listWriter, error) {
	file, err := os.OpenFile(f.path("files"+unfinished), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	l := &listWriter{file: file, hash: sha256.New(), keys: map[string]struct{}{}}
	l.out = bufio.NewWriter(io.MultiWriter(file, l.hash))
	return l, nil
}

func (l *listWriter) add(key, sum string, size int64) error {
	l.keys[key] = struct{}{}
	l.Count++
	l.Size += size
	_, err := fmt.Fprintf(l.out, "%s  %s\n", sum, key)
	return err
}

// close brings the list to the disk under the name that it has from now on.
func (l *listWriter) close(f Folder) (List, error) {
	err := l.out.Flush()
	if err == nil {
		err = l.file.Sync()
	}
	if err = errors.Join(err, l.file.Close()); err != nil {
		return List{}, err
	}
	l.SHA256 = hex.EncodeToString(l.hash.Sum(nil))
	l.Name = "files-" + l.SHA256[:16] + ".sha256"
	return l.List, os.Rename(l.file.Name(), f.path(l.Name))
}

// each calls yield with each file of the list. The list must have been checked.
func (f Folder) each(list List, yield func(key, sum string) error) (err error) {
	in, err := os.Open(f.path(list.Name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		sum, key, ok := strings.Cut(lines.Text(), "  ")
		if !ok || !hexHash.MatchString(sum) {
			return fmt.Errorf("%s has a line %q", list.Name, lines.Text())
		}
		if err := blob.CheckKey(key); err != nil {
			return err
		}
		if err := yield(key, sum); err != nil {
			return err
		}
	}
	return lines.Err()
}
