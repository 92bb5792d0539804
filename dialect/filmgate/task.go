package filmgate

import (
	"math"
	"net/http"
	"time"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/dialect"
	"github.com/filmgate/filmgate/task"
)

// wireTask is a task as our own calls show it: all that is known of it and its owner may see.
type wireTask struct {
	ID             string         `json:"id"`
	Status         task.State     `json:"status"`
	Dialect        string         `json:"dialect"`
	Model          string         `json:"model"`
	Name           string         `json:"name"`
	Prompt         string         `json:"prompt"`
	ExpandedPrompt *string        `json:"expanded_prompt"`
	NegativePrompt *string        `json:"negative_prompt"`
	Seconds        int            `json:"seconds"`
	Seed           *uint32        `json:"seed"`
	FirstFrame     *string        `json:"first_frame"`
	LastFrame      *string        `json:"last_frame"`
	AssetGroup     string         `json:"asset_group"`
	LowPriority    bool           `json:"low_priority"`
	Watermark      bool           `json:"watermark"`
	Progress       float64        `json:"progress"`
	ProgressText   *string        `json:"progress_text"`
	WaitSeconds    int            `json:"wait_seconds"`
	DeadlineAt     *wireTime      `json:"deadline_at"`
	Engine         string         `json:"engine"`
	EngineModel    string         `json:"engine_model"`
	Failure        *wireFailure   `json:"failure"`
	Attempts       []wireAttempt  `json:"attempts"`
	Artifacts      []wireArtifact `json:"artifacts"`
	CreatedAt      wireTime       `json:"created_at"`
	UpdatedAt      wireTime       `json:"updated_at"`
	StartedAt      *wireTime      `json:"started_at"`
	FinishedAt     *wireTime      `json:"finished_at"`
	RetryOf        *string        `json:"retry_of"`
	Deleted        bool           `json:"deleted"`

	ended bool
}

type wireFailure struct {
	Reason  task.Reason `json:"reason"`
	Message string      `json:"message"`
}

type wireAttempt struct {
	Engine      string    `json:"engine"`
	Model       *string   `json:"model"`
	Key         *string   `json:"key"`
	Handle      *string   `json:"handle"`
	Unconfirmed bool      `json:"unconfirmed"`
	Reason      *string   `json:"reason"`
	Failure     *string   `json:"failure"`
	Credits     float64   `json:"credits"`
	Cost        float64   `json:"cost"`
	Currency    *string   `json:"currency"`
	StartedAt   wireTime  `json:"started_at"`
	EndedAt     *wireTime `json:"ended_at"`
}

type wireArtifact struct {
	ID              string     `json:"id"`
	TaskID          string     `json:"task_id"`
	AssetGroupID    string     `json:"asset_group_id"`
	Filename        string     `json:"filename"`
	URL             string     `json:"url"`
	PreviewURLs     []string   `json:"preview_urls"`
	Width           int        `json:"width"`
	Height          int        `json:"height"`
	FrameRate       float64    `json:"frame_rate"`
	DurationSeconds float64    `json:"duration_seconds"`
	Files           []wireFile `json:"files"`
	Private         bool       `json:"private"`
	PrivateInTeam   bool       `json:"private_in_team"`
	Sealed          bool       `json:"sealed"`
	ShareURL        *string    `json:"share_url"`
	Favorite        bool       `json:"favorite"`
	Reported        bool       `json:"reported"`
	Deleted         bool       `json:"deleted"`
	CreatedAt       wireTime   `json:"created_at"`
	UpdatedAt       wireTime   `json:"updated_at"`
}

type wireFile struct {
	Role   task.Role `json:"role"`
	URL    string    `json:"url"`
	Type   string    `json:"type"`
	Size   int64     `json:"size"`
	Width  int       `json:"width"`
	Height int       `json:"height"`
	SHA256 string    `json:"sha256"`
}

// wireTime is a time with exactly three fraction digits, in UTC.
type wireTime time.Time

func (t wireTime) MarshalText() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format("2006-01-02T15:04:05.000Z")), nil
}

func timeOrNull(t time.Time) *wireTime {
	if t.IsZero() {
		return nil
	}
	w := wireTime(t)
	return &w
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func encodeTask(t task.Task, l dialect.Links) wireTask {
	r := t.Request
	out := wireTask{
		ID: t.ID, Status: t.State, Dialect: r.Dialect, Model: r.Model, Name: r.Name, Prompt: r.Prompt,
		ExpandedPrompt: textOrNull(r.ExpandedPrompt), NegativePrompt: textOrNull(r.NegativePrompt),
		Seconds: r.Seconds, Seed: r.Seed, FirstFrame: imageURL(r.First, l), LastFrame: imageURL(r.Last, l),
		AssetGroup: r.AssetGroup, LowPriority: r.LowPriority, Watermark: r.Watermark,
		Progress: t.Progress, ProgressText: textOrNull(t.ProgressText), WaitSeconds: int(math.Ceil(t.Wait.Seconds())),
		DeadlineAt: timeOrNull(t.Deadline), Engine: t.Engine, EngineModel: t.EngineModel, Attempts: []wireAttempt{}, Artifacts: []wireArtifact{},
		CreatedAt: wireTime(t.Created), UpdatedAt: wireTime(t.Updated),
		StartedAt: timeOrNull(t.Started), FinishedAt: timeOrNull(t.Finished), RetryOf: textOrNull(t.RetryOf), Deleted: t.Deleted,
		ended: t.State.Terminal(),
	}
	if t.Failure != nil {
		out.Failure = &wireFailure{Reason: t.Failure.Reason, Message: t.Failure.Text}
	}
	for _, a := range t.Attempts {
		out.Attempts = append(out.Attempts, wireAttempt{
			Engine: a.Engine, Model: textOrNull(a.Model), Key: textOrNull(a.Key), Handle: textOrNull(a.Handle),
			Unconfirmed: a.Unconfirmed, Reason: textOrNull(string(a.Reason)), Failure: textOrNull(a.Failure),
			Credits: a.Credits, Cost: a.Cost, Currency: textOrNull(a.Currency), StartedAt: wireTime(a.Begun), EndedAt: timeOrNull(a.Ended),
		})
	}
	for _, a := range t.Artifacts {
		out.Artifacts = append(out.Artifacts, encodeArtifact(a, l))
	}
	return out
}

func imageURL(img *task.Image, l dialect.Links) *string {
	if img == nil {
		return nil
	}
	u := l.Signed(img.Key)
	return &u
}

func encodeArtifact(a task.Artifact, l dialect.Links) wireArtifact {
	out := wireArtifact{
		ID: a.ID, TaskID: a.Task, AssetGroupID: a.Group, Filename: a.Filename, Width: a.Width, Height: a.Height,
		FrameRate: math.Round(a.FrameRate*1000) / 1000, DurationSeconds: math.Round(a.Duration.Seconds()*1000) / 1000,
		PreviewURLs: []string{}, Files: []wireFile{}, Private: a.Private, PrivateInTeam: a.PrivateInTeam, Sealed: a.Sealed, Favorite: a.Favorite,
		Reported: a.Reported, Deleted: a.Deleted, CreatedAt: wireTime(a.Created), UpdatedAt: wireTime(a.Updated),
	}
	if a.Share != "" {
		u := l.File("share/" + a.Share)
		out.ShareURL = &u
	}
	for _, f := range a.Files {
		link := l.Of(a, f)
		switch f.Role {
		case task.Video:
			out.URL = link
		case task.Preview:
			out.PreviewURLs = append(out.PreviewURLs, link)
		}
		out.Files = append(out.Files, wireFile{
			Role: f.Role, URL: link, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, SHA256: f.SHA256,
		})
	}
	return out
}

// taskPage is one page of tasks.
type taskPage struct {
	Tasks []wireTask `json:"tasks"`
	Next  *string    `json:"next"`
}

func (c calls) listTasks(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	p := query{Values: r.URL.Query()}
	limit := p.limit()
	q := task.Query{
		States: p.states("status"), Model: p.Get("model"), Dialect: p.Get("dialect"),
		CreatedFrom: p.time("created_from"), CreatedTo: p.time("created_to"),
		After: p.cursor(), Limit: limit + 1, // one more tells whether there is a next page
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	found, err := c.gw.List(r.Context(), who, q)
	if err != nil {
		return nil, err
	}
	found, next := paged(found, limit, func(t task.Task) task.Cursor { return task.Cursor{Created: t.Created, ID: t.ID} })
	page := taskPage{Tasks: []wireTask{}, Next: next}
	links := c.links(r)
	for _, t := range found {
		page.Tasks = append(page.Tasks, encodeTask(t, links))
	}
	return page, nil
}

func (c calls) getTask(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	t, err := c.gw.Read(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return encodeTask(t, c.links(r)), nil
}

func (c calls) retryTask(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	t, err := c.gw.Retry(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return encodeTask(t, c.links(r)), nil
}

func (c calls) deleteTask(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	return nil, c.gw.Delete(r.Context(), who, r.PathValue("id"))
}

func (c calls) cancelTask(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	t, err := c.gw.Cancel(r.Context(), who, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return encodeTask(t, c.links(r)), nil
}
