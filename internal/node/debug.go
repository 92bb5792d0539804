package node

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/filmgate/filmgate/internal/listen"
	"github.com/filmgate/filmgate/internal/web/profile"
)

const (
	debugSetting    = "FILMGATE_DEBUG_ADDR (--debug-addr)"
	debugSocketMode = 0o600
	debugHeaderTime = 10 * time.Second
)

// serveDebug serves profiles at the debug address, if the settings have one, until stop is called. It fails if the address can't be
// listened at, or if its name is not this machine's.
func (n *Node) serveDebug(ctx context.Context) (stop func(), err error) {
	if n.Settings.DebugAddr == "" {
		return func() {}, nil
	}
	l, err := listen.Open(ctx, listen.Options{Addr: n.Settings.DebugAddr, Mode: debugSocketMode, Setting: debugSetting})
	if err != nil {
		return nil, err
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); ok && !isLoopback(tcp) {
		return nil, errors.Join(errors.New(debugSetting+": "+n.Settings.DebugAddr+" is not this machine alone; allowed: a loopback address"), l.Close())
	}
	s := &http.Server{Handler: profile.Handler(), ReadHeaderTimeout: debugHeaderTime, ErrorLog: slog.NewLogLogger(n.Log.Handler(), slog.LevelDebug)}
	ended := make(chan struct{})
	n.Panics.Go(ctx, "profiles", func() error { return s.Serve(l) }, func(err error) {
		if !errors.Is(err, http.ErrServerClosed) {
			n.Log.ErrorContext(ctx, "profiles are not served any more", "error", err)
		}
		close(ended)
	})
	n.Log.InfoContext(ctx, "serving profiles", "url", listen.URL(l.Addr(), false)+"/debug/pprof/")
	return func() {
		_ = s.Close() // a profile that is being made is worth no wait
		<-ended
	}, nil
}

func isLoopback(a *net.TCPAddr) bool {
	ip, ok := netip.AddrFromSlice(a.IP)
	return ok && ip.Unmap().IsLoopback()
}
