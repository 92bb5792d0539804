package store

import (
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// The structs in this file are the stored form of tasks, datasets and keys: the JSON in a row's body column. Their tags
// are the schema and never change, so fields of the domain types can be renamed freely. Unknown fields, written by a newer
// program, are ignored. Times are in UTC, to the millisecond.

type taskRecord struct {
	ID           string           `json:"ID"`
	Account      int64            `json:"Account"`
	Version      int64            `json:"Version"`
	Request      requestRecord    `json:"Request"`
	State        task.State       `json:"State"`
	Engine       string           `json:"Engine"`
	EngineModel  string           `json:"EngineModel"`
	Handle       string           `json:"Handle"`
	Submitting   bool             `json:"Submitting"`
	PollFaults   int              `json:"PollFaults"`
	Progress     float64          `json:"Progress"`
	ProgressText string           `json:"ProgressText"`
	Failure      *failureRecord   `json:"Failure"`
	Artifacts    []artifactRecord `json:"Artifacts"`
	Attempts     []attemptRecord  `json:"Attempts"`
	Created      time.Time        `json:"Created"`
	Updated      time.Time        `json:"Updated"`
	Started      time.Time        `json:"Started"`
	Finished     time.Time        `json:"Finished"`
	NotBefore    time.Time        `json:"NotBefore"`
	HeldSince    time.Time        `json:"HeldSince"`
	Deadline     time.Time        `json:"Deadline"`
	Cancelling   bool             `json:"Cancelling,omitzero"`
	Deleted      bool             `json:"Deleted"`
	RetryOf      string           `json:"RetryOf"`
	Trace        string           `json:"Trace,omitempty"`
	Ignored      []ignoredRecord  `json:"Ignored,omitempty"`

	Understood *understoodRecord `json:"Understood,omitempty"`
}

type requestRecord struct {
	Dialect        string        `json:"Dialect"`
	Model          string        `json:"Model"`
	Name           string        `json:"Name"`
	Prompt         string        `json:"Prompt"`
	ExpandPrompt   bool          `json:"ExpandPrompt"`
	ExpandedPrompt string        `json:"ExpandedPrompt"`
	NegativePrompt string        `json:"NegativePrompt"`
	Seconds        int           `json:"Seconds"`
	Format         formatRecord  `json:"Format"`
	Seed           *uint32       `json:"Seed"`
	First          *imageRecord  `json:"First"`
	Last           *imageRecord  `json:"Last"`
	Video          *videoRecord  `json:"Video"`
	LowPriority    bool          `json:"LowPriority"`
	Watermark      bool          `json:"Watermark"`
	Caption        bool          `json:"Caption"`
	Resolution     string        `json:"Resolution"`
	AspectRatio    string        `json:"AspectRatio"`
	AssetGroup     string        `json:"AssetGroup"`
	Camera         *cameraRecord `json:"Camera"`
	CfgScale       *float64      `json:"CfgScale"`
	Mode           string        `json:"Mode"`
	// The fields below were added later; they are zero in older rows.
	ExternalID  string `json:"ExternalID,omitempty"`
	ParentID    string `json:"ParentID,omitempty"`
	CallbackURL string `json:"CallbackURL,omitempty"`
	Echo        string `json:"Echo,omitempty"`
	Loop        bool   `json:"Loop,omitempty"`

	ReferenceImages []referenceRecord `json:"ReferenceImages,omitempty"`
	ReferenceAudio  []audioRecord     `json:"ReferenceAudio,omitempty"`
	Audio           *bool             `json:"Audio,omitempty"`
	SeedDrawn       bool              `json:"SeedDrawn,omitempty"`

	Sequence *sequenceRecord `json:"Sequence,omitempty"`
}

// Most structs below are converted as a whole: those have the fields of their domain type in the same order.

type formatRecord struct {
	Width     int `json:"Width"`
	Height    int `json:"Height"`
	FrameRate int `json:"FrameRate"`
	Frames    int `json:"Frames"`
}

type cameraRecord struct {
	Preset     string  `json:"Preset"`
	Horizontal float64 `json:"Horizontal"`
	Vertical   float64 `json:"Vertical"`
	Pan        float64 `json:"Pan"`
	Tilt       float64 `json:"Tilt"`
	Roll       float64 `json:"Roll"`
	Zoom       float64 `json:"Zoom"`
}

type failureRecord struct {
	Reason task.Reason `json:"Reason"`
	Text   string      `json:"Text"`
	Detail string      `json:"Detail"`
}

type ignoredRecord struct {
	Field  string `json:"Field"`
	Detail string `json:"Detail"`
}

type understoodRecord struct {
	Moves []moveRecord `json:"Moves,omitempty"`
	Drawn []string     `json:"Drawn,omitempty"`
	Cards []string     `json:"Cards,omitempty"`
}

type moveRecord struct {
	Name string        `json:"Name"`
	From time.Duration `json:"From"`
	To   time.Duration `json:"To"`
}

type attemptRecord struct {
	Engine      string      `json:"Engine"`
	Model       string      `json:"Model"`
	Key         string      `json:"Key"`
	Handle      string      `json:"Handle"`
	Round       int         `json:"Round"`
	Begun       time.Time   `json:"Begun"`
	Ended       time.Time   `json:"Ended"`
	Unconfirmed bool        `json:"Unconfirmed"`
	Reason      task.Reason `json:"Reason"`
	Failure     string      `json:"Failure"`
	Credits     float64     `json:"Credits"`
	Cost        float64     `json:"Cost"`
	Currency    string      `json:"Currency"`
	Node        string      `json:"Node,omitempty"`
}

type fileRecord struct {
	Role   task.Role `json:"Role"`
	Key    string    `json:"Key"`
	Type   string    `json:"Type"`
	Size   int64     `json:"Size"`
	Width  int       `json:"Width"`
	Height int       `json:"Height"`
	SHA256 string    `json:"SHA256"`
}

type imageRecord struct {
	Source  string            `json:"Source"`
	Field   string            `json:"Field"`
	Dataset string            `json:"Dataset"`
	Key     string            `json:"Key"`
	Type    string            `json:"Type"`
	Size    int64             `json:"Size"`
	Width   int               `json:"Width"`
	Height  int               `json:"Height"`
	Limits  imageLimitsRecord `json:"Limits"`
}

type imageLimitsRecord struct {
	Bytes    int64    `json:"Bytes"`
	MinSide  int      `json:"MinSide"`
	MaxRatio float64  `json:"MaxRatio"`
	Types    []string `json:"Types"`
}

type referenceRecord struct {
	Image imageRecord        `json:"Image"`
	Role  task.ReferenceRole `json:"Role,omitempty"`
	Name  string             `json:"Name,omitempty"`
}

type audioRecord struct {
	Source   string        `json:"Source"`
	Field    string        `json:"Field"`
	Name     string        `json:"Name,omitempty"`
	Dataset  string        `json:"Dataset"`
	Key      string        `json:"Key"`
	Type     string        `json:"Type"`
	Size     int64         `json:"Size"`
	Duration time.Duration `json:"Duration"`
}

type videoRecord struct {
	Source    string        `json:"Source"`
	Field     string        `json:"Field"`
	Dataset   string        `json:"Dataset"`
	Key       string        `json:"Key"`
	Type      string        `json:"Type"`
	Size      int64         `json:"Size"`
	Width     int           `json:"Width"`
	Height    int           `json:"Height"`
	FrameRate float64       `json:"FrameRate"`
	Duration  time.Duration `json:"Duration"`
}

type artifactRecord struct {
	ID            string        `json:"ID"`
	Task          string        `json:"Task"`
	Account       int64         `json:"Account"`
	Group         string        `json:"Group"`
	Filename      string        `json:"Filename"`
	Files         []fileRecord  `json:"Files"`
	Width         int           `json:"Width"`
	Height        int           `json:"Height"`
	FrameRate     float64       `json:"FrameRate"`
	Duration      time.Duration `json:"Duration"`
	Created       time.Time     `json:"Created"`
	Updated       time.Time     `json:"Updated"`
	Private       bool          `json:"Private"`
	PrivateInTeam bool          `json:"PrivateInTeam"`
	Sealed        bool          `json:"Sealed"`
	Favorite      bool          `json:"Favorite"`
	Reported      bool          `json:"Reported"`
	Deleted       bool          `json:"Deleted"`
	Share         string        `json:"Share"`
	// Pending was added after the first release. "" = no change is pending.
	Pending task.FileChange `json:"Pending,omitempty"`
	// ConvertedFrom was added later, too. "" = the engine's file was an MP4.
	ConvertedFrom string `json:"ConvertedFrom,omitempty"`
	// HasAudio was added later, too. Videos of older rows may have sound all the same.
	HasAudio bool `json:"HasAudio,omitempty"`
}

type datasetRecord struct {
	ID        string        `json:"ID"`
	Account   int64         `json:"Account"`
	Key       string        `json:"Key"`
	Upload    *uploadRecord `json:"Upload"`
	Type      string        `json:"Type"`
	Size      int64         `json:"Size"`
	Width     int           `json:"Width"`
	Height    int           `json:"Height"`
	FrameRate float64       `json:"FrameRate"`
	Duration  time.Duration `json:"Duration"`
	Created   time.Time     `json:"Created"`
}

type uploadRecord struct {
	Filename string   `json:"Filename"`
	Parts    int      `json:"Parts"`
	Sums     []string `json:"Sums"`
}

type keyRecord struct {
	ID      string         `json:"ID"`
	Hash    string         `json:"Hash"`
	Hint    string         `json:"Hint"`
	Account int64          `json:"Account"`
	Name    string         `json:"Name"`
	Scopes  []apikey.Scope `json:"Scopes"`
	Created time.Time      `json:"Created"`
	Revoked time.Time      `json:"Revoked"`
}
