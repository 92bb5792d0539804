// Package dialect is where wire APIs are spoken. It holds the small Gateway interface that a dialect may call and what
// all dialects share: reading bodies field by field, and problem documents.
//
// What may enter: wire formats. What may not: rules about tasks, storage, engines. Each folder under it is one dialect:
// its routes, decode (wire to task.Request), encode (task.Task to wire), its state table and its error table; both
// ways are pure functions. dialecttest is what their tests share.
//
// A new call is a Route with a Doc, from which the API's document is made:
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
// Fields and limits are those that decodeThing asks for: no number is written twice. wireThing says what its fields are in
// tags (`doc:"…" format:"uuid"`). Examples are exchanges, which the dialect's own tests prove. Then
//
//	go generate ./web/openapi
//
// writes web/openapi/openapi.json anew, and says what the Doc lacks; the other tests there hold every exchange file, and
// the real handlers, to what the document says.
package dialect

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// AssetGroup is the group that a caller's videos join who names none.
const AssetGroup = "Generative Video"

// CanonicalID is an id as it is kept: a UUID in lower case, as all of ours are, and any other text as it is. Callers write UUIDs
// in either case (RFC 9562, section 4).
func CanonicalID(id string) string {
	const form = "00000000-0000-0000-0000-000000000000"
	if len(id) != len(form) {
		return id
	}
	for i := range len(id) {
		c := id[i]
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if (form[i] == '-') != (c == '-') || c != '-' && !hex {
			return id
		}
	}
	return strings.ToLower(id)
}

// PathID is the {id} of the request's path.
func PathID(r *http.Request) string { return CanonicalID(r.PathValue("id")) }

// Gateway is what a dialect may ask of the house. Every error is a *task.Error, or internal.
type Gateway interface {
	// Admit finds the key behind a bearer token. Unauthorized where it is missing, unknown or revoked; Forbidden where
	// it lacks the scope.
	Admit(ctx context.Context, bearer string, scope apikey.Scope) (apikey.Key, error)
	// Submit takes a request in: its pictures are copied, an engine is chosen, and the task is stored before it
	// returns. Invalid, Unreadable, TooLarge or Unsupported with every field at fault.
	Submit(ctx context.Context, who apikey.Key, r task.Request) (task.Task, error)
	// SubmitOnce is Submit under an idempotency key: a repeat within a day returns the task as it was when it was made,
	// and replayed is true. Conflict while the first is under way, Unreadable where the key stands for another
	// fingerprint of call and body.
	SubmitOnce(ctx context.Context, who apikey.Key, r task.Request, key, fingerprint string) (t task.Task, replayed bool, err error)
	// Read returns the account's task. NotFound for an unknown id, one that is no UUID, and another account's alike.
	Read(ctx context.Context, who apikey.Key, id string) (task.Task, error)
	// Cancel ends a task that has not ended. Conflict where it has.
	Cancel(ctx context.Context, who apikey.Key, id string) (task.Task, error)
	// Token signs the blob key until then, for the query "_jwt".
	Token(key string, until time.Time) string
	// Now is the time by the gateway's clock.
	Now() time.Time
}

// Links says where callers find files.
type Links struct {
	Base  string                                   // "https://host", no trailing slash
	Token func(key string, until time.Time) string // signs a blob key
	Now   time.Time
}

// File is the plain URL of a stored file.
func (l Links) File(key string) string { return l.Base + "/" + key }

// Of is the URL of one of an artifact's files: signed where the artifact is sealed.
func (l Links) Of(a task.Artifact, f task.File) string {
	if a.SignedOnly {
		return l.Signed(f.Key)
	}
	return l.File(f.Key)
}

// Signed is the URL of a stored file with a token that lives at least a day: it ends at the second midnight (UTC)
// from now, so that a day's answers bear one URL.
func (l Links) Signed(key string) string {
	y, m, d := l.Now.UTC().Date()
	return l.SignedUntil(key, time.Date(y, m, d+2, 0, 0, 0, 0, time.UTC))
}

// SignedUntil is the URL of a stored file with a token that lives until then.
func (l Links) SignedUntil(key string, until time.Time) string {
	return l.File(key) + "?_jwt=" + l.Token(key, until)
}
