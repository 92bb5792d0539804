// Package node wires all packages into a Filmgate node: one server over one data folder. [Open] opens the folder's store, queue
// and files, and makes the engines and the gateway; [Node.Serve] answers the API until it is told to stop.
//
// It is the composition root: only this package imports the packages under a port (store/sqlite, blob/file, engine/fal,
// dialect/runway, …), so programs hold ports. The order of start and stop and the choice of implementations belong here. A
// rule about tasks does not, and neither do flags or the texts that people see at a terminal.
package node

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/datafolder"
	"github.com/filmgate/filmgate/internal/engine/animatic"
	"github.com/filmgate/filmgate/internal/gateway"
	"github.com/filmgate/filmgate/internal/listen"
	"github.com/filmgate/filmgate/internal/media"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
	"github.com/filmgate/filmgate/internal/taskcache"
	"github.com/filmgate/filmgate/internal/tracing"
	"github.com/filmgate/filmgate/internal/webhook"
)

// Options holds the settings of a node, and what it uses of its process.
type Options struct {
	Settings config.Settings
	Getenv   func(string) string // the variables that the settings file names, and those of OpenTelemetry
	Now      func() time.Time
	Random   io.Reader
	Log      *slog.Logger
	Panics   *panics.Recorder // may be nil
	Version  string           // of this program
}

// Node is one server: all packages wired together.
type Node struct {
	Options
	store    database
	hooks    *webhook.Endpoints
	attempts attempts        // of deliveries
	meter    *meter          // of tasks, engines and files
	tracer   *tracing.Tracer // nil = nothing is traced
	rows     tables          // of the same database
	peers    *postgres.DB    // the database, if it is PostgreSQL
	bucket   blob.Storage
	queue    jobs
	engine   *animatic.Engine
	gw       *gateway.Gateway
	ffmpeg   *media.Health // of previews and input videos
	encoder  *media.Health // of the built-in renderer
	loaded   config.Loaded // the settings file
	servers  *modelServers // of its engines; nil = this server works on no task
	closers  []func() error

	certificate *listen.Certificate // nil = no TLS
}

// Open opens the data folder and wires the packages together. Nothing runs before [Node.Serve]. It fails if another process
// serves the folder, if a file in it can't be opened, or if the settings file has an error.
func Open(ctx context.Context, o Options) (*Node, error) {
	n := &Node{Options: o, attempts: newAttempts(), meter: newMeter(o.Now)}
	if err := n.open(ctx); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func (n *Node) open(ctx context.Context) error {
	if err := checkRole(n.Settings); err != nil {
		return err
	}
	if err := n.openTracer(ctx); err != nil {
		return err
	}
	if err := n.openCertificate(ctx); err != nil {
		return err
	}
	if err := n.openRemoteBucket(ctx); err != nil {
		return err
	}
	folder := datafolder.Folder(n.Settings.Data)
	if err := folder.Make(); err != nil {
		return err
	}
	lock, err := folder.Lock()
	if err != nil {
		return err
	}
	n.onClose(lock.Close)
	n.warnLayer(ctx, folder)
	if err := n.openDatabase(ctx); err != nil {
		return err
	}
	if err := n.checkOwner(ctx); err != nil {
		return err // before anything that deletes
	}
	if err := n.openFiles(folder); err != nil {
		return err
	}
	n.bucket = countedStorage{n.bucket, n.meter.stored}
	if err := n.claimFiles(ctx); err != nil {
		return err
	}
	temp, err := folder.EmptyTemp()
	if err != nil {
		return err
	}
	encoder, err := n.Settings.StartEncoder(ctx)
	if err != nil {
		return err
	}
	n.watchFFmpeg(ctx, encoder)
	n.engine = animatic.New(n.renderOptions(temp, encoder))
	n.onClose(func() error { n.engine.Close(); return nil })
	tasks := taskcache.New(n.store, cacheSize, n.Now)
	if n.peers == nil {
		tasks.CacheLive() // the data folder's lock keeps other processes away
	}
	if !isShared(n.Settings) {
		tasks.CacheSteps(stepsCacheSize)
	}
	if n.gw, err = n.newGateway(ctx, temp, tasks); err != nil {
		return err
	}
	if err := n.gw.LoadWithdrawn(ctx); err != nil {
		return err
	}
	if n.peers != nil {
		n.peers.Follow(news{n, tasks})
	}
	return nil
}

// warnLayer says so if what the server keeps in its data folder goes with its container.
func (n *Node) warnLayer(ctx context.Context, folder datafolder.Folder) {
	if folder.InLayer() && !isShared(n.Settings) {
		n.Log.WarnContext(ctx, "FILMGATE_DATA (--data): the folder is part of the container, and what is in it goes with the container: mount a volume there", "folder", string(folder))
	}
}

// Store returns the node's store. It is closed with the node.
func (n *Node) Store() store.Store { return n.store }

// onClose adds a function for Close to call.
func (n *Node) onClose(f func() error) { n.closers = append(n.closers, f) }

// stop ends the answers that wait, returns running tasks to the queue, and ends the encoders and the model servers.
func (n *Node) stop(ctx context.Context) error {
	n.gw.StopWaiting()
	err := n.queue.Stop(ctx)
	n.engine.Close()
	if n.servers != nil {
		n.servers.stop()
	}
	return err
}

// Close closes what was opened, last first.
func (n *Node) Close() error {
	var errs []error
	for len(n.closers) > 0 {
		last := len(n.closers) - 1
		errs = append(errs, n.closers[last]())
		n.closers = n.closers[:last]
	}
	return errors.Join(errs...)
}
