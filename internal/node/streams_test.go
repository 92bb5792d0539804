package node

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/dialect/filmgate"
	"github.com/filmgate/filmgate/internal/listen"
	"github.com/filmgate/filmgate/internal/task"
	"github.com/filmgate/filmgate/internal/web/server"
)

// endless is a gateway whose accounts have event after event.
type endless struct {
	*dialecttest.Gateway
	others  atomic.Int64 // events told to account 7
	letGo   chan error   // how the stream of account 8 has ended
	blocked int64        // events that account 7 was told while account 8's last one was written
}

// FollowAccount tells events until that fails.
func (g *endless) FollowAccount(ctx context.Context, who apikey.Key, _ int64, tell func(task.Told) error) error {
	tk := task.Task{ID: "00000000-0000-4000-8000-000000000001", State: task.Queued, Request: task.Request{Prompt: strings.Repeat("a lake ", 100)}}
	for n := int64(1); ctx.Err() == nil; n++ {
		before := g.others.Load()
		err := tell(task.Told{ID: n, Event: task.Event{Kind: "created", To: task.Queued}, Task: tk})
		switch {
		case who.Account == 7:
			g.others.Add(1)
		case err != nil:
			g.blocked = g.others.Load() - before
			g.letGo <- err
		}
		if err != nil {
			return err
		}
	}
	if who.Account != 7 {
		g.letGo <- ctx.Err() // it was not told that its reader is gone
	}
	return nil
}

// smallBuffers gives connections a small buffer for what is written.
type smallBuffers struct{ net.Listener }

func (l smallBuffers) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(4 << 10)
	}
	return c, err
}

// A reader of a stream that takes nothing is let go: its connection ends, and nothing is left of it. Meanwhile another stream goes on.
func TestAStreamWithoutAReaderIsLetGo(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	gw := &endless{Gateway: &dialecttest.Gateway{}, letGo: make(chan error, 1)}
	o := server.Options{Log: slog.New(slog.DiscardHandler), Random: rand.Reader, Stall: 500 * time.Millisecond}
	for _, r := range filmgate.Routes(gw, filmgate.Options{Log: o.Log}) {
		o.Routes = append(o.Routes, server.Route{Pattern: r.Pattern, Handler: r.Handler, Waits: r.Waits})
	}
	web, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := listen.Open(t.Context(), listen.Options{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- web.Serve(smallBuffers{l}) }()
	follow := func(key string) *net.TCPConn {
		t.Helper()
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(c, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", key); err != nil {
			t.Fatal(err)
		}
		return c.(*net.TCPConn)
	}
	reader, stuck := follow(dialecttest.Key), follow(dialecttest.OtherKey)
	if err := stuck.SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	read := make(chan int, 1)
	go func() {
		events := 0
		for lines := bufio.NewScanner(reader); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "event: task.created") {
				events++
			}
		}
		read <- events
	}()
	if err := <-gw.letGo; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it ended with %v", err)
	}
	if gw.blocked == 0 {
		t.Error("the other stream was told nothing meanwhile")
	}
	_ = reader.Close()
	if n := <-read; n == 0 {
		t.Error("the other stream read nothing")
	}
	if err := errors.Join(web.Shutdown(t.Context()), <-served); err != nil {
		t.Error(err)
	}
	_ = stuck.Close() // its reader has never read
}
