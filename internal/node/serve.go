package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/listen"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/web/server"
)

// stopTime is how long running answers and work have to end after SIGTERM; the process is gone within 30 s.
const stopTime = 25 * time.Second

// Serve listens, calls listening with where ("http://HOST:PORT", "https://HOST:PORT" or "unix:/PATH"), and answers the API until ctx
// ends. It reads the settings file and the certificate again at each signal of hangups. When ctx ends, running answers and work have
// 25 s to end. Serve may be called once.
func (n *Node) Serve(ctx context.Context, hangups <-chan os.Signal, listening func(url string)) error {
	if c := n.loaded.File; len(c.Engines) > 0 && c.Models == nil {
		n.Log.WarnContext(ctx, "the settings file has engines and no models: no task is sent to them, the built-in renderer makes every video", "file", n.Settings.Config)
	}
	web, err := n.server(ctx)
	if err != nil {
		return err
	}
	stopDebug, err := n.serveDebug(ctx)
	if err != nil {
		return err
	}
	defer stopDebug()
	listener, err := listen.Open(ctx, listen.Options{Addr: n.Settings.Addr, Mode: n.Settings.SocketMode, Inherited: listen.Inherited(), TLS: n.certificate})
	if err != nil {
		return err
	}
	addr, secure := listener.Addr(), n.certificate != nil
	if addr.Network() == "unix" && n.Settings.PublicURL == "" {
		n.Log.WarnContext(ctx, "links in callbacks and to webhooks begin with "+listen.Base(addr, secure)+": FILMGATE_PUBLIC_URL says how callers reach this server")
	}
	if n.Settings.Role != config.RoleAPI {
		n.servers.start(ctx)
		if err := n.queue.Start(ctx, n.steps(listen.Base(addr, secure))); err != nil {
			n.servers.stop()
			return errors.Join(err, listener.Close())
		}
	}
	ended := make(chan struct{})
	var background panics.Group
	background.Go(func() { n.reloadOn(ctx, hangups, ended) })
	background.Go(func() { each(cleanTempEvery, ended, func() { n.cleanTemp(ctx) }) })
	if secure {
		background.Go(func() { each(refreshEvery, ended, func() { n.refreshCertificate(ctx) }) })
	}
	defer background.Wait()
	defer close(ended)
	warnFewFiles(ctx, n.Log)
	listening(listen.URL(addr, secure))
	n.tell(ctx, listen.Ready)
	return n.answer(ctx, listener, web, n.stop)
}

// cleanTempEvery is how often a server looks for what crashed steps and requests have left in its temp folder. What a server that died
// has left is removed at its next start.
const cleanTempEvery = time.Hour

func (n *Node) cleanTemp(ctx context.Context) {
	if err := n.gw.CleanTemp(ctx); err != nil {
		n.Log.WarnContext(ctx, "the temp folder was not cleaned", "error", err)
	}
}

// each calls do after every interval, until ended is closed.
func each(interval time.Duration, ended <-chan struct{}, do func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			do()
		case <-ended:
			return
		}
	}
}

// tell tells systemd how the server does. If it can't be told, the server works all the same.
func (n *Node) tell(ctx context.Context, state func() error) {
	if err := state(); err != nil {
		n.Log.WarnContext(ctx, "the service manager does not listen", "error", err)
	}
}

// answer serves web on listener until ctx ends. Then it accepts no more connections, waits for running answers while stop
// ends all other work, and cuts off what is not done after stopTime.
func (n *Node) answer(ctx context.Context, listener net.Listener, web *server.Server, stop func(context.Context) error) error {
	failed := make(chan error, 1)
	n.Panics.Go(ctx, "listener", func() error { return web.Serve(listener) }, func(err error) { failed <- err })
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		n.Log.InfoContext(ctx, "stopping", "at most", stopTime)
		n.tell(ctx, listen.Stopping)
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	stopped := make(chan error, 1)
	n.Panics.Go(ending, "stop", func() error { return stop(ending) }, func(err error) { stopped <- err })
	if late := web.Shutdown(ending); late != nil {
		n.Log.WarnContext(ctx, "answers were cut off", "error", late)
		err = errors.Join(err, late)
	}
	if late := <-stopped; late != nil {
		err = errors.Join(err, fmt.Errorf("stopping: %w", late))
	}
	return err
}
