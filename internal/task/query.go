package task

import "time"

// Query selects tasks. Zero fields select all.
type Query struct {
	Account     int64
	States      []State
	Model       string
	Dialect     string
	CreatedFrom time.Time // inclusive
	CreatedTo   time.Time // exclusive
	UpdatedTo   time.Time // exclusive; for the sweep
	After       Cursor    // rows after this one in the order of the list
	OldestFirst bool
	Limit       int  // 0 = 100
	Deleted     bool // deleted ones as well
}

// ArtifactQuery selects artifacts that are not deleted, unless Pending is set. Zero fields select all.
type ArtifactQuery struct {
	Account  int64
	Artifact string // the artifact of this id
	Share    string // the artifact with this share token
	Group    string // UUID of the asset group
	Task     string
	Favorite *bool
	Pending  bool // only those whose files a job has still to change, deleted ones as well
	After    Cursor
	Limit    int // 0 = 100
}

// DatasetQuery selects datasets. Zero fields select all.
type DatasetQuery struct {
	ID        string    // the dataset of this id
	Account   int64     // those of this account; 0 = of any
	Uploading *bool     // parts of it are still awaited
	Unused    bool      // only those that no task was ever asked for with, be it deleted since
	CreatedTo time.Time // exclusive
	Limit     int       // 0 = 100
}

// Cursor is a place in a list: the creation time and id of the last row seen.
type Cursor struct {
	Created time.Time
	ID      string
}

// ArtifactEdit is what an owner may change of an artifact. nil leaves as it is.
type ArtifactEdit struct {
	Name          *string // of the file, without its ending
	Favorite      *bool
	Private       *bool // true seals the files
	PrivateInTeam *bool
	Reported      *bool
}
