// Package filmgate holds our own calls: a create with every field, and calls that no vendor's API has. They share one plain style: JSON with
// snake_case names, RFC 3339 times in UTC with milliseconds, null for what is not there, problem documents for errors,
// and lists as {"<things>": [...], "next": "<cursor>" or null}.
//
// What may enter: the wire of these calls. What may not: rules about tasks, and any vendor's wire.
package filmgate

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Options configures the calls.
type Options struct {
	Origin dialect.Origin
	Models map[string][]string // the models that callers of other dialects may name, by dialect
	Log    *slog.Logger        // for internal errors
	// Answers keeps the answers to reads of tasks; nil = none are kept.
	Answers *dialect.Answers
}

// Gateway is what these calls need besides dialect.Gateway.
type Gateway interface {
	dialect.Gateway
	// Retry makes a new task of the request of one that ended FAILED or CANCELLED. Conflict for any other.
	Retry(ctx context.Context, who apikey.Key, id string) (task.Task, error)
	// RetryOnce is Retry under an idempotency key, by the rules of SubmitOnce.
	RetryOnce(ctx context.Context, who apikey.Key, id, key, fingerprint string) (t task.Task, replayed bool, err error)

	// States returns the states that the account's task has been through, the present one last.
	States(ctx context.Context, who apikey.Key, id string) ([]task.Reached, error)
	// FollowTask calls tell with the events of the account's task after an id, 0 = all, and with its progress, until it has ended. With the
	// zero Told it says that there is no news. Invalid for an id of no event.
	FollowTask(ctx context.Context, who apikey.Key, id string, after int64, tell func(task.Told) error) error
	// FollowAccount is FollowTask for all tasks of the account, without end. A negative id begins with what happens from now on. A Told
	// without an event has the id to resume from.
	FollowAccount(ctx context.Context, who apikey.Key, after int64, tell func(task.Told) error) error

	// Assets lists the account's artifacts that q selects, newest first.
	Assets(ctx context.Context, who apikey.Key, q task.ArtifactQuery) ([]task.Artifact, error)
	// Asset reads one of them.
	Asset(ctx context.Context, who apikey.Key, id string) (task.Artifact, error)
	// EditAsset changes one. Invalid for a name that can't be.
	EditAsset(ctx context.Context, who apikey.Key, id string, e task.ArtifactEdit) (task.Artifact, error)
	// DeleteAsset deletes an asset's files; its task stays readable.
	DeleteAsset(ctx context.Context, who apikey.Key, id string) error
	// Share gives one a public page, Unshare ends it.
	Share(ctx context.Context, who apikey.Key, id string) (task.Artifact, error)
	Unshare(ctx context.Context, who apikey.Key, id string) (task.Artifact, error)

	// FetchDataset is Upload of what a URL or data URI holds. Unreadable if the URL can't be fetched.
	FetchDataset(ctx context.Context, who apikey.Key, source string) (task.Dataset, error)

	// AssetGroups lists the account's asset groups, oldest first.
	AssetGroups(ctx context.Context, who apikey.Key) ([]task.AssetGroup, error)
	// RenameGroup renames a group. Error: Conflict if another group has the name.
	RenameGroup(ctx context.Context, who apikey.Key, id, name string) (task.AssetGroup, error)
	// Models returns the names of models that our own create may use, sorted.
	Models() []string

	// CreateStoryboard makes a storyboard of an edit whose shots are all new. Invalid for a task that is not the account's.
	CreateStoryboard(ctx context.Context, who apikey.Key, e task.StoryboardEdit) (task.Storyboard, error)
	// CreateStoryboardOnce is CreateStoryboard under an idempotency key, by the rules of SubmitOnce. edit is called unless the key stands
	// for a storyboard, which is then returned as it is now.
	CreateStoryboardOnce(ctx context.Context, who apikey.Key, key, fingerprint string, edit func() (task.StoryboardEdit, error)) (b task.Storyboard, replayed bool, err error)
	// Storyboard reads one of the account's storyboards, Storyboards lists those that q selects, newest first.
	Storyboard(ctx context.Context, who apikey.Key, id string) (task.Storyboard, error)
	Storyboards(ctx context.Context, who apikey.Key, q task.StoryboardQuery) ([]task.Storyboard, error)
	// EditStoryboard changes a storyboard. Changed if it has another version than the given one; 0 = any.
	EditStoryboard(ctx context.Context, who apikey.Key, id string, version int64, e task.StoryboardEdit) (task.Storyboard, error)
	// Render submits the video that is joined of a storyboard, with the dialect, name, asset group and priority of asked. Conflict if
	// it can't be joined.
	Render(ctx context.Context, who apikey.Key, id string, asked task.Request) (task.Task, error)
	// RenderOnce is Render under an idempotency key, by the rules of SubmitOnce.
	RenderOnce(ctx context.Context, who apikey.Key, id string, asked task.Request, key, fingerprint string) (t task.Task, replayed bool, err error)
	// AddTake adds a task to the takes of a shot and chooses it. NotFound for an unknown shot, Conflict if it has too many takes.
	AddTake(ctx context.Context, who apikey.Key, id, shot, take string) (task.Storyboard, error)
	// ContactSheet returns a contact sheet: "jpeg" or "pdf".
	ContactSheet(ctx context.Context, who apikey.Key, id, format string) ([]byte, error)
	// DeleteStoryboard deletes one; its tasks stay. Changed as EditStoryboard.
	DeleteStoryboard(ctx context.Context, who apikey.Key, id string, version int64) error

	// EngineHealth says how the engines in force do. Forbidden if the account is not the operator's.
	EngineHealth(ctx context.Context, who apikey.Key) ([]task.EngineHealth, error)

	// Usage sums up the account's tasks that q selects, sorted by day or by model. Days and models without a task are left out.
	Usage(ctx context.Context, who apikey.Key, q task.UsageQuery) ([]task.Usage, error)

	Webhooks
	Keys

	// ReceiveCallback handles a callback of an engine's vendor and returns the answer that it expects, as JSON; nil = none. NotFound
	// for a token that was never given out, Unauthorized for a callback that is not the vendor's.
	ReceiveCallback(ctx context.Context, engine, token string, h http.Header, body []byte) ([]byte, error)
}

// Routes are all of our own calls.
func Routes(gw Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	return slices.Concat(c.taskRoutes(), c.assetRoutes(), c.groupRoutes(), c.storyboardRoutes(), c.datasetRoutes(), c.modelRoutes(), c.engineRoutes(), c.usageRoutes(), c.webhookRoutes(), c.deliveryRoutes(), c.keyRoutes(), c.callbackRoutes())
}

// route returns a call with its description. A key must have the Doc's scope.
func (c calls) route(pattern string, do call, d dialect.Doc) dialect.Route {
	return dialect.Route{Pattern: pattern, Handler: c.as(d, do), Doc: d}
}

type calls struct {
	gw Gateway
	Options
}

// call is one of our calls, with a valid key. It returns the answer's body, a dialect.TaskAnswer, or an error.
type call func(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error)

// as returns the handler of a call that needs a key with the Doc's scope, and accepts only the Doc's parameters and body.
func (c calls) as(d dialect.Doc, do call) http.Handler {
	var params, lists []string
	for _, p := range d.Params {
		if p.In == "query" {
			params = append(params, p.Name)
		}
		if p.Schema.Type == "array" {
			lists = append(lists, p.Name)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), d.Scope)
		if err == nil {
			err = dialect.CheckQuery(r, params, lists...)
		}
		if err == nil && d.Body == nil {
			err = dialect.RefuseBody(w, r)
		}
		var body any
		if err == nil {
			body, err = do(w, r, who)
		}
		if err != nil {
			dialect.WriteProblem(w, r, c.Log, err)
			return
		}
		c.write(w, r, body)
	})
}

// write sends the answer of a call; nil is one without a body.
func (c calls) write(w http.ResponseWriter, r *http.Request, body any) {
	status := http.StatusOK
	switch b := body.(type) {
	case nil:
		w.WriteHeader(http.StatusNoContent)
		return
	case streamed:
		return
	case dialect.TaskAnswer:
		c.Answers.Write(w, r, b)
		return
	case modelList: // long, and the same until the settings change
		dialect.WriteKept(w, r, dialect.Marshal(b))
		return
	case wireTask:
		status = statusOf(b.made)
	case wireStoryboard:
		status = statusOf(b.made)
	case wireWebhook:
		status = statusOf(b.made)
	case wireKey:
		status = statusOf(b.Key != nil)
	}
	dialect.WriteJSON(w, status, dialect.Marshal(body))
}

// statusOf returns the status of an answer that shows a thing, which the call may have made.
func statusOf(made bool) int {
	if made {
		return http.StatusCreated
	}
	return http.StatusOK
}

// cursor writes a place in a list so that callers hand it back and read nothing into it.
func cursor(at task.Cursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(at.Created.UnixMilli(), 36) + "." + at.ID))
}

// paged cuts off the row beyond limit, which was read to see whether there is a next page; next is the cursor of that page.
func paged[T any](found []T, limit int, place func(T) task.Cursor) (rows []T, next *string) {
	if len(found) <= limit {
		return found, nil
	}
	at := cursor(place(found[limit-1]))
	return found[:limit], &at
}

// parseCursor reads what cursor wrote; ok is false for anything else.
func parseCursor(s string) (at task.Cursor, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return task.Cursor{}, false
	}
	ms, id, ok := strings.Cut(string(raw), ".")
	n, err := strconv.ParseInt(ms, 36, 64)
	if !ok || err != nil || id == "" {
		return task.Cursor{}, false
	}
	return task.Cursor{Created: time.UnixMilli(n).UTC(), ID: id}, true
}
