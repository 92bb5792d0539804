package node

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/config"
)

func TestProfilesAreServedUntilTheServerStops(t *testing.T) {
	t.Parallel()
	for name, addr := range map[string]string{"port": "127.0.0.1:0", "socket": "unix:" + filepath.Join(t.TempDir(), "debug.sock")} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			n := &Node{Options: Options{Settings: config.Settings{DebugAddr: addr}, Log: slog.New(slog.NewTextHandler(&log, nil))}}
			stop, err := n.serveDebug(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, rest, _ := strings.Cut(log.String(), "url=")
			at := strings.TrimSuffix(strings.TrimSpace(rest), "/debug/pprof/")
			transport := &http.Transport{DisableKeepAlives: true}
			if path, ok := strings.CutPrefix(at, "unix:"); ok {
				at = "http://localhost"
				transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
					return new(net.Dialer).DialContext(ctx, "unix", path)
				}
			}
			client := http.Client{Transport: transport}
			res, err := client.Get(at + "/debug/pprof/goroutine?debug=1")
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if body, err := io.ReadAll(res.Body); err != nil || !strings.Contains(string(body), "serveDebug") {
				t.Errorf("%s, error %v", body, err)
			}
			stop()
			if _, err := client.Get(at + "/debug/pprof/"); err == nil {
				t.Error("it answers after the stop")
			}
		})
	}
}

func TestProfilesAreServedToThisMachineAlone(t *testing.T) {
	t.Parallel()
	n := &Node{Options: Options{Settings: config.Settings{DebugAddr: "0.0.0.0:0"}, Log: slog.New(slog.DiscardHandler)}}
	if _, err := n.serveDebug(t.Context()); err == nil || !strings.Contains(err.Error(), "FILMGATE_DEBUG_ADDR (--debug-addr): 0.0.0.0:0 is not this machine alone") {
		t.Errorf("error %v", err)
	}
	busy, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	n.Settings.DebugAddr = busy.Addr().String()
	if _, err := n.serveDebug(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "FILMGATE_DEBUG_ADDR (--debug-addr): ") {
		t.Errorf("at a port that is taken: %v", err)
	}
}
