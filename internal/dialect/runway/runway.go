// Package runway speaks Runway's own APIs.
//
// The developer API is what npm @runwayml/sdk sends, with the header X-Runway-Version: creates from text, a picture or a video,
// tasks, uploads of one file ("runway://…"), the organization. Its errors list Zod's issues.
//
// The web app's calls bring a picture or a video in before a video is asked for, for programs that were written for that app
// and the relays that copied it. They are not published; these are the calls that its public clients make. An upload is
// opened (POST /v1/uploads), its parts are put to signed URLs that need no key (PUT), and it is completed with the list of
// parts and their ETags (POST /v1/uploads/{id}/complete). The URL that completing answers is good as init_image. POST
// /v1/datasets names the picture or video of a completed upload once more. Relays have the same under /runway in place of
// /v1. Every error is {"error": "<text>"}, and names the fields at fault.
//
// What may enter: the wire of Runway's APIs. What may not: rules about pictures or tasks.
package runway

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Options configures the calls.
type Options struct {
	Origin  dialect.Origin
	Log     *slog.Logger     // for internal errors
	Answers *dialect.Answers // of reads of tasks; nil = none are kept
}

// Gateway is what these calls need besides dialect.Gateway.
type Gateway interface {
	dialect.Gateway
	// BeginUpload opens an upload of 1 to task.MaxParts parts.
	BeginUpload(ctx context.Context, who apikey.Key, filename string, parts int) (task.Dataset, error)
	// PutPart keeps the n-th part of an upload under the token for its task.PartKey, and returns the MD5 of its bytes in
	// hex. Errors: Forbidden if the token is not valid, NotFound, Conflict, TooLarge, or Invalid if it can't be stored.
	PutPart(ctx context.Context, token, id string, n int, body io.Reader) (sum string, err error)
	// CompleteUpload makes a picture or a video of the parts. Invalid, naming the parts at fault; TooLarge, Unsupported or
	// Unreadable if they are not a picture that can be used.
	CompleteUpload(ctx context.Context, who apikey.Key, id string, parts []task.Part) (task.Dataset, error)
	// PutUpload stores the whole file of an upload of one part and completes it, under the token for its task.PartKey. Errors:
	// as PutPart and CompleteUpload.
	PutUpload(ctx context.Context, token, id string, body io.Reader) error
	// Usage sums up the account's tasks that q selects, sorted by day, then by model. Days and models without a task are left out.
	Usage(ctx context.Context, who apikey.Key, q task.UsageQuery) ([]task.Usage, error)
	dialect.UploadReader
}

// Routes returns the calls: the app's, and the relays' form of them.
func Routes(gw Gateway, o Options) []dialect.Route {
	c := calls{gw, o}
	out := []dialect.Route{{Pattern: "PUT /uploads/{part}", Handler: http.HandlerFunc(c.putPart), Doc: partDoc()}}
	for _, base := range []string{"/v1", "/runway"} {
		out = append(out,
			dialect.Route{Pattern: "POST " + base + "/uploads", Handler: c.post(c.begin), Doc: beginDoc(base)},
			dialect.Route{Pattern: "POST " + base + "/uploads/{id}/complete", Handler: c.post(c.complete), Doc: completeDoc(base)},
			dialect.Route{Pattern: "POST " + base + "/datasets", Handler: c.post(c.dataset), Doc: datasetDoc(base)})
	}
	return slices.Concat(c.developerRoutes(), c.webRoutes(), out)
}

type calls struct {
	gw Gateway
	Options
}

// bodyLimit is the largest JSON body, in bytes: 100 parts need some 10 KB.
const bodyLimit = 64 << 10

// call is one call with a body of JSON, after its key was found good.
type call func(r *http.Request, who apikey.Key, f *dialect.Fields) (any, error)

// post makes a handler of a call that writes.
func (c calls) post(do call) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := c.gw.Admit(r.Context(), dialect.Bearer(r), apikey.Write)
		var f *dialect.Fields
		if err == nil {
			f, err = dialect.ReadFields(w, r, bodyLimit)
		}
		var body any
		if err == nil {
			body, err = do(r, who, f)
			dialect.ReportIgnored(w, r, f)
		}
		if err != nil {
			c.refuseWeb(w, r, err)
			return
		}
		dialect.WriteJSON(w, http.StatusOK, dialect.Marshal(body))
	})
}

// refuse answers with an error of the developer API.
func (c calls) refuse(w http.ResponseWriter, r *http.Request, err error) {
	ErrorForm().Write(w, r, dialect.InvalidInput(dialect.Public(w, r, c.Log, err)))
}

// refuseWeb answers with an error of the web app's calls.
func (c calls) refuseWeb(w http.ResponseWriter, r *http.Request, err error) {
	WebErrorForm().Write(w, r, dialect.Public(w, r, c.Log, err))
}
