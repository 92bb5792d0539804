// Package routes lists the calls of the server, each with its documentation: those of every dialect, the files and the
// pages. filmgate mounts them, and cmd/openapi writes the OpenAPI document from them.
package routes

import (
	"log/slog"
	"net/http"
	"slices"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/aisdk"
	"github.com/filmgate/filmgate/internal/dialect/ark"
	"github.com/filmgate/filmgate/internal/dialect/fal"
	"github.com/filmgate/filmgate/internal/dialect/filmgate"
	"github.com/filmgate/filmgate/internal/dialect/google"
	"github.com/filmgate/filmgate/internal/dialect/kling"
	"github.com/filmgate/filmgate/internal/dialect/luma"
	"github.com/filmgate/filmgate/internal/dialect/makevid"
	"github.com/filmgate/filmgate/internal/dialect/openai"
	"github.com/filmgate/filmgate/internal/dialect/openrouter"
	"github.com/filmgate/filmgate/internal/dialect/replicate"
	"github.com/filmgate/filmgate/internal/dialect/runway"
	"github.com/filmgate/filmgate/internal/dialect/xai"
)

// Gateway is what all dialects call.
type Gateway interface {
	filmgate.Gateway
	openai.Gateway
	replicate.Gateway
	runway.Gateway
	fal.Gateway
	kling.Gateway
}

// Pages are the handlers of the calls that belong to no dialect.
type Pages struct {
	Files     http.Handler // stored files
	Share     http.Handler // pages of shared videos
	Document  http.Handler // the OpenAPI document
	Reference http.Handler // the page that shows the document
	Docs      http.Handler // the documents, and the pages of problems
	Studio    http.Handler // the studio's pages, and its sign-in
	MCP       http.Handler // the Model Context Protocol
}

// Options are what the routes need besides the gateway.
type Options struct {
	ServerID string // eight hexadecimal digits, in answers of the makevid dialect
	Origin   dialect.Origin
	Log      *slog.Logger
	Pages    Pages
	Stopping <-chan struct{} // is closed when the server ends; nil = never

	answers *dialect.Answers // of all dialects
}

// Served returns the routes that filmgate mounts. The server itself adds those of its health.
func Served(gw Gateway, o Options) []dialect.Route {
	o.answers = dialect.NewAnswers()
	calls := dialectRoutes(gw, o)
	for i, r := range calls {
		if r.LongPoll {
			calls[i].Handler = dialect.LongPoll(r.Handler)
		}
	}
	return dialect.Combine(slices.Concat(calls, fileRoutes(o.Pages.Files), pageRoutes(o.Pages)))
}

// dialectRoutes returns the routes of every dialect, at their own paths and below their prefixes.
func dialectRoutes(gw Gateway, o Options) []dialect.Route {
	out := filmgate.Routes(gw, filmgate.Options{Origin: o.Origin, Models: models(), Log: o.Log, Answers: o.answers})
	for _, m := range mounts(gw, o) {
		if m.onlyBelow {
			out = append(out, dialect.OnlyUnder(m.prefix, m.routes)...)
			continue
		}
		if m.theirs == nil {
			out = append(out, m.routes...)
		} else {
			out = append(out, dialect.Except(m.routes, m.theirs)...)
		}
		out = append(out, dialect.Under(m.prefix, m.routes)...)
	}
	return out
}

// Documented returns the routes of the OpenAPI document. Their handlers must not be called.
func Documented() []dialect.Route {
	o := Options{ServerID: "00000000", Log: slog.New(slog.DiscardHandler)}
	return slices.Concat(dialectRoutes(nil, o), fileRoutes(nil), pageRoutes(o.Pages), healthRoutes())
}

// Events returns what the OpenAPI document says of the events that webhooks are sent.
func Events() []dialect.Event { return filmgate.Events() }

// Chapters returns the chapters of the OpenAPI document, in order.
func Chapters() []dialect.Chapter {
	return slices.Concat(
		makevid.Chapters(),
		kling.Chapters(),
		fal.Chapters(),
		aisdk.Chapters(),
		ark.Chapters(),
		luma.Chapters(),
		openai.Chapters(),
		openrouter.Chapters(),
		google.Chapters(),
		replicate.Chapters(),
		runway.Chapters(),
		xai.Chapters(),
		dialect.Chapters(),
	)
}

// Models returns the names of models that callers may give, whatever the settings file says.
func Models() []string {
	out := []string{filmgate.DefaultModel}
	for _, names := range models() {
		out = append(out, names...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
