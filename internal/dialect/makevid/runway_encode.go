package makevid

import (
	"cmp"
	"encoding/json"
	"math"
	"strconv"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// runwayAnswer is the body of create_runway, and without the server's id that of get_runway. The order of fields here
// and below is that of the published answer; a field of type *struct{} is always null.
type runwayAnswer struct {
	Task     runwayTask `json:"task" doc:"The task."`
	ServerID *string    `json:"server_id,omitempty" doc:"The node that took the task."`
}

type runwayTask struct {
	ID                          string           `json:"id" format:"uuid" doc:"Names the task: GET /api/v1/get_runway/{id} tells how it stands."`
	Name                        *string          `json:"name" doc:"The name that the request gave, null where it gave none."`
	Image                       *struct{}        `json:"image" doc:"Always null."`
	CreatedAt                   string           `json:"createdAt" format:"date-time" doc:"When the task was made."`
	UpdatedAt                   string           `json:"updatedAt" format:"date-time" doc:"When it last changed."`
	TaskType                    string           `json:"taskType" doc:"The model that was asked for."`
	Options                     runwayOptions    `json:"options" doc:"What was asked for, with what the server chose where the request was silent."`
	Status                      runwayState      `json:"status" doc:"Where the task stands. PENDING and THROTTLED wait, RUNNING is at work; SUCCEEDED, FAILED and CANCELLED are its ends."`
	Error                       *runwayError     `json:"error" doc:"Why it failed, null where it has not."`
	ProgressText                *string          `json:"progressText" doc:"What is being done, or why it failed; null mostly."`
	ProgressRatio               *string          `json:"progressRatio" doc:"How far the work is, as text: from 0.00 up, and 1 once it has succeeded. null before it began."`
	EstimatedTimeToStartSeconds int              `json:"estimatedTimeToStartSeconds" doc:"Seconds until the work is likely to begin; 0 once it has."`
	Artifacts                   []runwayArtifact `json:"artifacts" doc:"The finished video, once status is SUCCEEDED; empty before."`
	SharedAsset                 *runwayShared    `json:"sharedAsset" doc:"The public page of the video, null where it has none."`
}

type runwayOptions struct {
	Name            string `json:"name" doc:"The name of the task, empty where it has none."`
	Seconds         int    `json:"seconds" doc:"The length that was asked for."`
	TextPrompt      string `json:"text_prompt" doc:"The prompt as it was sent."`
	Seed            uint32 `json:"seed" doc:"The seed: the request's own, or the one that was drawn for it."`
	ExploreMode     bool   `json:"exploreMode" doc:"Whether the task waits behind others."`
	Watermark       bool   `json:"watermark" doc:"Whether the video bears a watermark."`
	EnhancePrompt   bool   `json:"enhance_prompt" doc:"Whether the prompt may be expanded."`
	InitImage       string `json:"init_image" doc:"A signed link to the stored copy of the picture, good for a day at least; empty where there is none."`
	Resolution      string `json:"resolution" doc:"The resolution."`
	ImageAsEndFrame bool   `json:"image_as_end_frame" doc:"Whether the picture is the last frame rather than the first."`
	AssetGroupName  string `json:"assetGroupName" doc:"The asset group that the video joins."`
}

// runwayShared is the public page of a shared artifact. Its form is ours: no published answer shows one.
type runwayShared struct {
	ID      string `json:"id" doc:"The token in the page's URL."`
	AssetID string `json:"assetId" format:"uuid" doc:"The artifact that the page shows."`
	URL     string `json:"url" format:"uri" doc:"The page."`
}

// runwayError leaves out moderation_category and tally_asimov, which the contract allows to be absent: no engine reports them.
type runwayError struct {
	ErrorMessage string `json:"errorMessage" doc:"What happened and what may be done, for people."`
	Reason       string `json:"reason" doc:"The same for programs, in dotted codes: SAFETY.INPUT.TEXT, ASSET.INVALID, THIRD_PARTY.UNAVAILABLE, INTERNAL and others."`
	Message      string `json:"message" doc:"As errorMessage."`
}

type runwayArtifact struct {
	ID                 string         `json:"id" format:"uuid" doc:"Names the asset: /api/v1/assets/{id} reads and changes it."`
	CreatedAt          string         `json:"createdAt" format:"date-time" doc:"When it was finished."`
	UpdatedAt          string         `json:"updatedAt" format:"date-time" doc:"When it last changed."`
	UserID             int64          `json:"userId" doc:"The account that owns it."`
	CreatedBy          int64          `json:"createdBy" doc:"As userId."`
	TaskID             string         `json:"taskId" format:"uuid" doc:"The task that made it."`
	ParentAssetGroupID string         `json:"parentAssetGroupId" format:"uuid" doc:"The asset group that it is in."`
	Filename           string         `json:"filename" doc:"What a download may be called: the name and .mp4."`
	URL                string         `json:"url" format:"uri" doc:"The video, an MP4."`
	FileSize           string         `json:"fileSize" doc:"Bytes of the video, as text."`
	IsDirectory        bool           `json:"isDirectory" doc:"Always false."`
	PreviewURLs        []string       `json:"previewUrls" doc:"Five stills, evenly spaced over the video."`
	Private            bool           `json:"private" doc:"Whether it is listed nowhere but to its owner."`
	PrivateInTeam      bool           `json:"privateInTeam" doc:"The same, within a team."`
	Deleted            bool           `json:"deleted" doc:"Whether its files are gone."`
	Reported           bool           `json:"reported" doc:"Whether it was reported."`
	Metadata           runwayMetadata `json:"metadata" doc:"What the file is, as measured."`
	Favorite           bool           `json:"favorite" doc:"Whether its owner marked it as a favorite."`
}

type runwayMetadata struct {
	FrameRate  int         `json:"frameRate" doc:"Frames per second."`
	Duration   json.Number `json:"duration" doc:"Seconds, to the thousandth."`
	Dimensions [2]int      `json:"dimensions" doc:"Width and height in pixels."`
	Size       runwaySize  `json:"size" doc:"The same by name."`
}

type runwaySize struct {
	Width  int `json:"width" doc:"Pixels."`
	Height int `json:"height" doc:"Pixels."`
}

// encodeRunway returns the answer of create_runway and get_runway.
func encodeRunway(t task.Task, s scene) []byte {
	out := runwayTask{
		ID: t.ID, CreatedAt: dialect.Millis(t.Created), UpdatedAt: dialect.Millis(t.Updated), TaskType: t.Request.Model,
		Options: runwayOptionsOf(t.Request, s.links), Status: runwayState(runwayStatus(t.State)), ProgressRatio: runwayRatio(t),
		Artifacts: []runwayArtifact{},
	}
	if t.Request.Name != "" {
		out.Name = &t.Request.Name
	}
	switch t.State {
	case task.Queued, task.Throttled, task.Pending:
		out.EstimatedTimeToStartSeconds = int(math.Ceil(t.QueueWait.Seconds()))
	case task.Running:
		if t.ProgressText != "" {
			out.ProgressText = &t.ProgressText
		}
	case task.Failed:
		out.Error = runwayErrorOf(t.WhyFailed())
		out.ProgressText = &out.Error.Message
	case task.Succeeded:
		for _, a := range t.Artifacts {
			out.Artifacts = append(out.Artifacts, runwayArtifactOf(a, s.links))
			if a.Share != "" {
				out.SharedAsset = &runwayShared{ID: a.Share, AssetID: a.ID, URL: s.links.File("share/" + a.Share)}
			}
		}
	}
	answer := runwayAnswer{Task: out}
	if s.create {
		answer.ServerID = &s.server
	}
	return dialect.Marshal(answer)
}

// EncodeTask returns a task in the form that Runway's web API has for it, which makevid's get answers too.
func EncodeTask(t task.Task, l dialect.Links) []byte { return encodeRunway(t, scene{links: l}) }

// TaskAnswer returns an empty answer of that form, for descriptions of calls.
func TaskAnswer() any { return runwayAnswer{} }

func runwayOptionsOf(r task.Request, l dialect.Links) runwayOptions {
	o := runwayOptions{Name: r.Name, Seconds: r.Seconds, TextPrompt: r.Prompt, ExploreMode: r.LowPriority,
		Watermark: r.Watermark, EnhancePrompt: r.ExpandPrompt, Resolution: cmp.Or(r.Resolution, runwayResolution),
		ImageAsEndFrame: r.Last != nil, AssetGroupName: r.AssetGroup}
	if r.Seed != nil {
		o.Seed = *r.Seed
	}
	if img := r.First; img != nil {
		o.InitImage = l.Signed(img.Key)
	} else if img := r.Last; img != nil {
		o.InitImage = l.Signed(img.Key)
	}
	return o
}

// runwayArtifactOf links the files plainly, as the published answer does for an artifact that is private: their names
// can't be guessed.
func runwayArtifactOf(a task.Artifact, l dialect.Links) runwayArtifact {
	video, _ := a.FirstFile(task.Video)
	out := runwayArtifact{
		ID: a.ID, CreatedAt: dialect.Millis(a.Created), UpdatedAt: dialect.Millis(a.Updated), UserID: a.Account, CreatedBy: a.Account,
		TaskID: a.Task, ParentAssetGroupID: a.Group, Filename: a.Filename, URL: l.Of(a, video),
		FileSize: strconv.FormatInt(video.Size, 10), PreviewURLs: []string{}, Private: a.Unlisted,
		PrivateInTeam: a.PrivateInTeam, Deleted: a.Deleted, Reported: a.Reported, Favorite: a.Favorite,
		Metadata: runwayMetadata{FrameRate: int(math.Round(a.FrameRate)), Duration: json.Number(dialect.Seconds(a.Duration)),
			Dimensions: [2]int{a.Width, a.Height}, Size: runwaySize{a.Width, a.Height}},
	}
	for _, p := range a.FilesOf(task.Preview) {
		out.PreviewURLs = append(out.PreviewURLs, l.Of(a, p))
	}
	return out
}

// runwayState is one of the words of runwayStatus.
type runwayState string

// Words are all of them.
func (runwayState) Words() []string { return wordsOf(runwayStatus) }

// runwayStatus is the state table. The published words have none for a task that was not submitted yet.
func runwayStatus(s task.State) string {
	if s == task.Queued {
		return string(task.Pending)
	}
	return string(s)
}

// runwayRatio is null before the work began, "1" once it succeeded, and else the last value, rounded down so that
// nothing looks done before it is.
func runwayRatio(t task.Task) *string {
	var ratio string
	switch {
	case t.State == task.Succeeded:
		ratio = "1"
	case t.State == task.Running || t.State.Terminal() && !t.Started.IsZero():
		hundredths := min(99, max(0, int(t.Progress*100+1e-9))) // 0.29*100 is 28.999…
		ratio = strconv.FormatFloat(float64(hundredths)/100, 'f', 2, 64)
	default:
		return nil
	}
	return &ratio
}

// runwayErrorOf returns why a task failed. THIRD_PARTY.REFUSED and a deadline are our own reasons: for Runway's callers both are
// a third party that can't be had, and the text says more.
func runwayErrorOf(f task.Failure) *runwayError {
	reason := f.Reason
	if reason == task.VendorRefused || reason == task.Overdue {
		reason = task.VendorUnavailable
	}
	return &runwayError{ErrorMessage: f.Text, Reason: string(reason), Message: f.Text}
}
