package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/filmgate/filmgate"
	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/mcp"
	"github.com/filmgate/filmgate/internal/node/routes"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/web/docsite"
	"github.com/filmgate/filmgate/internal/web/openapi"
	"github.com/filmgate/filmgate/internal/web/reference"
	"github.com/filmgate/filmgate/internal/web/server"
	"github.com/filmgate/filmgate/internal/web/share"
	"github.com/filmgate/filmgate/internal/web/studio"
)

// checkEvery is how often a server checks itself, for its log and its metrics.
const checkEvery = 15 * time.Second

// maxRunning is how many requests of a kind are worked on at once: more would only wait for one another for seconds.
const maxRunning = 2000

// maxWaiting is how many long polls and streams may be open at once: each takes some 60 KB.
const maxWaiting = 20_000

// server returns the HTTP server of all routes; that of a worker has only those of its health.
func (n *Node) server(ctx context.Context) (*server.Server, error) {
	s := n.Settings
	o := server.Options{
		Checks: n.checks(), Log: n.Log, Random: n.Random, Panics: n.Panics, Collectors: n.collectors(), CheckEvery: checkEvery, MaxRunning: maxRunning, MaxWaiting: maxWaiting,
		Details: n.details(), Prefix: dialect.Origin{Public: s.PublicURL}.Prefix(nil), Proxies: s.TrustedProxies, TrustUnix: s.TrustUnix, Origins: s.CORSOrigins,
	}
	if n.tracer != nil {
		o.Trace = n.tracer.Request
	}
	if s.Role != config.RoleWorker {
		served, err := n.routes(ctx)
		if err != nil {
			return nil, err
		}
		o.Errors, o.Allowed = routes.Errors(served), routes.Allowed(served)
		for _, r := range served {
			o.Routes = append(o.Routes, server.Route{Pattern: r.Pattern, Handler: r.Handler, QuietLog: r.QuietLog, Waits: r.Waits})
		}
	}
	web, err := server.New(o)
	if err != nil {
		return nil, fmt.Errorf("FILMGATE_PUBLIC_URL (--public-url): %w", err)
	}
	return web, nil
}

// checks returns what must work before this server is ready. A server that works on no task needs no queue and no renderer.
func (n *Node) checks() []server.Check {
	checks := []server.Check{{Name: "database", Run: n.store.Ping}, {Name: "storage", Run: n.bucket.Ping}}
	if n.Settings.Role != config.RoleAPI {
		checks = append(checks, server.Check{Name: "queue", Run: n.queue.Ping}, n.rendererCheck())
	}
	return checks
}

// details returns a function that lists what is limited while this server is ready.
func (n *Node) details() func() []string {
	if n.servers == nil {
		return nil
	}
	return n.servers.problems
}

// routes returns all calls of the API, and the pages.
func (n *Node) routes(ctx context.Context) ([]dialect.Route, error) {
	s := n.Settings
	origin := dialect.Origin{Public: s.PublicURL, TrustProxy: len(s.TrustedProxies) > 0 || s.TrustUnix}
	share, err := share.Handler(n.shared(origin))
	if err != nil {
		return nil, err
	}
	reading, err := reference.Handler(reference.Options{Title: "Filmgate API", Document: "openapi.json", Scheme: "key"})
	if err != nil {
		return nil, err
	}
	pages, err := n.studio(ctx, origin)
	if err != nil {
		return nil, err
	}
	files := blob.Handler(n.bucket, blob.HandlerOptions{Signer: n.gw.Signer(), Log: n.Log,
		NeedsToken: func(key string) bool { return strings.HasPrefix(key, "sealed/") }, Withdrawn: n.gw.Withdrawn})
	calls := http.NewServeMux()
	served := routes.Served(n.gw, routes.Options{ServerID: serverID(s), Origin: origin, Log: n.Log, Stopping: ctx.Done(),
		Pages: routes.Pages{Files: files, Share: share, Document: openapi.Handler(origin.Prefix), Reference: reading, Docs: n.docs(), Studio: pages, MCP: n.mcp(calls)}})
	for i := range served {
		calls.Handle(served[i].Pattern, served[i].Handler)
		served[i].Handler = pages.Authorize(served[i].Handler)
	}
	return served, nil
}

// docs returns the pages of the documents.
func (n *Node) docs() http.Handler {
	return docsite.New(filmgate.Documents(), func(err error) { n.Log.Error("the documents can't be shown", "error", err) })
}

// mcp returns the handler of the Model Context Protocol, whose tools are answered by calls. The calls check what a key may do besides
// reading.
func (n *Node) mcp(calls http.Handler) http.Handler {
	tools := mcp.Handler(mcp.HandlerOptions{Routes: calls, Key: dialect.Bearer, Version: n.Version, Now: n.Now})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.mayRead(w, r, dialect.Bearer(r)) {
			tools.ServeHTTP(w, r)
		}
	})
}

// mayRead reports whether a key may read. If it may not, it answers the request with why.
func (n *Node) mayRead(w http.ResponseWriter, r *http.Request, key string) bool {
	_, err := n.gw.Admit(r.Context(), key, apikey.Read)
	if err != nil {
		dialect.WriteProblem(w, r, n.Log, err)
	}
	return err == nil
}

// studio returns the pages of the studio. Any key that may read may sign in; the calls check what else it may.
func (n *Node) studio(ctx context.Context, origin dialect.Origin) (*studio.Studio, error) {
	media, err := n.mediaOrigins(ctx)
	if err != nil {
		return nil, err
	}
	return studio.New(studio.Options{Base: origin.Base, Media: media, Check: n.mayRead})
}

// mediaOrigins returns the origins of videos and pictures, besides that of the request: the public URL, and the storage if it
// serves files itself.
func (n *Node) mediaOrigins(ctx context.Context) ([]string, error) {
	link, err := n.bucket.Link(ctx, "cdn/none", blob.LinkOptions{})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, address := range []string{n.Settings.PublicURL, link} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			out = append(out, u.Scheme+"://"+u.Host)
		}
	}
	return out, nil
}

// shared returns a function that finds the page of a shared video by its token. It reports false if nothing is shared under
// that token.
func (n *Node) shared(origin dialect.Origin) share.Find {
	return func(ctx context.Context, r *http.Request, token string) (share.Page, bool, error) {
		t, a, err := n.gw.Shared(ctx, token)
		if task.CodeOf(err) == task.NotFound {
			return share.Page{}, false, nil
		}
		if err != nil {
			return share.Page{}, false, err
		}
		links := origin.Links(r, n.gw)
		page := share.Page{Title: t.Request.Name, URL: links.File("share/" + token), Width: a.Width, Height: a.Height}
		if page.Title == "" {
			page.Title = t.Request.Prompt
		}
		if video, ok := a.FirstFile(task.Video); ok {
			page.Video = links.Of(a, video)
		}
		for _, role := range []task.Role{task.Poster, task.Preview} {
			if still, ok := a.FirstFile(role); ok && page.Poster == "" {
				page.Poster = links.Of(a, still)
			}
		}
		return page, true, nil
	}
}

// serverID returns the name of this node in answers. It is the same at every start from the same folder on the same host.
func serverID(s config.Settings) string {
	host, _ := os.Hostname() // without one, nodes are told apart by their folders
	folder, err := filepath.Abs(s.Data)
	if err != nil {
		folder = s.Data
	}
	sum := sha256.Sum256([]byte(host + "\x00" + folder))
	return hex.EncodeToString(sum[:4])
}

// CheckPrefix returns an error that says what is wrong with the path of a public URL, "" or "/video".
func CheckPrefix(path string) error { return server.CheckPrefix(path) }
