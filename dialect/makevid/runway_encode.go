package makevid

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/filmgate/filmgate/dialect"
	"github.com/filmgate/filmgate/task"
)

// runwayAnswer is the body of create_runway, and without the server's id that of get_runway. The order of fields here
// and below is that of the published answer; a field of type *struct{} is always null.
type runwayAnswer struct {
	Task     runwayTask `json:"task"`
	ServerID *string    `json:"server_id,omitempty"`
}

type runwayTask struct {
	ID                          string           `json:"id"`
	Name                        *string          `json:"name"`
	Image                       *struct{}        `json:"image"`
	CreatedAt                   string           `json:"createdAt"`
	UpdatedAt                   string           `json:"updatedAt"`
	TaskType                    string           `json:"taskType"`
	Options                     runwayOptions    `json:"options"`
	Status                      string           `json:"status"`
	Error                       *runwayError     `json:"error"`
	ProgressText                *string          `json:"progressText"`
	ProgressRatio               *string          `json:"progressRatio"`
	EstimatedTimeToStartSeconds int              `json:"estimatedTimeToStartSeconds"`
	Artifacts                   []runwayArtifact `json:"artifacts"`
	SharedAsset                 *runwayShared    `json:"sharedAsset"`
}

type runwayOptions struct {
	Name            string `json:"name"`
	Seconds         int    `json:"seconds"`
	TextPrompt      string `json:"text_prompt"`
	Seed            uint32 `json:"seed"`
	ExploreMode     bool   `json:"exploreMode"`
	Watermark       bool   `json:"watermark"`
	EnhancePrompt   bool   `json:"enhance_prompt"`
	InitImage       string `json:"init_image"`
	Resolution      string `json:"resolution"`
	ImageAsEndFrame bool   `json:"image_as_end_frame"`
	AssetGroupName  string `json:"assetGroupName"`
}

// runwayShared is the public page of a shared artifact. Its form is ours: no published answer shows one.
type runwayShared struct {
	ID      string `json:"id"`
	AssetID string `json:"assetId"`
	URL     string `json:"url"`
}

// runwayError leaves out moderation_category and tally_asimov, which the contract lets be absent: no engine tells them.
type runwayError struct {
	ErrorMessage string `json:"errorMessage"`
	Reason       string `json:"reason"`
	Message      string `json:"message"`
}

type runwayArtifact struct {
	ID                 string         `json:"id"`
	CreatedAt          string         `json:"createdAt"`
	UpdatedAt          string         `json:"updatedAt"`
	UserID             int64          `json:"userId"`
	CreatedBy          int64          `json:"createdBy"`
	TaskID             string         `json:"taskId"`
	ParentAssetGroupID string         `json:"parentAssetGroupId"`
	Filename           string         `json:"filename"`
	URL                string         `json:"url"`
	FileSize           string         `json:"fileSize"`
	IsDirectory        bool           `json:"isDirectory"`
	PreviewURLs        []string       `json:"previewUrls"`
	Private            bool           `json:"private"`
	PrivateInTeam      bool           `json:"privateInTeam"`
	Deleted            bool           `json:"deleted"`
	Reported           bool           `json:"reported"`
	Metadata           runwayMetadata `json:"metadata"`
	Favorite           bool           `json:"favorite"`
}

type runwayMetadata struct {
	FrameRate  int         `json:"frameRate"`
	Duration   json.Number `json:"duration"`
	Dimensions [2]int      `json:"dimensions"`
	Size       runwaySize  `json:"size"`
}

type runwaySize struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// encodeRunway is the answer of create_runway and get_runway.
func encodeRunway(t task.Task, s scene) []byte {
	out := runwayTask{
		ID: t.ID, CreatedAt: milli(t.Created), UpdatedAt: milli(t.Updated), TaskType: t.Request.Model,
		Options: runwayOptionsOf(t.Request, s.links), Status: runwayStatus(t.State), ProgressRatio: runwayRatio(t),
		Artifacts: []runwayArtifact{},
	}
	if t.Request.Name != "" {
		out.Name = &t.Request.Name
	}
	switch t.State {
	case task.Queued, task.Throttled, task.Pending:
		out.EstimatedTimeToStartSeconds = int(math.Ceil(t.Wait.Seconds()))
	case task.Running:
		if t.ProgressText != "" {
			out.ProgressText = &t.ProgressText
		}
	case task.Failed:
		out.Error = runwayErrorOf(failureOf(t))
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

func runwayOptionsOf(r task.Request, l dialect.Links) runwayOptions {
	o := runwayOptions{Name: r.Name, Seconds: r.Seconds, TextPrompt: r.Prompt, ExploreMode: r.LowPriority,
		Watermark: r.Watermark, EnhancePrompt: r.ExpandPrompt, Resolution: r.Resolution,
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
	video, _ := a.First(task.Video)
	out := runwayArtifact{
		ID: a.ID, CreatedAt: milli(a.Created), UpdatedAt: milli(a.Updated), UserID: a.Account, CreatedBy: a.Account,
		TaskID: a.Task, ParentAssetGroupID: a.Group, Filename: a.Filename, URL: l.Of(a, video),
		FileSize: strconv.FormatInt(video.Size, 10), PreviewURLs: []string{}, Private: a.Private,
		PrivateInTeam: a.PrivateInTeam, Deleted: a.Deleted, Reported: a.Reported, Favorite: a.Favorite,
		Metadata: runwayMetadata{FrameRate: int(math.Round(a.FrameRate)), Duration: json.Number(decimals(a.Duration)),
			Dimensions: [2]int{a.Width, a.Height}, Size: runwaySize{a.Width, a.Height}},
	}
	for _, p := range a.All(task.Preview) {
		out.PreviewURLs = append(out.PreviewURLs, l.Of(a, p))
	}
	return out
}

// runwayStatus is the state table: the published words know no task that no engine has been asked yet.
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

// runwayErrorOf tells why a task failed. THIRD_PARTY.REFUSED and a deadline are words of ours: to Runway's callers both are
// a third party that can't be had, and the text says more.
func runwayErrorOf(f task.Failure) *runwayError {
	reason := f.Reason
	if reason == task.VendorRefused || reason == task.Overdue {
		reason = task.VendorUnavailable
	}
	return &runwayError{ErrorMessage: f.Text, Reason: string(reason), Message: f.Text}
}

// milli is a time as RFC 3339 in UTC with exactly three fraction digits: "2024-09-09T06:50:55.123Z".
func milli(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// decimals is a duration in seconds, rounded to thousandths, without needless zeros: "10.542".
func decimals(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Round(time.Millisecond).Milliseconds())/1000, 'f', -1, 64)
}
