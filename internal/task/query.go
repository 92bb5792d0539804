package task

import "time"

// Query selects tasks and pages through them. A field that is zero does not restrict the list.
type Query struct {
	Account     int64
	States      []State // any of these
	Model       string
	Dialect     string
	ExternalID  string    // Request.ExternalID
	Prompt      string    // words that Request.Prompt has somewhere, in any order, whatever the case of letters
	CreatedFrom time.Time // inclusive
	CreatedTo   time.Time // exclusive
	UpdatedTo   time.Time // exclusive; for the sweep
	After       Cursor    // only tasks that follow this one in the list
	OldestFirst bool
	Cancelling  bool // only ended ones whose Cancelling is set
	Limit       int  // most tasks returned; 0 = 100
	Deleted     bool // include deleted ones
}

// ArtifactQuery selects artifacts and pages through them. Deleted artifacts are left out unless Pending is set. A field that
// is zero does not restrict the list.
type ArtifactQuery struct {
	Account  int64
	Artifact string // the artifact's id
	Share    string // its share token
	Group    string // UUID of its asset group
	Task     string // ID of its task
	Favorite *bool
	Pending  bool // only artifacts whose Pending is set, including deleted ones
	// CreatedTo is exclusive; for the sweep.
	CreatedTo   time.Time
	After       Cursor // only artifacts that follow this one in the list
	OldestFirst bool
	Limit       int // most artifacts returned; 0 = 100
}

// DatasetQuery selects datasets. A field that is zero does not restrict the list.
type DatasetQuery struct {
	ID        string // the dataset's id
	Account   int64
	Uploading *bool     // whether the upload is not complete yet
	Unused    bool      // only datasets that no task refers to, not even a deleted one
	CreatedTo time.Time // exclusive
	Limit     int       // most datasets returned; 0 = 100
}

// Cursor is a position in a list: the creation time and id of the last row seen.
type Cursor struct {
	Created time.Time
	ID      string
}

// ArtifactEdit is what an owner may change of an artifact. A nil field is not changed.
type ArtifactEdit struct {
	Name          *string // file name without its extension
	Group         *string // name of the asset group to move it to, which is made if there is none
	Favorite      *bool
	Private       *bool // true makes the artifact unlisted and its files reachable only by signed URLs
	PrivateInTeam *bool
	Reported      *bool
}
