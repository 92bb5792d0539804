package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/routes"
	"github.com/filmgate/filmgate/internal/asset"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/dataset"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/gateway"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/queue"
	"github.com/filmgate/filmgate/internal/store/sqlite"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/taskcache"
	"github.com/filmgate/filmgate/internal/tempdir"
	"github.com/filmgate/filmgate/internal/web/openapi"
	"github.com/filmgate/filmgate/internal/web/reference"
	"github.com/filmgate/filmgate/internal/web/server"
	"github.com/filmgate/filmgate/internal/web/share"
)

const (
	fetchTime      = 20 * time.Second // for a caller's picture to be fetched
	inputVideoTime = time.Minute      // for a caller's video
	imageDecodes   = 2                // pictures decoded at once: each may take 512 MiB for a moment
	cacheSize      = 4096             // ended tasks kept at hand, some 4 KB each
	verifyEvery    = 6 * time.Hour
	secretSize     = 32 // bytes of each of the server's own secrets
)

// node is one running server: the rooms put together. Its parts are closed in the order that end names.
type node struct {
	db      *sqlite.DB
	store   *sqlite.Store
	bucket  *file.Bucket
	queue   *queue.Queue[*sql.Tx]
	engine  *animatic.Engine
	gw      *gateway.Gateway
	ffmpeg  *media.Health // of previews and input videos
	encoder *media.Health // of the built-in renderer
	loaded  config.Loaded // the settings file
	lock    *os.File
}

// steps is the gateway as the queue sees it.
type steps struct {
	*gateway.Gateway
	check func(ctx context.Context) // what a sweep looks at besides
}

// Advance does one step of a task.
func (s steps) Advance(ctx context.Context, id string) (queue.Next, error) {
	next, err := s.Gateway.Advance(ctx, id)
	return queue.Next{Done: next.Done, After: next.After}, err
}

// Sweep sweeps, and then looks at what may have been damaged.
func (s steps) Sweep(ctx context.Context) error {
	err := s.Gateway.Sweep(ctx)
	s.check(ctx)
	return err
}

// verifier reads the whole database at the start and then every verifyEvery, for readiness to tell what it finds. Sweeps,
// which call it, come one at a time.
func (p program) verifier(n *node, log *slog.Logger) func(ctx context.Context) {
	var mu sync.Mutex
	var next time.Time
	return func(ctx context.Context) {
		mu.Lock()
		defer mu.Unlock()
		if p.now().Before(next) {
			return
		}
		if err := n.store.Verify(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "the database could not be verified", "error", err)
		}
		next = p.now().Add(verifyEvery)
	}
}

// openNode opens the data folder, alone, and puts the rooms together. Nothing works yet.
func (p program) openNode(ctx context.Context, s config.Settings, log *slog.Logger) (n *node, err error) {
	if err := makeData(s.Data); err != nil {
		return nil, err
	}
	n = &node{}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.close())
		}
	}()
	if n.lock, err = lockFolder(s.Data); err != nil {
		return n, err
	}
	if n.db, _, _, err = openDB(ctx, s); err != nil {
		return n, err
	}
	if n.queue, err = queue.NewSQLite(n.db.Writer(), queue.Options{LocalWorkers: s.Workers, Log: log, Panics: p.panics}); err != nil {
		return n, err
	}
	if _, _, err = n.queue.Migrate(ctx); err != nil {
		return n, err
	}
	n.store = sqlite.New(n.db, n.queue.Enqueue)
	if n.bucket, err = file.Open(filepath.Join(s.Data, "files")); err != nil {
		return n, fmt.Errorf("FILMGATE_DATA (--data): %w", err)
	}
	temp, err := emptyTemp(s.Data)
	if err != nil {
		return n, err
	}
	encoder, err := s.StartEncoder(ctx)
	if err != nil {
		return n, err
	}
	n.watchFFmpeg(ctx, encoder, log)
	n.engine = animatic.New(animatic.Options{Dir: temp, Workers: s.Workers, Encoder: encoder, Decode: media.Decode, FFmpeg: n.encoder, Panics: p.panics})
	if n.gw, err = p.gateway(ctx, s, n, temp, log); err != nil {
		return n, err
	}
	return n, n.gw.LoadWithdrawn(ctx)
}

// gateway makes the gateway over the node's rooms.
func (p program) gateway(ctx context.Context, s config.Settings, n *node, temp string, log *slog.Logger) (*gateway.Gateway, error) {
	signing, err := p.secret(ctx, n.store, "link signing")
	if err != nil {
		return nil, err
	}
	naming, err := p.secret(ctx, n.store, "file naming")
	if err != nil {
		return nil, err
	}
	if n.loaded, err = p.loader().Load(s.Config, config.Loaded{}); err != nil {
		return nil, err
	}
	signer := blob.Signer{Secret: signing, Now: p.now}
	tasks := taskcache.New(n.store, cacheSize, p.now)
	dir := tempdir.New(temp, s.TempSpace)
	inputs := dataset.New(dataset.Config{
		Store: tasks, Bucket: n.bucket, Files: n.bucket, Signer: signer,
		Fetch:      outbound.New(outbound.Options{Allow: s.AllowNetworks, Timeout: fetchTime}),
		FetchVideo: outbound.New(outbound.Options{Allow: s.AllowNetworks, Timeout: inputVideoTime}),
		Images:     media.NewInspector(imageDecodes).WithConverters(media.FindConverters(temp)),
		FFmpeg:     n.ffmpeg, Temp: dir, Workers: s.Workers, Now: p.now, Rand: p.random, Log: log,
	})
	catalog := asset.New(asset.Config{Store: tasks, Bucket: n.bucket, Files: n.bucket, Now: p.now, Rand: p.random, Log: log, Panics: p.panics})
	return gateway.New(gateway.Config{
		Store: tasks, Bucket: n.bucket, Signer: signer, Inputs: inputs, Catalog: catalog, Temp: dir,
		Registry: n.loaded.Registry(animatic.Name, n.engine), Models: routes.Models(), PublicURL: s.PublicURL, FFmpeg: n.ffmpeg,
		Secret: naming, Workers: s.Workers, SingleProcess: true, Scheduled: n.queue.Scheduled, Wake: n.queue.Wake,
		Now: p.now, Rand: p.random, Log: log, Panics: p.panics,
	}), nil
}

// secret is one of the server's own secrets, made at the first start and the same ever after.
func (p program) secret(ctx context.Context, db *sqlite.Store, name string) ([]byte, error) {
	candidate := make([]byte, secretSize)
	if _, err := io.ReadFull(p.random, candidate); err != nil {
		return nil, fmt.Errorf("draw a secret: %w", err)
	}
	return db.Secret(ctx, name, candidate)
}

// emptyTemp makes the folder of files in the making. What lies in it is a dead process's.
func emptyTemp(data string) (string, error) {
	temp := filepath.Join(data, "temp")
	err := os.RemoveAll(temp)
	if err == nil {
		err = os.Mkdir(temp, 0o700)
	}
	if err != nil {
		return "", fmt.Errorf("FILMGATE_DATA (--data): %w", err)
	}
	return temp, nil
}

// server makes the HTTP server of all routes.
func (p program) server(s config.Settings, n *node, log *slog.Logger) (*server.Server, error) {
	origin := dialect.Origin{Public: s.PublicURL, TrustProxy: len(s.TrustedProxies) > 0}
	share, err := share.Handler(n.shared(origin))
	if err != nil {
		return nil, err
	}
	document, err := openapi.Handler(origin.Prefix)
	if err != nil {
		return nil, err
	}
	reading, err := reference.Handler(reference.Options{Title: "Filmgate API", Document: "openapi.json", Scheme: "key"})
	if err != nil {
		return nil, err
	}
	files := blob.Handler(n.bucket, blob.HandlerOptions{Signer: n.gw.Signer(), Log: log,
		NeedsToken: func(key string) bool { return strings.HasPrefix(key, "sealed/") }, Withdrawn: n.gw.Withdrawn})
	o := server.Options{
		Checks: []server.Check{{Name: "database", Run: n.store.Ping}, {Name: "storage", Run: n.bucket.Ping}, {Name: "queue", Run: n.queue.Ping}, n.rendererCheck()},
		Log:    log, Random: p.random, Panics: p.panics,
		Prefix: dialect.Origin{Public: s.PublicURL}.Prefix(nil), Proxies: s.TrustedProxies, Origins: s.CORSOrigins,
	}
	for _, r := range routes.Served(n.gw, routes.Options{ServerID: serverID(s), Origin: origin, Log: log, Pages: routes.Pages{Files: files, Share: share, Document: document, Reference: reading}}) {
		o.Routes = append(o.Routes, server.Route{Pattern: r.Pattern, Handler: r.Handler, QuietLog: r.QuietLog})
	}
	web, err := server.New(o)
	if err != nil {
		return nil, fmt.Errorf("FILMGATE_PUBLIC_URL (--public-url): %w", err)
	}
	return web, nil
}

// shared finds what the public page of a token shows.
func (n *node) shared(origin dialect.Origin) share.Find {
	return func(ctx context.Context, r *http.Request, token string) (share.Page, bool, error) {
		t, a, err := n.gw.Shared(ctx, token)
		if task.CodeOf(err) == task.NotFound {
			return share.Page{}, false, nil
		}
		if err != nil {
			return share.Page{}, false, err
		}
		links := dialect.Links{Base: origin.Base(r), Token: n.gw.Token, Now: n.gw.Now()}
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

// serverID names this node in answers: the same at every start from the same folder on the same host.
func serverID(s config.Settings) string {
	host, _ := os.Hostname() // without one, nodes are told apart by their folders
	folder, err := filepath.Abs(s.Data)
	if err != nil {
		folder = s.Data
	}
	sum := sha256.Sum256([]byte(host + "\x00" + folder))
	return hex.EncodeToString(sum[:4])
}

// stop gives back the work that is under way and ends the encoders.
func (n *node) stop(ctx context.Context) error {
	err := n.queue.Stop(ctx)
	n.engine.Close()
	return err
}

// close lets go of what was opened, last first.
func (n *node) close() error {
	var errs []error
	if n.engine != nil {
		n.engine.Close()
	}
	for _, h := range []*media.Health{n.ffmpeg, n.encoder} {
		if h != nil {
			h.Close()
		}
	}
	if n.bucket != nil {
		errs = append(errs, n.bucket.Close())
	}
	if n.db != nil {
		errs = append(errs, n.db.Close())
	}
	if n.lock != nil {
		errs = append(errs, n.lock.Close())
	}
	return errors.Join(errs...)
}
