package postgres_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// socketName is the name of PostgreSQL's socket in its folder.
const socketName = ".s.PGSQL.5432"

// cuttingProxy passes connections on to a server, and can cut one at its commit.
type cuttingProxy struct {
	server, dir string
	listener    net.Listener
	all         sync.WaitGroup

	mu      sync.Mutex
	armed   bool
	deliver bool // the armed proxy lets the commit reach the server, but not the answer its client
}

func newCuttingProxy(t *testing.T, server string) *cuttingProxy {
	t.Helper()
	dir, err := os.MkdirTemp("", "proxy") //nolint:usetesting // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	p := &cuttingProxy{server: server, dir: dir}
	var config net.ListenConfig
	if p.listener, err = config.Listen(t.Context(), "unix", filepath.Join(dir, socketName)); err != nil {
		t.Fatal(err)
	}
	p.all.Go(p.serve)
	t.Cleanup(func() {
		_ = p.listener.Close()
		p.all.Wait()
		_ = os.RemoveAll(dir)
	})
	return p
}

// url returns the URL of a database through the proxy.
func (p *cuttingProxy) url(direct string) string {
	return strings.Replace(direct, url.QueryEscape(p.server), url.QueryEscape(p.dir), 1)
}

// arm makes the proxy cut the connection whose commit comes next.
func (p *cuttingProxy) arm(deliver bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed, p.deliver = true, deliver
}

func (p *cuttingProxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.all.Go(func() { p.pass(client) })
	}
}

// pass copies both ways until one side ends or the connection is cut.
func (p *cuttingProxy) pass(client net.Conn) {
	var dialer net.Dialer
	server, err := dialer.DialContext(context.Background(), "unix", filepath.Join(p.server, socketName))
	if err != nil {
		_ = client.Close()
		return
	}
	muted := make(chan struct{}) // answers are no longer passed on
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buffer := make([]byte, 1<<16)
		for {
			n, err := server.Read(buffer)
			select {
			case <-muted: // the answer to the commit, which the server has made
				_ = server.Close()
				return
			default:
			}
			if _, write := client.Write(buffer[:n]); err != nil || write != nil {
				_ = client.Close()
				return
			}
		}
	}()
	p.toServer(client, server, muted)
	<-ended
	_ = client.Close()
}

// toServer copies what the client says, up to the commit at which the connection is cut.
func (p *cuttingProxy) toServer(client, server net.Conn, muted chan struct{}) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			_ = server.Close()
			return
		}
		said := buffer[:n]
		p.mu.Lock()
		cut, deliver := p.armed && bytes.Contains(said, []byte("commit\x00")), p.deliver
		if cut {
			p.armed = false
		}
		p.mu.Unlock()
		switch {
		case cut && deliver:
			close(muted)
			_, _ = io.Copy(server, bytes.NewReader(said))
			return
		case cut:
			close(muted)
			_ = server.Close()
			return
		}
		if _, err := server.Write(said); err != nil {
			return
		}
	}
}
