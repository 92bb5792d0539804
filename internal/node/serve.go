package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/web/server"
)

// stopTime is how long running answers and work have to end after SIGTERM; the process is gone within 30 s.
const stopTime = 25 * time.Second

// Serve listens, calls listening with the address, and answers the API until ctx ends. It reads the settings file again at
// each signal of hangups. When ctx ends, running answers and work have 25 s to end. Serve may be called once.
func (n *Node) Serve(ctx context.Context, hangups <-chan os.Signal, listening func(net.Addr)) error {
	if c := n.loaded.File; len(c.Engines) > 0 && c.Models == nil {
		n.Log.WarnContext(ctx, "the settings file has engines and no models: no task is sent to them, the built-in renderer makes every video", "file", n.Settings.Config)
	}
	web, err := n.server(ctx)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, n.Settings.Addr)
	if err != nil {
		return err
	}
	if n.Settings.Role != config.RoleAPI {
		n.servers.start(ctx)
		if err := n.queue.Start(ctx, n.steps(listener.Addr())); err != nil {
			n.servers.stop()
			return errors.Join(err, listener.Close())
		}
	}
	ended := make(chan struct{})
	var background panics.Group
	background.Go(func() { n.reloadOn(ctx, hangups, ended) })
	background.Go(func() { each(cleanTempEvery, ended, func() { n.cleanTemp(ctx) }) })
	defer background.Wait()
	defer close(ended)
	warnFewFiles(ctx, n.Log)
	listening(listener.Addr())
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

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("FILMGATE_ADDR (--addr): %w; take another port, or 0 for a free one", err)
	}
	return listener, nil
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
