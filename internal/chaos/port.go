package chaos

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// port is an HTTP server of the run's own, on a port that it keeps. It can be killed and started again.
type port struct {
	addr    string // "" before the first start
	handler http.Handler
	server  *http.Server
}

// start opens the port, the same at every call.
func (p *port) start() error {
	if p.addr == "" {
		p.addr = "127.0.0.1:0"
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", p.addr)
	if err != nil {
		return fmt.Errorf("chaos: open a port: %w", err)
	}
	p.addr = l.Addr().String()
	s := &http.Server{Handler: p.handler, ReadHeaderTimeout: time.Minute}
	p.server = s
	go func() { _ = s.Serve(l) }()
	return nil
}

// stop cuts all connections and closes the port.
func (p *port) stop() { _ = p.server.Close() }

func (p *port) url() string { return "http://" + p.addr }
