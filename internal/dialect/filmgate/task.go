package filmgate

import (
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// wireTask is a task as our own calls show it: all that is known of it and its owner may see.
type wireTask struct {
	ID             string     `json:"id" format:"uuid" doc:"Names the task."`
	Status         task.State `json:"status" doc:"Where the task stands. QUEUED waits for an engine, THROTTLED for its turn, PENDING at the engine; RUNNING is at work; SUCCEEDED, FAILED and CANCELLED are its ends."`
	Dialect        string     `json:"dialect" doc:"The family of calls that made it: filmgate, makevid/runway, makevid/luma, makevid/kling.text2video or makevid/kling.image2video."`
	Model          string     `json:"model" doc:"The model that was asked for."`
	Name           string     `json:"name" doc:"The name that the request gave, empty where it gave none."`
	Prompt         string     `json:"prompt" doc:"The prompt as it was sent."`
	ExpandPrompt   bool       `json:"expand_prompt" doc:"Whether the engine may expand the prompt."`
	ExpandedPrompt *string    `json:"expanded_prompt" doc:"What the engine was given instead, null where it was given the prompt itself."`
	NegativePrompt *string    `json:"negative_prompt" doc:"What the video shall not show, null where nothing was named."`
	Seconds        int        `json:"seconds" doc:"The length that was asked for."`
	AspectRatio    *string    `json:"aspect_ratio" doc:"The shape that was asked for, null where it was left to the picture or the engine."`
	Resolution     *string    `json:"resolution" doc:"The resolution that was asked for, null where it was left to the engine."`
	Seed           *uint32    `json:"seed" doc:"The seed, the request's own or drawn for it."`
	FirstFrame     *string    `json:"first_frame" format:"uri" doc:"A signed link to the stored first frame, null where none was given."`
	LastFrame      *string    `json:"last_frame" format:"uri" doc:"The same of the last frame."`
	Video          *string    `json:"video" format:"uri" doc:"The same of the video that is made into another."`

	ReferenceImages []wireReferenceImage `json:"reference_images" doc:"The pictures of what the video shows, in their order."`
	ReferenceAudio  []wireReferenceAudio `json:"reference_audio" doc:"The recordings of what is heard in it, in their order."`
	Audio           *bool                `json:"audio" doc:"Whether sound was asked for, null where nothing was said."`

	Camera       *wireCamera     `json:"camera" doc:"The move of the camera that was asked for, null where none was."`
	CfgScale     *float64        `json:"cfg_scale" doc:"How closely to keep to the prompt, 0 to 1; null where it was left to the engine."`
	Mode         *string         `json:"mode" doc:"The quality that was asked for, std or pro; null where it was left to the engine."`
	AssetGroup   string          `json:"asset_group" doc:"The name of the asset group that the video joins."`
	LowPriority  bool            `json:"low_priority" doc:"Whether it waits behind others."`
	Watermark    bool            `json:"watermark" doc:"Whether the video bears a watermark."`
	Caption      bool            `json:"caption" doc:"Whether the prompt stands along the lower edge of the video."`
	Progress     float64         `json:"progress" doc:"How far the work is, 0 to 1. It never falls."`
	ProgressText *string         `json:"progress_text" doc:"What the engine says that it is doing, or what the task waits for; null mostly."`
	WaitSeconds  int             `json:"wait_seconds" doc:"Seconds until the work is likely to begin; 0 once it has."`
	DeadlineAt   *wireTime       `json:"deadline_at" doc:"It fails where it has not ended by then; null where it may take as long as it takes."`
	Engine       string          `json:"engine" doc:"The engine that makes it, by its configured name."`
	EngineModel  string          `json:"engine_model" doc:"The engine's own name of the model."`
	Failure      *wireFailure    `json:"failure" doc:"Why it failed, null where it has not."`
	Attempts     []wireAttempt   `json:"attempts" doc:"Every try at an engine, oldest first."`
	Ignored      []wireIgnored   `json:"ignored" doc:"What was asked for and the video is made without, since the engine's model has no such setting."`
	Understood   *wireUnderstood `json:"understood" doc:"What the built-in renderer read in the prompt; null before the task has succeeded, and of other engines."`
	Artifacts    []wireArtifact  `json:"artifacts" doc:"What was made; empty before it has succeeded."`
	CreatedAt    wireTime        `json:"created_at" doc:"When it was made."`
	UpdatedAt    wireTime        `json:"updated_at" doc:"When it last changed."`
	StartedAt    *wireTime       `json:"started_at" doc:"When it was first seen at work, null before."`
	FinishedAt   *wireTime       `json:"finished_at" doc:"When it ended, null before."`
	RetryOf      *string         `json:"retry_of" format:"uuid" doc:"The task whose request it repeats; null mostly."`
	Deleted      bool            `json:"deleted" doc:"Whether its owner deleted it."`

	made bool // by this call
}

type wireCamera struct {
	Preset     *string `json:"preset" doc:"A whole move that has a name, null where the axes say how."`
	Horizontal float64 `json:"horizontal" doc:"Shift of the camera, left (minus) or right."`
	Vertical   float64 `json:"vertical" doc:"Shift of the camera, down (minus) or up."`
	Pan        float64 `json:"pan" doc:"Turn to the left (minus) or right."`
	Tilt       float64 `json:"tilt" doc:"Turn down (minus) or up."`
	Roll       float64 `json:"roll" doc:"Roll counterclockwise (minus) or clockwise."`
	Zoom       float64 `json:"zoom" doc:"Narrower view (minus) or wider."`
}

func encodeCamera(c *task.Camera) *wireCamera {
	if c == nil {
		return nil
	}
	return &wireCamera{textOrNull(c.Preset), c.Horizontal, c.Vertical, c.Pan, c.Tilt, c.Roll, c.Zoom}
}

// wireIgnored is a field of a request without effect.
type wireIgnored struct {
	Field  string `json:"field" doc:"The field, by its name in this call."`
	Reason string `json:"reason" doc:"Why it has no effect."`
}

type wireFailure struct {
	Reason  task.Reason `json:"reason" doc:"Why, for programs."`
	Message string      `json:"message" doc:"What happened and what may be done, for people."`
}

type wireAttempt struct {
	Engine      string    `json:"engine" doc:"The engine, by its configured name."`
	Model       *string   `json:"model" doc:"The engine's own name of the model."`
	Key         *string   `json:"key" doc:"The configured name of the key that was used, never the key; null where it needs none."`
	Handle      *string   `json:"handle" doc:"The engine's own id of the work, null where it gave none."`
	Unconfirmed bool      `json:"unconfirmed" doc:"The request was sent, and nobody knows whether the engine took it."`
	Reason      *string   `json:"reason" doc:"The code of what went wrong, null where nothing did or it still goes on."`
	Failure     *string   `json:"failure" doc:"What went wrong, in a sentence."`
	Credits     float64   `json:"credits" doc:"What the vendor charged, in its own credits; 0 where nothing or unknown."`
	Cost        float64   `json:"cost" doc:"What it cost by the engine's price, in the currency; 0 where nothing or unknown."`
	Currency    *string   `json:"currency" doc:"Of the cost: USD, or credits for the vendor's own; null without a cost."`
	StartedAt   wireTime  `json:"started_at" doc:"When it began."`
	EndedAt     *wireTime `json:"ended_at" doc:"When it ended, null while it goes on."`
}

type wireArtifact struct {
	ID              string     `json:"id" format:"uuid" doc:"Names the asset."`
	TaskID          string     `json:"task_id" format:"uuid" doc:"The task that made it."`
	AssetGroupID    string     `json:"asset_group_id" format:"uuid" doc:"The asset group that it is in."`
	Filename        string     `json:"filename" doc:"What a download may be called."`
	URL             string     `json:"url" format:"uri" doc:"The video. A signed link where the asset is sealed."`
	PreviewURLs     []string   `json:"preview_urls" doc:"Stills, evenly spaced over the video."`
	Width           int        `json:"width" doc:"Pixels."`
	Height          int        `json:"height" doc:"Pixels."`
	FrameRate       float64    `json:"frame_rate" doc:"Frames per second."`
	DurationSeconds float64    `json:"duration_seconds" doc:"Seconds, to the thousandth."`
	HasAudio        bool       `json:"has_audio" doc:"Whether the video has a sound track. False of videos that were made before this field was there."`
	ConvertedFrom   *string    `json:"converted_from" doc:"Media type of the engine's file, where it was converted to MP4; null where it was an MP4."`
	Files           []wireFile `json:"files" doc:"Every file that belongs to it."`
	Private         bool       `json:"private" doc:"Whether it is listed nowhere but to its owner; so from the start."`
	PrivateInTeam   bool       `json:"private_in_team" doc:"The same, within a team."`
	Sealed          bool       `json:"sealed" doc:"Whether its files are read through signed links alone: so once its owner has set private."`
	ShareURL        *string    `json:"share_url" format:"uri" doc:"Its public page, null where it has none."`
	Favorite        bool       `json:"favorite" doc:"Whether its owner marked it as a favorite."`
	Reported        bool       `json:"reported" doc:"Whether it was reported."`
	Deleted         bool       `json:"deleted" doc:"Whether its files are gone."`
	CreatedAt       wireTime   `json:"created_at" doc:"When it was finished."`
	UpdatedAt       wireTime   `json:"updated_at" doc:"When it last changed."`
}

type wireFile struct {
	Role   task.Role `json:"role" doc:"What the file is: the video, the same without a watermark (raw), a preview, the last frame, and so on."`
	URL    string    `json:"url" format:"uri" doc:"The file."`
	Type   string    `json:"type" doc:"Its media type."`
	Size   int64     `json:"size" doc:"Bytes."`
	Width  int       `json:"width" doc:"Pixels."`
	Height int       `json:"height" doc:"Pixels."`
	SHA256 string    `json:"sha256" doc:"SHA-256 of its bytes, 64 hex digits."`
}

// wireTime is a time with exactly three fraction digits, in UTC.
type wireTime time.Time

// MarshalText writes the time as the dialect does.
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
		ExpandPrompt: r.ExpandPrompt, ExpandedPrompt: textOrNull(r.ExpandedPrompt), NegativePrompt: textOrNull(r.NegativePrompt),
		Seconds: r.Seconds, AspectRatio: textOrNull(r.AspectRatio), Resolution: textOrNull(r.Resolution), Seed: r.Seed, FirstFrame: imageURL(r.First, l), LastFrame: imageURL(r.Last, l),
		Video: footageURL(r.Video, l), Camera: encodeCamera(r.Camera), CfgScale: r.CfgScale, Mode: textOrNull(r.Mode), Caption: r.Caption,
		Audio: r.Audio, AssetGroup: r.AssetGroup, LowPriority: r.LowPriority, Watermark: r.Watermark,
		Progress: t.Progress, ProgressText: textOrNull(t.ProgressText), WaitSeconds: int(math.Ceil(t.QueueWait.Seconds())),
		DeadlineAt: timeOrNull(t.Deadline), Engine: t.Engine, EngineModel: t.EngineModel, Attempts: []wireAttempt{}, Artifacts: []wireArtifact{}, Ignored: []wireIgnored{},
		Understood: encodeUnderstood(t.Understood),
		CreatedAt:  wireTime(t.Created), UpdatedAt: wireTime(t.Updated),
		StartedAt: timeOrNull(t.Started), FinishedAt: timeOrNull(t.Finished), RetryOf: textOrNull(t.RetryOf), Deleted: t.Deleted,
	}
	out.ReferenceImages, out.ReferenceAudio = encodeReferences(r, l)
	if t.Failure != nil {
		f := t.WhyFailed()
		out.Failure = &wireFailure{Reason: f.Reason, Message: f.Text}
	}
	for _, a := range t.Attempts {
		out.Attempts = append(out.Attempts, wireAttempt{
			Engine: a.Engine, Model: textOrNull(a.Model), Key: textOrNull(a.Key), Handle: textOrNull(a.Handle),
			Unconfirmed: a.Unconfirmed, Reason: textOrNull(string(a.Reason)), Failure: textOrNull(a.Failure),
			Credits: a.Credits, Cost: a.Cost, Currency: textOrNull(a.Currency), StartedAt: wireTime(a.Begun), EndedAt: timeOrNull(a.Ended),
		})
	}
	for _, f := range t.Ignored {
		out.Ignored = append(out.Ignored, wireIgnored{f.Field, f.Detail})
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

func footageURL(v *task.InputVideo, l dialect.Links) *string {
	if v == nil {
		return nil
	}
	u := l.Signed(v.Key)
	return &u
}

// rounded is n to the thousandth.
func rounded(n float64) float64 { return math.Round(n*1000) / 1000 }

func encodeArtifact(a task.Artifact, l dialect.Links) wireArtifact {
	out := wireArtifact{
		ID: a.ID, TaskID: a.Task, AssetGroupID: a.Group, Filename: a.Filename, Width: a.Width, Height: a.Height,
		FrameRate: rounded(a.FrameRate), DurationSeconds: rounded(a.Duration.Seconds()), HasAudio: a.HasAudio, ConvertedFrom: textOrNull(a.ConvertedFrom),
		PreviewURLs: []string{}, Files: []wireFile{}, Private: a.Unlisted, PrivateInTeam: a.PrivateInTeam, Sealed: a.SignedOnly, Favorite: a.Favorite,
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
	Tasks []wireTask `json:"tasks" doc:"The tasks, newest first."`
	Next  *string    `json:"next" doc:"The cursor of the next page, null on the last."`
}

func (c calls) listTasks(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	p := query{dialect.Query{Values: r.URL.Query()}}
	limit := p.limit()
	q := task.Query{
		Prompt: p.search(), States: p.states("status"), Model: p.Get("model"), Dialect: p.Get("dialect"),
		CreatedFrom: p.time("created_from"), CreatedTo: p.time("created_to"),
		After: p.cursor(), Limit: limit + 1, // one more, to see whether there is a next page
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	found, err := c.gw.List(r.Context(), who, q)
	if err != nil {
		return nil, err
	}
	found, next := paged(found, limit, func(t task.Task) task.Cursor { return task.Cursor{Created: t.Created, ID: t.ID} })
	page := taskPage{Tasks: []wireTask{}, Next: next}
	links := c.Origin.Links(r, c.gw)
	for _, t := range found {
		page.Tasks = append(page.Tasks, encodeTask(t, links))
	}
	return page, nil
}

func (c calls) getTask(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	t, err := dialect.FindTask(r.Context(), c.gw, who, r.PathValue("id"), task.NoTask)
	if err != nil {
		return nil, err
	}
	return dialect.TaskAnswer{Status: http.StatusOK, Form: Dialect, Task: t, Links: c.Origin.Links(r, c.gw), Period: dialect.EveryDay, ETag: true,
		Encode: func(t task.Task, l dialect.Links) []byte { return dialect.Marshal(encodeTask(t, l)) }}, nil
}

func (c calls) retryTask(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	id := dialect.PathID(r)
	t, err := dialect.Once(w, r, strings.NewReader(id),
		func() (task.Task, error) { return c.gw.Retry(r.Context(), who, id) },
		func(key, fingerprint string) (task.Task, bool, error) {
			return c.gw.RetryOnce(r.Context(), who, id, key, fingerprint)
		})
	if err != nil {
		return nil, err
	}
	return encodeTask(t, c.Origin.Links(r, c.gw)), nil
}

func (c calls) deleteTask(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	return nil, c.gw.Delete(r.Context(), who, dialect.PathID(r))
}

func (c calls) cancelTask(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	t, err := c.gw.Cancel(r.Context(), who, dialect.PathID(r))
	if err != nil {
		return nil, err
	}
	return encodeTask(t, c.Origin.Links(r, c.gw)), nil
}
