package runway

import (
	"math"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// created is the answer of a create.
type created struct {
	ID            string `json:"id" format:"uuid" doc:"Names the task: GET /v1/tasks/{id} reads it."`
	EstimatedCost cost   `json:"estimatedCost" doc:"What the task may cost."`
}

type cost struct {
	Credits float64 `json:"credits" doc:"In credits of a cent; 0 if the engine's price is unknown, or nothing."`
}

// videoTask is the answer of GET /v1/tasks/{id}. Which fields it has depends on its status.
type videoTask struct {
	ID            string    `json:"id" format:"uuid" doc:"The task's id."`
	Status        state     `json:"status" doc:"PENDING and THROTTLED wait, RUNNING is at work; SUCCEEDED, FAILED and CANCELLED are final."`
	CreatedAt     string    `json:"createdAt" format:"date-time" doc:"When the task was created."`
	EstimatedCost *cost     `json:"estimatedCost,omitempty" doc:"What the task may cost, until it has ended."`
	Progress      *float64  `json:"progress,omitempty" doc:"0 to 1, while it is RUNNING."`
	Cost          *cost     `json:"cost,omitempty" doc:"What it has cost, once it has ended."`
	Output        *[]string `json:"output,omitempty" doc:"The finished video: one signed URL, made anew by each answer and valid for a day. Read the task again for another."`
	Failure       *string   `json:"failure,omitempty" doc:"Why it failed, for people."`
	FailureCode   *string   `json:"failureCode,omitempty" doc:"Why it failed, for programs: SAFETY.INPUT.TEXT, ASSET.INVALID, THIRD_PARTY.UNAVAILABLE, INTERNAL and others."`
}

// state is one of Runway's six words.
type state string

// Words returns all of them.
func (state) Words() []string {
	return []string{"PENDING", "THROTTLED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}
}

// outputLife is how long a URL in output is valid. Runway's are for 24 to 48 hours.
const outputLife = 24 * time.Hour

// encodeTask returns the answer of a get. estimate is what the task may cost, in credits.
func encodeTask(t task.Task, l dialect.Links, estimate float64) []byte {
	out := videoTask{ID: t.ID, Status: stateOf(t.State), CreatedAt: dialect.Millis(t.Created)}
	if t.State.Terminal() {
		out.Cost = &cost{roundCredits(dialect.Credits(t))}
	} else {
		out.EstimatedCost = &cost{roundCredits(estimate)}
	}
	switch t.State {
	case task.Queued, task.Throttled, task.Pending, task.Cancelled:
	case task.Running:
		progress := math.Floor(t.Progress*100+1e-9) / 100 // 0.29*100 is 28.999…
		out.Progress = &progress
	case task.Succeeded:
		urls := outputs(t, l)
		out.Output = &urls // an empty list too: the SDK requires one
	case task.Failed:
		text, code := failureOf(t)
		out.Failure, out.FailureCode = &text, &code
	}
	return dialect.Marshal(out)
}

// stateOf is the state table. Runway has no word for a task that was not submitted yet.
func stateOf(s task.State) state {
	if s == task.Queued {
		return state(task.Pending)
	}
	return state(s)
}

// outputs returns the URLs of the task's videos. A deleted one has none.
func outputs(t task.Task, l dialect.Links) []string {
	urls := []string{}
	for _, video := range t.FilesOf(task.Video) {
		urls = append(urls, l.SignedUntil(video.Key, l.Now.Add(outputLife)))
	}
	return urls
}

// failureOf returns why a task failed. THIRD_PARTY.REFUSED and a deadline are our own reasons: for Runway's callers both are a
// third party that can't be reached.
func failureOf(t task.Task) (text, code string) {
	f := t.WhyFailed()
	if f.Reason == task.VendorRefused || f.Reason == task.Overdue {
		f.Reason = task.VendorUnavailable
	}
	return f.Text, string(f.Reason)
}

// roundCredits returns credits in hundredths: sums of prices have no more.
func roundCredits(c float64) float64 { return math.Round(c*100) / 100 }
