// Package dialect holds what all wire APIs share: the [Gateway] interface that they call, reading bodies field by field
// ([Fields]), problem documents, and the description of calls ([Doc]).
//
// What may enter: wire formats. What may not: rules about tasks, storage, engines. Each folder under it is one dialect:
// its routes, decode (wire to task.Request), encode (task.Task to wire), its state table and its error table. Decode and
// encode are pure functions. Their tests share package dialecttest.
//
// A new call is a [Route] with a Doc, from which the OpenAPI document is made:
//
//	{Pattern: "POST /api/v1/things/{id}", Handler: c.as(apikey.Write, c.editThing), Doc: dialect.Doc{
//		ID: "edit_thing", Tag: dialect.Assets, Summary: "Change a thing", Scope: apikey.Write,
//		Text:   "What it does, and how to go on from there.",
//		Params: []dialect.Param{{In: "path", Name: "id", Text: "The thing's UUID."}},
//		Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeThing(f) }, Limit: editLimit,
//			Texts:    [][2]string{{"name", "Its name."}},
//			Examples: []dialect.Example{{Name: "rename", File: "internal/dialect/filmgate/testdata/things.http#a thing gets another name"}}},
//		Answers: []dialect.Answer{{Text: "The thing as it is now.", Of: wireThing{}}},
//		Errors:  []task.Code{task.NotFound},
//	}}
//
// Fields and limits come from decodeThing, so no number is written twice. The tags of wireThing describe its fields
// (`doc:"…" format:"uuid"`). Examples are exchanges, which the dialect's own tests check. Then
//
//	go generate ./internal/web/openapi
//
// writes internal/web/openapi/openapi.json, and says what the Doc lacks. Tests compare every exchange file and the real
// handlers with the document.
package dialect

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// AssetGroup is the group of videos whose caller names none.
const AssetGroup = "Generative Video"

// CanonicalID returns an id as it is stored: a UUID in lower case, any other text unchanged. Callers may write UUIDs in
// either case (RFC 9562, section 4).
func CanonicalID(id string) string {
	if !isUUID(id) {
		return id
	}
	return strings.ToLower(id)
}

// PathID returns the {id} of the request's path, in canonical form.
func PathID(r *http.Request) string { return CanonicalID(r.PathValue("id")) }

// Gateway is what a dialect may call. Every error is a *task.Error, or internal.
type Gateway interface {
	// Admit returns the key of a bearer token. Errors: Unauthorized if it is missing, unknown or revoked; Forbidden if
	// it lacks the scope.
	Admit(ctx context.Context, bearer string, scope apikey.Scope) (apikey.Key, error)
	// Submit creates a task: it copies the inputs, chooses an engine, and stores the task before it returns. Errors:
	// Invalid, Unreadable, TooLarge or Unsupported, with all field errors.
	Submit(ctx context.Context, who apikey.Key, r task.Request) (task.Task, error)
	// SubmitOnce is Submit under an idempotency key: a repeat within a day returns the task as it was when it was made,
	// and replayed is true. Errors: Conflict while the first request is running, Unreadable if the key was used with
	// another fingerprint of call and body.
	SubmitOnce(ctx context.Context, who apikey.Key, r task.Request, key, fingerprint string) (t task.Task, replayed bool, err error)
	TaskReader
	// Cancel cancels a task that has not ended. Error: Conflict if it has.
	Cancel(ctx context.Context, who apikey.Key, id string) (task.Task, error)
	// Find returns the account's task with that Request.ExternalID. Error: NotFound.
	Find(ctx context.Context, who apikey.Key, externalID string) (task.Task, error)
	// List returns the account's tasks that q selects, newest first unless q says otherwise. Deleted ones are not among them.
	List(ctx context.Context, who apikey.Key, q task.Query) ([]task.Task, error)
	// Delete removes a task from its owner's lists and deletes its files. A task that has not ended is cancelled. Error:
	// NotFound.
	Delete(ctx context.Context, who apikey.Key, id string) error
	// Upload stores an input picture, video or recording. Errors: Unreadable, TooLarge or Unsupported if it can't be used, Invalid if
	// body breaks off.
	Upload(ctx context.Context, who apikey.Key, body io.Reader) (task.Dataset, error)
	// RoutedModels returns the models that the operator's settings lead to engines of their own, sorted. Every dialect accepts
	// them besides its vendor's models.
	RoutedModels() []string
	// Offers lists who makes a caller's model, in the order in which they are tried, and what each can do.
	Offers(model string) []task.Offer
	// Token returns a signature of the blob key, valid until then, for the query parameter "_jwt".
	Token(key string, until time.Time) string
	// Now returns the gateway's time.
	Now() time.Time
}

// Links makes the URLs of files.
type Links struct {
	Base  string                                   // "https://host", no trailing slash
	Token func(key string, until time.Time) string // signs a blob key
	Now   time.Time
}

// File returns the URL of a stored file without a signature.
func (l Links) File(key string) string { return l.Base + "/" + key }

// Of returns the URL of one of an artifact's files, signed if the artifact is SignedOnly.
func (l Links) Of(a task.Artifact, f task.File) string {
	if a.SignedOnly {
		return l.Signed(f.Key)
	}
	return l.File(f.Key)
}

// Signed returns the URL of a stored file with a token that is valid for at least a day. It expires at the second midnight
// (UTC) from now, so that all answers of a day have the same URL.
func (l Links) Signed(key string) string {
	y, m, d := l.Now.UTC().Date()
	return l.SignedUntil(key, time.Date(y, m, d+2, 0, 0, 0, 0, time.UTC))
}

// SignedUntil returns the URL of a stored file with a token that is valid until then.
func (l Links) SignedUntil(key string, until time.Time) string {
	return l.File(key) + "?_jwt=" + l.Token(key, until)
}
