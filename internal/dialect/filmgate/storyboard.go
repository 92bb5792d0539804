package filmgate

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Limits of a storyboard's fields.
const (
	smallestSide = 64   // pixels
	largestSide  = 4096 // pixels
	fastestRate  = 60   // frames per second
)

// storyboardBody is the body of a create or a change of a storyboard.
type storyboardBody struct {
	edit     task.StoryboardEdit
	sent     io.Reader           // what tells the request from another one of the same call
	requests map[int]shotRequest // by the index of their shot
}

// shotRequest is the request of a take that is to be made.
type shotRequest struct {
	request task.Request
	path    string // of the object that holds it, "shots/2/request/"
}

// decodeStoryboard reads the body of a create, or of a change of a storyboard. What is wrong is noted in f.
func decodeStoryboard(f *dialect.Fields, change bool) storyboardBody {
	out := storyboardBody{requests: map[int]shotRequest{}}
	if f.Has("name") {
		name := f.String("name", "", task.NameLimit)
		out.edit.Name = &name
	}
	out.edit.Width, out.edit.Height, out.edit.FrameRate = decodeSide(f, "width"), decodeSide(f, "height"), optionalInt(f, "frame_rate", fastestRate)
	if f.Has("shots") {
		out.edit.Shots = []task.ShotEdit{}
	}
	for i, in := range f.ObjectsUpTo("shots", task.MaxShots) {
		one, req := decodeShot(in, change)
		if req != nil {
			out.requests[i] = *req
		}
		out.edit.Shots = append(out.edit.Shots, one)
	}
	f.Close()
	return out
}

// decodeSide reads a side of the joined video, 0 for that of the first shot; nil if it is absent.
func decodeSide(f *dialect.Fields, name string) *int {
	n := optionalInt(f, name, largestSide)
	if n != nil && *n > 0 && *n < smallestSide {
		f.AddError(name, "must be 0, or a whole number from %d to %d", smallestSide, largestSide)
	}
	return n
}

// optionalInt reads a whole number from 0 to most; nil if it is absent.
func optionalInt(f *dialect.Fields, name string, most int64) *int {
	if !f.Has(name) {
		return nil
	}
	n := int(f.Int(name, 0, 0, most))
	return &n
}

// decodeShot reads a shot, and the request of a new take of it; nil if it has none.
func decodeShot(f *dialect.Fields, change bool) (out task.ShotEdit, req *shotRequest) {
	if change {
		out.ID = dialect.CanonicalID(f.String("id", "", 0))
		out.Take = dialect.CanonicalID(f.String("take", "", 0))
	}
	if id := dialect.CanonicalID(f.String("task", "", 0)); id != "" {
		out.Add = []string{id}
	}
	if f.Has("request") {
		in := f.Object("request")
		req = &shotRequest{decodeCreate(in), in.Path("")}
	}
	if out.ID == "" && out.Add == nil && req == nil && !f.HasErrors("task") && !f.HasErrors("id") {
		f.AddError("task", "is required of a new shot that has no request")
	}
	if f.Has("transition") {
		out.Transition = decodeTransition(f.Object("transition"))
	}
	if f.Has("trim") {
		in := f.Object("trim")
		out.Trim = &task.Trim{Start: seconds(in.Float("start", 0, 0, task.MaxTrim.Seconds())), End: seconds(in.Float("end", 0, 0, task.MaxTrim.Seconds()))}
	}
	return out, req
}

// decodeTransition reads a transition. A cut has no length.
func decodeTransition(f *dialect.Fields) *task.Transition {
	kind := f.OneOf("type", string(task.Cut), string(task.Cut), string(task.Dissolve))
	length := seconds(f.Float("seconds", 1, 0, task.MaxDissolve.Seconds()))
	if task.TransitionType(kind) == task.Cut {
		length = 0
	}
	return &task.Transition{Type: task.TransitionType(kind), Duration: length}
}

// seconds returns a length in milliseconds, as rows keep it.
func seconds(n float64) time.Duration {
	return time.Duration(n * float64(time.Second)).Round(time.Millisecond)
}

// readStoryboard reads the body of a create or a change.
func readStoryboard(w http.ResponseWriter, r *http.Request, change bool) (storyboardBody, error) {
	f, err := dialect.ReadFields(w, r, createLimit)
	if err != nil {
		return storyboardBody{}, err
	}
	body := decodeStoryboard(f, change)
	body.sent = dialect.Sent(r, f)
	return body, f.Err()
}

// submitShots makes the tasks of a body's requests, each by submit, and returns the edit with them as takes. undo deletes them again.
func (c calls) submitShots(r *http.Request, who apikey.Key, body storyboardBody, submit submitShot) (e task.StoryboardEdit, undo func(), err error) {
	var made []string
	undo = func() {
		for _, id := range made {
			if err := c.gw.Delete(r.Context(), who, id); err != nil {
				c.Log.WarnContext(r.Context(), "could not delete the task of a storyboard that was not written", "task", id, "err", err)
			}
		}
	}
	e = body.edit
	e.Shots = slices.Clone(e.Shots)
	for i := range e.Shots {
		one, ok := body.requests[i]
		if !ok {
			continue
		}
		t, replayed, err := submit(i, one.request)
		if err != nil {
			undo()
			return e, func() {}, below(err, one.path)
		}
		if !replayed { // else another call has made it
			made = append(made, t.ID)
		}
		e.Shots[i].Add = append(slices.Clone(e.Shots[i].Add), t.ID)
	}
	return e, undo, nil
}

// submitShot makes the task of a shot, or finds the one that an earlier try of the same call has made; then replayed is true.
type submitShot func(shot int, req task.Request) (t task.Task, replayed bool, err error)

// submitEach makes a task for each shot.
func (c calls) submitEach(r *http.Request, who apikey.Key) submitShot {
	return func(_ int, req task.Request) (task.Task, bool, error) {
		t, err := c.gw.Submit(r.Context(), who, req)
		return t, false, err
	}
}

// submitOnce makes a task for each shot under a key that follows from the storyboard's, so that a call that is repeated after a crash
// makes none twice. A task that an earlier try deleted again is made once more. No caller can send such a key.
func (c calls) submitOnce(r *http.Request, who apikey.Key, key, fingerprint string) submitShot {
	return func(shot int, req task.Request) (task.Task, bool, error) {
		for try := 1; ; try++ {
			t, replayed, err := c.gw.SubmitOnce(r.Context(), who, req, fmt.Sprintf("%s\nshot %d, try %d", key, shot, try), fingerprint)
			if err != nil || !replayed {
				return t, false, err
			}
			now, err := c.gw.Read(r.Context(), who, t.ID)
			if gone := task.CodeOf(err) == task.NotFound; !gone && (err != nil || !now.Deleted) {
				return now, true, err
			}
		}
	}
}

// below returns an error about a request with the paths of its fields, which are below path. Pictures and videos have theirs.
func below(err error, path string) error {
	var e *task.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	out := *e
	out.Fields = nil
	for _, f := range e.Fields {
		if !strings.HasPrefix(f.Field, path) {
			f.Field = path + f.Field
		}
		out.Fields = append(out.Fields, f)
	}
	return &out
}

func (c calls) createStoryboard(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	body, err := readStoryboard(w, r, false)
	if err != nil {
		return nil, err
	}
	undo := func() {}
	b, err := dialect.Once(w, r, body.sent,
		func() (b task.Storyboard, err error) {
			var e task.StoryboardEdit
			if e, undo, err = c.submitShots(r, who, body, c.submitEach(r, who)); err != nil {
				return b, err
			}
			return c.gw.CreateStoryboard(r.Context(), who, e)
		},
		func(key, fingerprint string) (task.Storyboard, bool, error) {
			return c.gw.CreateStoryboardOnce(r.Context(), who, key, fingerprint, func() (e task.StoryboardEdit, err error) {
				e, undo, err = c.submitShots(r, who, body, c.submitOnce(r, who, key, fingerprint))
				return e, err
			})
		})
	if err != nil {
		undo()
		return nil, err
	}
	out, err := c.storyboard(w, r, who, b, nil)
	out.made = true
	w.Header().Set("Location", c.Origin.Base(r)+"/api/v1/storyboards/"+b.ID)
	return out, err
}

func (c calls) editStoryboard(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	version, err := ifMatch(r)
	if err != nil {
		return nil, err
	}
	body, err := readStoryboard(w, r, true)
	if err != nil {
		return nil, err
	}
	old, err := c.gw.Storyboard(r.Context(), who, dialect.PathID(r)) // before any task is made
	if err != nil {
		return nil, err
	}
	if version != 0 && version != old.Version {
		return nil, &task.Error{Code: task.Changed, Detail: fmt.Sprintf("The storyboard has version %d meanwhile, not %d. Read it again, and repeat the change.", old.Version, version)}
	}
	e, undo, err := c.submitShots(r, who, body, c.submitEach(r, who))
	if err != nil {
		return nil, err
	}
	b, err := c.gw.EditStoryboard(r.Context(), who, old.ID, version, e)
	if err != nil {
		undo()
		return nil, err
	}
	return c.storyboard(w, r, who, b, nil)
}

func (c calls) getStoryboard(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	b, err := c.gw.Storyboard(r.Context(), who, dialect.PathID(r))
	return c.storyboard(w, r, who, b, err)
}

func (c calls) deleteStoryboard(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	version, err := ifMatch(r)
	if err != nil {
		return nil, err
	}
	return nil, c.gw.DeleteStoryboard(r.Context(), who, dialect.PathID(r), version)
}

func (c calls) listStoryboards(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	p := query{dialect.Query{Values: r.URL.Query()}}
	limit := p.limit()
	q := task.StoryboardQuery{After: p.cursor(), Limit: limit + 1}
	if err := p.Err(); err != nil {
		return nil, err
	}
	found, err := c.gw.Storyboards(r.Context(), who, q)
	if err != nil {
		return nil, err
	}
	found, next := paged(found, limit, func(b task.Storyboard) task.Cursor { return task.Cursor{Created: b.Created, ID: b.ID} })
	page := storyboardPage{Storyboards: []wireStoryboardLine{}, Next: next}
	links := c.Origin.Links(r, c.gw)
	for _, b := range found {
		line := wireStoryboardLine{ID: b.ID, Name: b.Name, Version: b.Version, ShotCount: len(b.Shots), CreatedAt: wireTime(b.Created), UpdatedAt: wireTime(b.Updated)}
		if len(b.Shots) > 0 {
			take, err := c.take(r, who, b.Shots[0].Take)
			if err != nil {
				return nil, err
			}
			line.PreviewURL = encodeTake(take, links).PreviewURL
		}
		page.Storyboards = append(page.Storyboards, line)
	}
	return page, nil
}

// ifMatch returns the version that If-Match names, or 0 if every version will do.
func ifMatch(r *http.Request) (int64, error) {
	lines := r.Header.Values("If-Match")
	if len(lines) == 0 || len(lines) == 1 && strings.TrimSpace(lines[0]) == "*" {
		return 0, nil
	}
	text, ok := strings.CutPrefix(strings.TrimSpace(lines[0]), `"`)
	text, closed := strings.CutSuffix(text, `"`)
	n, err := strconv.ParseInt(text, 10, 64)
	if len(lines) > 1 || !ok || !closed || err != nil || n < 1 {
		return 0, &task.Error{Code: task.Invalid, Detail: "The header If-Match must be the ETag of one answer, such as \"3\", or *."}
	}
	return n, nil
}

// storyboard answers with a storyboard and its takes, unless there is an error.
func (c calls) storyboard(w http.ResponseWriter, r *http.Request, who apikey.Key, b task.Storyboard, err error) (wireStoryboard, error) {
	if err != nil {
		return wireStoryboard{}, err
	}
	takes := map[string]takeTask{}
	for _, s := range b.Shots {
		for _, id := range s.Takes {
			if takes[id], err = c.take(r, who, id); err != nil {
				return wireStoryboard{}, err
			}
		}
	}
	w.Header().Set("Etag", fmt.Sprintf(`"%d"`, b.Version))
	return encodeStoryboard(b, takes, c.Origin.Links(r, c.gw)), nil
}

// take reads the task of a take.
func (c calls) take(r *http.Request, who apikey.Key, id string) (takeTask, error) {
	t, err := c.gw.Read(r.Context(), who, id)
	known := err == nil
	if task.CodeOf(err) == task.NotFound {
		t, err = task.Task{ID: id}, nil
	}
	return takeTask{t, known}, err
}
