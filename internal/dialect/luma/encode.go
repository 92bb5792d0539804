package luma

import (
	"strings"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// lumaGeneration is the answer about one task.
type lumaGeneration struct {
	ID             string      `json:"id" format:"uuid" doc:"Names the generation."`
	GenerationType string      `json:"generation_type" doc:"Always video."`
	State          lumaState   `json:"state" doc:"queued waits, dreaming is at work; completed and failed are its ends. A cancelled generation has failed."`
	FailureReason  *string     `json:"failure_reason" doc:"Why it failed, for people; null if it has not."`
	CreatedAt      string      `json:"created_at" format:"date-time" doc:"When it was made."`
	Assets         *lumaAssets `json:"assets" doc:"The files, once state is completed; null before."`
	Model          string      `json:"model" doc:"The model as it was named."`
	Request        lumaRequest `json:"request" doc:"The request, with its defaults. A task of another dialect is told in these words."`
}

type lumaAssets struct {
	Video         *string `json:"video" format:"uri" doc:"A signed link to the MP4, valid for at least a day."`
	Image         *string `json:"image" format:"uri" doc:"A signed link to a picture of the video."`
	ProgressVideo *string `json:"progress_video" doc:"Always null."`
}

// lumaState is one of the words of stateOf.
type lumaState string

// Words are all of them.
func (lumaState) Words() []string { return []string{"queued", "dreaming", "completed", "failed"} }

// stateOf is the state table. Luma has no word for a cancelled generation.
func stateOf(s task.State) lumaState {
	switch s {
	case task.Queued, task.Throttled, task.Pending:
		return "queued"
	case task.Running:
		return "dreaming"
	case task.Succeeded:
		return "completed"
	default:
		return "failed"
	}
}

// encodeGeneration returns the answer about one task.
func encodeGeneration(t task.Task, l dialect.Links) []byte {
	return dialect.Marshal(generationOf(t, l))
}

func generationOf(t task.Task, l dialect.Links) lumaGeneration {
	g := lumaGeneration{ID: t.ID, GenerationType: "video", State: stateOf(t.State), CreatedAt: dialect.Micros(t.Created),
		Model: t.Request.Model, Request: echoOf(t, l)}
	switch t.State {
	case task.Succeeded:
		g.Assets = assetsOf(t, l)
	case task.Failed, task.Cancelled:
		reason := reasonOf(t)
		g.FailureReason = &reason
	}
	return g
}

// assetsOf returns the links to the first video's files, those that are there.
func assetsOf(t task.Task, l dialect.Links) *lumaAssets {
	var out lumaAssets
	for _, a := range t.Artifacts {
		if a.Deleted {
			continue
		}
		link := func(roles ...task.Role) *string {
			for _, r := range roles {
				if f, ok := a.FirstFile(r); ok {
					u := l.Signed(f.Key)
					return &u
				}
			}
			return nil
		}
		out.Video, out.Image = link(task.Video), link(task.Poster, task.Preview, task.LastFrame)
		break
	}
	return &out
}

// reasonOf returns why a task failed: the words that Luma begins its reasons with, where it has some, and our own.
func reasonOf(t task.Task) string {
	if t.State == task.Cancelled {
		return "The generation was cancelled."
	}
	f := t.WhyFailed()
	var words string
	switch f.Reason {
	case task.SafetyInputText, task.PreprocessSafety:
		words = "advanced prompt moderation failed"
	case task.SafetyInputImage, task.SafetyInputVideo:
		words = "frame moderation failed"
	case task.PreprocessFailed:
		words = "prompt processing failed"
	case task.AssetInvalid:
		words = "failed to read user input frames"
	default:
		return f.Text
	}
	return strings.Join([]string{words, f.Text}, ": ")
}

// Callback returns what the callback_url of a request is told of the task, the generation itself. It returns nil before work has
// begun: Luma calls when a generation is dreaming, completed or failed.
func Callback(t task.Task, l dialect.Links) []byte {
	if stateOf(t.State) == "queued" {
		return nil
	}
	return encodeGeneration(t, l)
}

// creditBalance is what /credits answers, in US cents: Filmgate sells no credits, and programs may refuse to go on without any.
const creditBalance = 1_000_000

// lumaCredits is the answer of /credits.
type lumaCredits struct {
	CreditBalance int64 `json:"credit_balance" doc:"Always 1000000: Filmgate sells no credits."`
}

// lumaPong is the answer of /ping.
type lumaPong struct {
	Message string `json:"message" doc:"Always pong."`
}
