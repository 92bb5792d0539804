package main

import (
	"log/slog"
	"net/http"
	"slices"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/filmgate"
	"github.com/filmgate/filmgate/internal/dialect/makevid"
	"github.com/filmgate/filmgate/internal/dialect/runway"
	"github.com/filmgate/filmgate/internal/problem"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/web/server"
)

// pages are the handlers of what is no call of a dialect.
type pages struct {
	files     http.Handler
	share     http.Handler
	document  http.Handler // of the API's own document
	reference http.Handler // of the page that shows the document
}

// dialects is what all dialects ask of the house.
type dialects interface {
	filmgate.Gateway
	runway.Gateway
}

// routes are all that the server mounts, but for its own.
func routes(gw dialects, id string, origin dialect.Origin, log *slog.Logger, p pages) []dialect.Route {
	return slices.Concat(
		makevid.Routes(gw, makevid.Options{ServerID: id, Origin: origin, Log: log}),
		filmgate.Routes(gw, filmgate.Options{Origin: origin, Models: makevid.Models(), Log: log}),
		runway.Routes(gw, runway.Options{Origin: origin, Log: log}),
		fileRoutes(p.files),
		[]dialect.Route{
			{Pattern: "GET /share/{token}", Handler: p.share, Doc: shareDoc()},
			{Pattern: "GET /openapi.json", Handler: p.document, Doc: documentDoc()},
			{Pattern: "GET /reference", Handler: p.reference, Doc: referenceDoc()},
			{Pattern: "GET /reference/{file}", Handler: p.reference, Undocumented: true},
		},
	)
}

// callersModels are the names of models that callers may give whatever the settings file says.
func callersModels() []string {
	out := []string{filmgate.DefaultModel}
	for _, names := range makevid.Models() {
		out = append(out, names...)
	}
	return out
}

func fileRoutes(files http.Handler) []dialect.Route {
	date := dialect.Param{In: "path", Name: "date", Text: "Of the URL as it was given: the day, `yyyymmdd`."}
	name := dialect.Param{In: "path", Name: "name", Text: "Of the URL as it was given."}
	token := dialect.Param{In: "query", Name: "_jwt", Required: true, Text: "The signature that the link bears. It is good for this file until it expires."}
	optional := token
	optional.Required = false
	route := func(pattern string, d dialect.Doc) dialect.Route {
		d.Tag, d.Answers, d.Form = dialect.Files, fileAnswers(), fileErrors()
		d.Errors = append(d.Errors, task.NotFound)
		d.Params = append(d.Params, fileParams()...)
		return dialect.Route{Pattern: pattern, Handler: files, QuietLog: true, Doc: d}
	}
	return []dialect.Route{
		route("/cdn/", dialect.Doc{ID: "read_file", Operation: "GET /cdn/{date}/{name}", Summary: "Read a video or preview", Params: []dialect.Param{date, name, optional},
			Text: "A finished video or one of its stills, to whoever knows the URL; no key is needed, and nobody can guess it. It never changes and may be cached for a year. " +
				"A link that bears a signature, such as Luma's `download_url`, ends with it.", Errors: []task.Code{task.Forbidden}}),
		route("/datasets/", dialect.Doc{ID: "read_dataset", Operation: "GET /datasets/{name}", Summary: "Read an uploaded picture or video", Params: []dialect.Param{name, token},
			Text: "An input picture or video, through a signed link: that of an upload's answer, or of a task that it went into.", Errors: []task.Code{task.Forbidden}}),
		route("/sealed/", dialect.Doc{ID: "read_sealed_file", Operation: "GET /sealed/{date}/{name}", Summary: "Read a sealed video or preview", Params: []dialect.Param{date, name, token},
			Text: "A file of an asset that its owner has set private, through a signed link. Read the asset again for a new one.", Errors: []task.Code{task.Forbidden}}),
	}
}

func fileParams() []dialect.Param {
	return []dialect.Param{
		{In: "query", Name: "download", Text: "Answers with a `Content-Disposition` under which browsers save the file by this name.", Example: "lake at dusk"},
		{In: "header", Name: "Range", Text: "The bytes that are wanted, one range: `bytes=0-1048575`. Players seek by it."},
		{In: "header", Name: "If-None-Match", Text: "The `ETag` of what the caller has: 304 and no body where it is the file."},
		{In: "header", Name: "If-Range", Text: "The `ETag` that a range must belong to; the whole file is sent where it does not."},
	}
}

func fileAnswers() []dialect.Answer {
	var media []dialect.Media
	for _, t := range []string{"video/mp4", "video/quicktime", "image/jpeg", "image/webp", "image/png"} {
		media = append(media, dialect.Media{Type: t})
	}
	headers := [][2]string{
		{"ETag", "The SHA-256 of the file."}, {"Accept-Ranges", "`bytes`."},
		{"Cache-Control", "How long a cache may keep it: a year, or as long as the link's signature is good."},
		{"Last-Modified", "When it was stored."},
	}
	ranged := append(slices.Clone(headers), [2]string{"Content-Range", "Which bytes these are, and how many there are."})
	saved := append(slices.Clone(headers), [2]string{"Content-Disposition", "With `download`: save it, under that name."})
	form := dialect.Problems()
	return []dialect.Answer{
		{Text: "The whole file.", Media: media, Headers: saved},
		{Status: http.StatusPartialContent, Text: "The range that was asked for.", Media: media, Headers: ranged},
		{Status: http.StatusNotModified, Text: "The caller has the file already.", Headers: headers},
		{Status: http.StatusPreconditionFailed, Text: "The file is not the one that `If-Match` or `If-Unmodified-Since` names.", Of: form.Of, Type: form.Type},
		{Status: http.StatusRequestedRangeNotSatisfiable, Text: "The file ends before the range begins.", Of: form.Of, Type: form.Type,
			Headers: [][2]string{{"Content-Range", "How many bytes there are."}}},
	}
}

// fileErrors are problem documents as those of calls are, but tell no more than the status.
func fileErrors() *dialect.ErrorForm {
	form := dialect.Problems()
	form.Name = "FileProblem"
	form.Encode = func(e *task.Error, requestID string) []byte {
		status := dialect.Status(e.Code)
		detail := map[task.Code]string{task.NotFound: "There is no such file.", task.InternalError: "The file could not be read. Try again later.",
			task.Forbidden: "This file is read through a signed link. The link is missing, altered or has expired."}[e.Code]
		return dialect.Marshal(problem.Blank(status, detail, requestID))
	}
	return form
}

func shareDoc() dialect.Doc {
	page := []dialect.Media{{Type: "text/html"}}
	return dialect.Doc{ID: "read_share", Tag: dialect.Files, Summary: "See a shared video",
		Params: []dialect.Param{{In: "path", Name: "token", Text: "The end of the asset's `share_url`."}},
		Text:   "The public page of a shared video, for people: a player, and what link previews read. No key is needed.",
		Answers: []dialect.Answer{{Text: "The page.", Media: page}, {Status: http.StatusNotFound, Text: "A page which says that nothing is shared here, or no longer.", Media: page},
			{Status: http.StatusInternalServerError, Text: "A page which says that something went wrong.", Media: page}},
	}
}

func documentDoc() dialect.Doc {
	return dialect.Doc{ID: "get_openapi", Tag: dialect.Health, Summary: "Read this document",
		Text:   "What you are reading, as OpenAPI 3.1: for generators of clients, and for tools that send requests. No key is needed.",
		Params: []dialect.Param{{In: "header", Name: "If-None-Match", Text: "The `ETag` of what the caller has: 304 and no body where nothing has changed."}},
		Answers: []dialect.Answer{
			{Text: "The document.", Media: []dialect.Media{{Type: "application/json"}},
				Headers: [][2]string{{"ETag", "Changes with the document."}, {"Accept-Ranges", "`bytes`."}}},
			{Status: http.StatusNotModified, Text: "The caller has it already.", Headers: [][2]string{{"ETag", "Of what the caller has."}}},
		}}
}

func referenceDoc() dialect.Doc {
	return dialect.Doc{ID: "read_reference", Tag: dialect.Health, Summary: "Read the reference",
		Text: "This document for people: every call with samples in fifteen languages, a field for the key, and a button that sends the request. " +
			"It comes from this server alone and needs no internet. No key is needed.",
		Answers: []dialect.Answer{{Text: "The page.", Media: []dialect.Media{{Type: "text/html"}}}},
	}
}

// healthRoutes are those that the server mounts by itself: they have no handler here.
func healthRoutes() []dialect.Route {
	return []dialect.Route{
		{Pattern: "GET /healthz", QuietLog: true, Doc: dialect.Doc{ID: "check_alive", Tag: dialect.Health, Summary: "Is the server alive?",
			Text:    "Answers as long as the process does. For whoever restarts it.",
			Answers: []dialect.Answer{{Text: "It is.", Of: server.Health{}}}}},
		{Pattern: "GET /readyz", QuietLog: true, Doc: dialect.Doc{ID: "check_ready", Tag: dialect.Health, Summary: "Is the server ready?",
			Text: "Asks the database, the storage, the queue and, where requests are routed to it, the built-in renderer. For whoever sends it traffic.",
			Answers: []dialect.Answer{{Text: "It is.", Of: server.Health{}},
				{Status: http.StatusServiceUnavailable, Text: "It is not; `failing` names what does not work, `reasons` says why as far as that may be told, and the log says more.", Of: server.Health{}}}}},
		{Pattern: "GET /metrics", QuietLog: true, Doc: dialect.Doc{ID: "get_metrics", Tag: dialect.Health, Summary: "Read the metrics",
			Text:    "Counters for Prometheus: requests by route and status, their time, and the process itself.",
			Answers: []dialect.Answer{{Text: "The metrics, in the text format or what else `Accept` asks for.", Media: []dialect.Media{{Type: "text/plain"}}}}}},
	}
}
