package routes

import (
	"net/http"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/web/server"
)

// pageRoutes returns the routes of the pages for people, and of the OpenAPI document.
func pageRoutes(p Pages) []dialect.Route {
	return []dialect.Route{
		{Pattern: "GET /share/{token}", Handler: p.Share, Doc: shareDoc()},
		{Pattern: "GET /openapi.json", Handler: p.Document, Doc: documentDoc()},
		{Pattern: "GET /reference", Handler: p.Reference, Doc: referenceDoc()},
		{Pattern: "GET /reference/{file}", Handler: p.Reference, Undocumented: true},
		{Pattern: "GET /docs", Handler: p.Docs, Doc: docsDoc()},
		{Pattern: "GET /docs/{path...}", Handler: p.Docs, Undocumented: true},
		{Pattern: "GET /problems/{code}", Handler: p.Docs, Doc: problemDoc()},
		{Pattern: "GET /{$}", Handler: p.Studio, Doc: studioDoc()},
		{Pattern: "GET /studio/{hash}/{file}", Handler: p.Studio, Undocumented: true},
		{Pattern: "POST /studio/session", Handler: p.Studio, Undocumented: true},
		{Pattern: "DELETE /studio/session", Handler: p.Studio, Undocumented: true},
		{Pattern: "POST /mcp", Handler: p.MCP, Waits: true, Undocumented: true}, // the protocol documents itself: tools/list
	}
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

func docsDoc() dialect.Doc {
	return dialect.Doc{ID: "read_docs", Tag: dialect.Health, Summary: "Read the documents",
		Text:    "The documents for users and operators, with a search. They come from this server alone and need no internet. No key is needed.",
		Answers: []dialect.Answer{{Text: "The page.", Media: []dialect.Media{{Type: "text/html"}}}},
	}
}

func problemDoc() dialect.Doc {
	page := []dialect.Media{{Type: "text/html"}}
	return dialect.Doc{ID: "read_problem", Tag: dialect.Health, Summary: "Read what a problem means",
		Params:  []dialect.Param{{In: "path", Name: "code", Text: "The end of a problem document's `type`."}},
		Text:    "The page that the `type` of a problem document leads to, for people: what it means, what to do about it, and an example. No key is needed.",
		Answers: []dialect.Answer{{Text: "The page.", Media: page}, {Status: http.StatusNotFound, Text: "A page which says that there is no such kind of problem.", Media: page}},
	}
}

func studioDoc() dialect.Doc {
	return dialect.Doc{ID: "read_studio", Operation: "GET /", Tag: dialect.Health, Summary: "Open the studio",
		Text: "The pages in which people make, watch, compare and share videos. They use the calls of this document and nothing else, and ask for an API key. " +
			"They come from this server alone and need no internet.",
		Answers: []dialect.Answer{{Text: "The page.", Media: []dialect.Media{{Type: "text/html"}}}},
	}
}

// healthRoutes returns the routes that package server mounts by itself, without handlers.
func healthRoutes() []dialect.Route {
	return []dialect.Route{
		{Pattern: "GET /healthz", QuietLog: true, Doc: dialect.Doc{ID: "check_alive", Tag: dialect.Health, Summary: "Is the server alive?",
			Text:    "Answers as long as the process does. For whoever restarts it.",
			Answers: []dialect.Answer{{Text: "It is.", Of: server.Health{}}}}},
		{Pattern: "GET /readyz", QuietLog: true, Doc: dialect.Doc{ID: "check_ready", Tag: dialect.Health, Summary: "Is the server ready?",
			Text: "Asks the database, the storage, the queue and, where requests are routed to it, the built-in renderer. For whoever sends it traffic.",
			Answers: []dialect.Answer{{Text: "It is.", Of: server.Health{}},
				{Status: http.StatusServiceUnavailable, Text: "It is not; `failing` names what does not work, `reasons` says why. Details for the operator are only in the log.", Of: server.Health{}}}}},
		{Pattern: "GET /metrics", QuietLog: true, Doc: dialect.Doc{ID: "get_metrics", Tag: dialect.Health, Summary: "Read the metrics",
			Text:    "Counters for Prometheus: requests by route and status, their time, and the process itself.",
			Answers: []dialect.Answer{{Text: "The metrics, in the text format or what else `Accept` asks for.", Media: []dialect.Media{{Type: "text/plain"}}}}}},
	}
}
