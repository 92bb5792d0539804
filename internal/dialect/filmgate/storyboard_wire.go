package filmgate

import (
	"math"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// wireStoryboard is a storyboard with its shots and their takes.
type wireStoryboard struct {
	ID        string     `json:"id" format:"uuid" doc:"Names the storyboard."`
	Name      string     `json:"name" doc:"Its name, empty if it has none."`
	Version   int64      `json:"version" doc:"Counts the changes. The header ETag has it in quotes; send that as If-Match with a change."`
	Width     int        `json:"width" doc:"Pixels of the joined video; 0 = as the first shot."`
	Height    int        `json:"height" doc:"Pixels of the joined video; 0 = as the first shot."`
	FrameRate int        `json:"frame_rate" doc:"Frames per second of the joined video; 0 = as the first shot."`
	Ready     bool       `json:"ready" doc:"Whether there is a shot, and the chosen take of each has a video."`
	Seconds   *float64   `json:"seconds" doc:"The length of the joined video, to the thousandth; null until it is ready."`
	Shots     []wireShot `json:"shots" doc:"The shots in their order."`
	CreatedAt wireTime   `json:"created_at" doc:"When it was made."`
	UpdatedAt wireTime   `json:"updated_at" doc:"When it was last changed. What happens to its takes is no change of it."`

	made bool // by this call
}

type wireShot struct {
	ID         string         `json:"id" format:"uuid" doc:"Names the shot within the storyboard."`
	Take       string         `json:"take" format:"uuid" doc:"The chosen take: the id of its task."`
	Takes      []wireTake     `json:"takes" doc:"All takes, oldest first."`
	Transition wireTransition `json:"transition" doc:"How the shot before turns into this one. That of the first shot has no effect."`
	Trim       wireTrim       `json:"trim" doc:"The part of the take that is used."`
	Seconds    *float64       `json:"seconds" doc:"The length of that part, to the thousandth; null until the chosen take has a video."`
}

type wireTransition struct {
	Type    task.TransitionType `json:"type" doc:"cut, or dissolve: for a while both shots are seen, one through the other."`
	Seconds float64             `json:"seconds" doc:"The length of a dissolve, 0 of a cut. The joined video is shorter by it."`
}

type wireTrim struct {
	Start float64  `json:"start" doc:"Seconds from the beginning of the take."`
	End   *float64 `json:"end" doc:"Seconds from the beginning of the take, null for its end."`
}

// wireTake is a task as a storyboard shows it.
type wireTake struct {
	Task            string      `json:"task" format:"uuid" doc:"The id of its task."`
	Status          *task.State `json:"status" doc:"Where the task stands; null if the task is gone."`
	Deleted         bool        `json:"deleted" doc:"Whether the task or its video was deleted: then the take can't be used any more."`
	Prompt          string      `json:"prompt" doc:"The prompt of the task."`
	Seed            *uint32     `json:"seed" doc:"The seed of the task."`
	Progress        float64     `json:"progress" doc:"How far the work is, 0 to 1."`
	Failure         *string     `json:"failure" doc:"Why the task failed, null if it has not."`
	URL             *string     `json:"url" format:"uri" doc:"The video, null if there is none."`
	PreviewURL      *string     `json:"preview_url" format:"uri" doc:"A still of the video, null if there is none."`
	Width           int         `json:"width" doc:"Pixels of the video; 0 if there is none."`
	Height          int         `json:"height" doc:"Pixels of the video; 0 if there is none."`
	FrameRate       float64     `json:"frame_rate" doc:"Frames per second of the video; 0 if there is none."`
	DurationSeconds *float64    `json:"duration_seconds" doc:"The length of the video, to the thousandth; null if there is none."`
	CreatedAt       *wireTime   `json:"created_at" doc:"When the task was made; null if it is gone."`
}

// storyboardPage is a page of a list of storyboards.
type storyboardPage struct {
	Storyboards []wireStoryboardLine `json:"storyboards" doc:"The storyboards, newest first."`
	Next        *string              `json:"next" doc:"The cursor of the next page, null on the last."`
}

// wireStoryboardLine is a storyboard in a list.
type wireStoryboardLine struct {
	ID         string   `json:"id" format:"uuid" doc:"Names the storyboard."`
	Name       string   `json:"name" doc:"Its name, empty if it has none."`
	Version    int64    `json:"version" doc:"Counts the changes."`
	ShotCount  int      `json:"shot_count" doc:"How many shots it has."`
	PreviewURL *string  `json:"preview_url" format:"uri" doc:"A still of the first shot, null if there is none."`
	CreatedAt  wireTime `json:"created_at" doc:"When it was made."`
	UpdatedAt  wireTime `json:"updated_at" doc:"When it was last changed."`
}

// takeTask is the task of a take, if it is still there.
type takeTask struct {
	task.Task
	known bool
}

// video returns the artifact of the take; ok is false if it has none, or none any more.
func (t takeTask) video() (a task.Artifact, f task.File, ok bool) {
	if t.Deleted {
		return task.Artifact{}, task.File{}, false
	}
	return t.FirstFile(task.Video)
}

func encodeStoryboard(b task.Storyboard, takes map[string]takeTask, l dialect.Links) wireStoryboard {
	out := wireStoryboard{
		ID: b.ID, Name: b.Name, Version: b.Version, Width: b.Width, Height: b.Height, FrameRate: b.FrameRate,
		Ready: len(b.Shots) > 0, Shots: []wireShot{}, CreatedAt: wireTime(b.Created), UpdatedAt: wireTime(b.Updated),
	}
	total := 0.0
	for i, s := range b.Shots {
		one := encodeShot(s, takes, l)
		out.Shots = append(out.Shots, one)
		if one.Seconds == nil {
			out.Ready = false
			continue
		}
		total += *one.Seconds
		if i > 0 {
			total -= s.Transition.Duration.Seconds()
		}
	}
	if out.Ready {
		total = rounded(max(total, 0))
		out.Seconds = &total
	}
	return out
}

func encodeShot(s task.Shot, takes map[string]takeTask, l dialect.Links) wireShot {
	out := wireShot{
		ID: s.ID, Take: s.Take, Takes: []wireTake{},
		Transition: wireTransition{s.Transition.Type, rounded(s.Transition.Duration.Seconds())},
		Trim:       wireTrim{rounded(s.Trim.Start.Seconds()), numberOrNull(rounded(s.Trim.End.Seconds()))},
	}
	for _, id := range s.Takes {
		out.Takes = append(out.Takes, encodeTake(takes[id], l))
	}
	if a, _, ok := takes[s.Take].video(); ok {
		length := rounded(s.Trim.Length(a.Duration).Seconds())
		out.Seconds = &length
	}
	return out
}

func encodeTake(t takeTask, l dialect.Links) wireTake {
	out := wireTake{Task: t.ID, Deleted: true}
	if !t.known {
		return out
	}
	out.Status, out.Prompt, out.Seed, out.Progress = &t.State, t.Request.Prompt, t.Request.Seed, math.Round(t.Progress*100)/100
	out.CreatedAt = timeOrNull(t.Created)
	if t.Failure != nil {
		out.Failure = textOrNull(t.WhyFailed().Text)
	}
	a, f, ok := t.video()
	out.Deleted = t.Deleted || t.State == task.Succeeded && !ok
	if !ok {
		return out
	}
	url := l.Of(a, f)
	out.URL, out.Width, out.Height = &url, a.Width, a.Height
	out.FrameRate, out.DurationSeconds = rounded(a.FrameRate), numberOrNull(rounded(a.Duration.Seconds()))
	if still, ok := a.FirstFile(task.Preview); ok {
		preview := l.Of(a, still)
		out.PreviewURL = &preview
	}
	return out
}
