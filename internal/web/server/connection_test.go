package server

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestSlowBodyIsCutOff(t *testing.T) {
	result := make(chan error, 1)
	_, url, _ := start(t, Options{Stall: 50 * time.Millisecond, Routes: []Route{handle("POST /", func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		result <- err
	})}})
	send(t, url, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhalf")
	if err := <-result; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// deadlines is a ResponseWriter that records the read deadlines of its connection.
type deadlines struct {
	discard
	set []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}

func TestEndOfTheBodyRemovesItsDeadline(t *testing.T) {
	w := &deadlines{discard: discard{http.Header{}}}
	s, err := New(Options{Log: slog.New(slog.DiscardHandler), Random: rand.Reader, Routes: []Route{handle("POST /", func(_ http.ResponseWriter, r *http.Request) {
		if len(w.set) != 1 || w.set[0].IsZero() {
			t.Errorf("before the body: %v", w.set)
		}
		_, _ = io.ReadAll(r.Body)
		if n := len(w.set); n < 3 || w.set[n-2].IsZero() || !w.set[n-1].IsZero() {
			t.Errorf("after the body: %v", w.set)
		}
	})}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", io.MultiReader(strings.NewReader("body")))
	if err != nil {
		t.Fatal(err)
	}
	s.ServeHTTP(w, r)
	if n := len(w.set); n == 0 || !w.set[n-1].IsZero() {
		t.Errorf("the deadline is set again: %v", w.set)
	}
}

func TestExpectContinueIsRefusedAtOnce(t *testing.T) {
	_, url, _ := start(t, Options{Routes: []Route{handle("POST /", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	})}})
	c := send(t, url, "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 104857600\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode != 413 || !resp.Close {
		t.Errorf("%+v, %v", resp, err)
	}
	_ = resp.Body.Close()
}

func TestClientsThatAreStillSendingGetTheAnswer(t *testing.T) {
	_, url, _ := start(t, Options{Routes: []Route{handle("POST /", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("read") {
			_, _ = io.ReadAll(http.MaxBytesReader(w, r.Body, 1000))
		}
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	})}})
	for name, head := range map[string]string{
		"unread":       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n",
		"read in part": "POST /?read HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := io.WriteString(c, head); err != nil {
				t.Fatal(err)
			}
			block := make([]byte, 1<<20)
			for range 100 {
				if _, err := c.Write(block); err != nil {
					t.Fatal(err)
				}
			}
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || resp.StatusCode != 413 {
				t.Fatalf("%+v, %v", resp, err)
			}
			_ = resp.Body.Close()
		})
	}
}

func TestShutdownWaitsForRequests(t *testing.T) {
	for _, hasTime := range []bool{true, false} {
		t.Run(fmt.Sprintf("with time %v", hasTime), func(t *testing.T) {
			inside, release := make(chan struct{}), make(chan struct{})
			s, url, _ := start(t, Options{Routes: []Route{handle("GET /", func(w http.ResponseWriter, r *http.Request) {
				close(inside)
				select {
				case <-release:
				case <-r.Context().Done():
				}
				_, _ = io.WriteString(w, "done")
			})}})
			answered := make(chan error, 1)
			go func() {
				resp, err := http.Get(url)
				if err == nil {
					_, err = io.ReadAll(resp.Body)
					_ = resp.Body.Close()
				}
				answered <- err
			}()
			<-inside
			ctx, cancel := context.WithCancel(context.Background())
			if hasTime {
				stopped := make(chan error, 1)
				go func() { stopped <- s.Shutdown(ctx) }()
				close(release)
				if err := <-answered; err != nil {
					t.Error(err)
				}
				if err := <-stopped; err != nil {
					t.Error(err)
				}
			} else {
				cancel()
				if err := s.Shutdown(ctx); !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				if err := <-answered; err == nil {
					t.Error("the request succeeded after the shutdown")
				}
			}
			cancel()
		})
	}
}

func TestSlowHeadersAreCutOff(t *testing.T) {
	s, err := New(Options{Log: slog.New(slog.DiscardHandler), Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	if s.http.ReadHeaderTimeout != 10*time.Second {
		t.Errorf("headers have %v", s.http.ReadHeaderTimeout)
	}
	s.http.ReadHeaderTimeout = 50 * time.Millisecond
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Endless: a"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(c); err != nil { // until the server closes it
		t.Error(err)
	}
	if err := errors.Join(s.Shutdown(t.Context()), <-served); err != nil {
		t.Error(err)
	}
}
