package backup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"time"
)

// format is the version of the folder's form.
const format = 1

// Manifest describes a complete backup.
type Manifest struct {
	Format   int       `json:"format"`
	Program  string    `json:"program"` // version that made the backup
	Taken    time.Time `json:"taken"`   // the database is as of this moment, or a little later
	Database Database  `json:"database"`
	Files    List      `json:"files"`
	Tasks    Tasks     `json:"tasks"`
}

// Database describes the copy of the database.
type Database struct {
	Name    string `json:"name"` // in the folder
	Size    int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
	Version int64  `json:"version"` // of its tables
}

// List describes the list of files, which has a line for each, as sha256sum writes them.
type List struct {
	Elsewhere bool   `json:"elsewhere,omitempty"` // the files are in a bucket, and not in the backup
	Name      string `json:"list"`                // in the folder
	SHA256    string `json:"sha256"`              // of the list
	Count     int64  `json:"count"`
	Size      int64  `json:"bytes"` // of all files
}

// Tasks counts the tasks in the database.
type Tasks struct {
	All       int64 `json:"all"`
	Live      int64 `json:"not_ended"`
	AtEngines int64 `json:"at_engines"` // of those that have not ended: an engine has accepted them
}

// manifest reads the manifest of the folder.
func (f Folder) manifest() (m Manifest, err error) {
	raw, err := os.ReadFile(f.path(manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s holds no complete backup: it has no %s", string(f), manifestName)
	}
	if err != nil {
		return m, err
	}
	var form struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(raw, &form); err == nil && form.Format > format {
		return m, fmt.Errorf("%s was made by a newer program: it has the form %d, and this program knows %d", string(f), form.Format, format)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err = d.Decode(&m)
	if err == nil {
		err = m.check()
	}
	if err != nil {
		return m, fmt.Errorf("%s is damaged: %w", f.path(manifestName), err)
	}
	return m, nil
}

var (
	databaseName = regexp.MustCompile(`^filmgate-[0-9a-f]{16}\.db$`)
	listName     = regexp.MustCompile(`^files-[0-9a-f]{16}\.sha256$`)
	hexHash      = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func (m Manifest) check() error {
	for name, c := range map[string]struct {
		is *regexp.Regexp
		of string
	}{
		"database.name": {databaseName, m.Database.Name}, "database.sha256": {hexHash, m.Database.SHA256},
		"files.list": {listName, m.Files.Name}, "files.sha256": {hexHash, m.Files.SHA256},
	} {
		if !c.is.MatchString(c.of) {
			return fmt.Errorf("%s is %q", name, c.of)
		}
	}
	if m.Format != format {
		return fmt.Errorf("format is %d, and this program knows %d", m.Format, format)
	}
	return nil
}

// write replaces the manifest in one step. From then on the folder holds the backup that it describes.
func (f Folder) write(m Manifest) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	name := f.path("manifest" + unfinished)
	if err = writeFile(name, bytes.NewReader(append(raw, '\n'))); err == nil {
		err = os.Rename(name, f.path(manifestName))
	}
	if err == nil {
		err = syncDir(string(f))
	}
	return err
}
