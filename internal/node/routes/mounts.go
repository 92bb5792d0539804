package routes

import (
	"maps"
	"net/http"
	"slices"
	"strings"

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
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/web/server"
)

// mount is a dialect with the paths at which it answers.
type mount struct {
	prefix    string // "/kling": the dialect's calls are mounted below it
	onlyBelow bool   // they are not mounted at their own paths, where another dialect has calls
	routes    []dialect.Route
	// theirs accepts the requests at the routes' own paths that another dialect answers; nil = none.
	theirs func(*http.Request) bool
	// forms are the forms of errors that no call answers with, by the path below which they hold: "/kling", "/v1/videos".
	forms map[string]*dialect.ErrorForm
}

// mounts returns the vendors' dialects. Of routes with the same pattern the first that matches a request answers it.
func mounts(gw Gateway, o Options) []mount {
	gateway := aisdk.Options{Origin: o.Origin, Log: o.Log, Answers: o.answers, Stopping: o.Stopping}
	videos := openai.Options{Origin: o.Origin, Files: o.Pages.Files, Log: o.Log, Answers: o.answers}
	return []mount{
		{prefix: "/ark", routes: ark.Routes(gw, ark.Options{Origin: o.Origin, Log: o.Log, Answers: o.answers}),
			forms: map[string]*dialect.ErrorForm{"/api/v3": ark.ErrorForm(), "/ark": ark.ErrorForm()}},
		{prefix: "/gateway", routes: aisdk.Routes(gw, gateway), forms: map[string]*dialect.ErrorForm{
			"/v4/ai": aisdk.ErrorForm(), "/v3/ai": aisdk.ErrorForm(), "/gateway": aisdk.ErrorForm()}},
		{prefix: "/gateway", onlyBelow: true, routes: aisdk.BareRoutes(gw, gateway)},
		{prefix: "/luma", routes: luma.Routes(gw, luma.Options{Origin: o.Origin, Log: o.Log, Answers: o.answers}), forms: map[string]*dialect.ErrorForm{
			"/dream-machine": luma.ErrorForm(), "/v1/generations": luma.ErrorForm(), "/luma": luma.ErrorForm()}},
		{prefix: "/fal", onlyBelow: true, routes: fal.Routes(gw, fal.Options{Origin: o.Origin, Log: o.Log, Answers: o.answers, Stopping: o.Stopping}), forms: map[string]*dialect.ErrorForm{"/fal": fal.ErrorForm()}},
		{prefix: "/kling", routes: kling.Routes(gw, kling.Options{Origin: o.Origin, Log: o.Log, Answers: o.answers}), forms: klingForms()},
		{prefix: "/makevid", routes: makevid.Routes(gw, makevid.Options{ServerID: o.ServerID, Origin: o.Origin, Log: o.Log, Answers: o.answers}),
			forms: map[string]*dialect.ErrorForm{"/api/v1/kling": makevid.KlingErrors(), "/makevid/api/v1/kling": makevid.KlingErrors()}},
		{prefix: "/openai", routes: openai.Routes(gw, videos), theirs: func(r *http.Request) bool { return kling.Owns(r.PathValue("id")) }, forms: map[string]*dialect.ErrorForm{
			"/v1/videos": openai.ErrorForm(), "/v1/models": openai.ErrorForm(), "/openai": openai.ErrorForm()}},
		{prefix: "/openai", onlyBelow: true, routes: openai.BareRoutes(gw, videos)},
		{prefix: "/openrouter", onlyBelow: true, routes: openrouter.Routes(gw, openrouter.Options{Origin: o.Origin, Files: o.Pages.Files, Log: o.Log, Answers: o.answers}),
			forms: map[string]*dialect.ErrorForm{"/openrouter": openrouter.ErrorForm()}},
		{prefix: "/google", routes: google.Routes(gw, google.Options{Origin: o.Origin, Files: o.Pages.Files, Log: o.Log, Answers: o.answers}), forms: map[string]*dialect.ErrorForm{
			"/v1beta": google.ErrorForm(), "/v1beta1": google.ErrorForm(), "/v1/publishers": google.ErrorForm(), "/v1/projects": google.ErrorForm(), "/google": google.ErrorForm()}},
		{prefix: "/replicate", routes: replicate.Routes(gw, replicate.Options{Origin: o.Origin, Log: o.Log, Answers: o.answers, Stopping: o.Stopping}), forms: map[string]*dialect.ErrorForm{
			"/v1/predictions": replicate.ErrorForm(), "/v1/deployments": replicate.ErrorForm(), "/v1/files": replicate.ErrorForm(), "/replicate": replicate.ErrorForm()}},
		{prefix: "/runway", routes: runway.Routes(gw, runway.Options{Origin: o.Origin, Log: o.Log, Answers: o.answers}),
			forms: map[string]*dialect.ErrorForm{"/v1": runway.ErrorForm(), "/runway": runway.ErrorForm()}},
		{prefix: "/xai", onlyBelow: true, routes: xai.Routes(gw, xai.Options{Origin: o.Origin, Log: o.Log, Answers: o.answers}),
			forms: map[string]*dialect.ErrorForm{"/xai": xai.ErrorForm()}},
	}
}

// klingForms are Kling's forms: of its prefix, and of its calls beside OpenAI's.
func klingForms() map[string]*dialect.ErrorForm {
	out := map[string]*dialect.ErrorForm{}
	for _, path := range []string{"/kling", "/v1/videos/text2video", "/v1/videos/image2video", "/v1/videos/multi-image2video"} {
		out[path] = kling.ErrorForm()
	}
	return out
}

// models returns the vendors' models that callers may name, by the dialect of the call.
func models() map[string][]string {
	out := map[string][]string{}
	for _, of := range []func() map[string][]string{
		aisdk.Models,
		ark.Models,
		luma.Models,
		google.Models,
		fal.Models,
		kling.Models,
		makevid.Models,
		openai.Models,
		openrouter.Models,
		replicate.Models,
		runway.Models,
		runway.WebModels,
		xai.Models,
	} {
		maps.Copy(out, of())
	}
	return out
}

// callbacks are the encoders of what a task's callback URL is told, by Request.Dialect. They return nil if it is told nothing.
func callbacks() map[string]func(task.Task, dialect.Links) []byte {
	out := map[string]func(task.Task, dialect.Links) []byte{
		filmgate.Dialect:   filmgate.Callback,
		fal.Dialect:        fal.Callback,
		aisdk.Dialect:      aisdk.Callback,
		ark.Dialect:        ark.Callback,
		luma.Dialect:       luma.Callback,
		openrouter.Dialect: openrouter.Callback,
		replicate.Dialect:  replicate.Callback,
		runway.WebDialect:  runway.WebCallback,
	}
	for _, name := range kling.Dialects() {
		out[name] = kling.Callback
	}
	return out
}

// Callback returns what the callback URL of the task is told of it, as JSON; nil = nothing.
func Callback(t task.Task, l dialect.Links) []byte {
	encode := callbacks()[t.Request.Dialect]
	if encode == nil {
		return nil
	}
	return encode(t, l)
}

// Allowed returns the function that returns the methods of the calls at a request's path.
func Allowed(all []dialect.Route) func(*http.Request) []string {
	return dialect.Allowed(slices.Concat(all, healthRoutes()))
}

// Errors returns the function by which the server answers for the calls in the form of their dialects, if no handler does:
// for unknown paths and methods, malformed requests and panics.
func Errors(all []dialect.Route) func(*http.Request, server.Error) (mediaType string, body []byte) {
	byPattern := map[string]*dialect.ErrorForm{}
	for _, r := range all {
		byPattern[r.Pattern] = r.Doc.Form
	}
	byPath := map[string]*dialect.ErrorForm{}
	for _, m := range mounts(nil, Options{}) {
		maps.Copy(byPath, m.forms)
	}
	return func(r *http.Request, e server.Error) (string, []byte) {
		form := byPattern[r.Pattern]
		for path := r.URL.Path; form == nil && path != ""; path = path[:max(strings.LastIndexByte(path, '/'), 0)] {
			form = byPath[path]
		}
		if form == nil {
			return "", nil
		}
		code := task.Code(e.Code)
		if code == task.NotFound {
			code = task.NotAllowed
		}
		return form.Type, form.Encode(&task.Error{Code: code, Detail: e.Detail}, e.RequestID)
	}
}
