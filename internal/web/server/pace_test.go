package server

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDeadlineOfABody(t *testing.T) {
	p := readPace{stall: 30 * time.Second, grace: 30 * time.Second, rate: 4096}
	begun := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		after time.Duration // since the first read
		bytes int64
		left  time.Duration // for the next byte
	}{
		{"at the first read", 0, 0, 30 * time.Second},
		{"no byte for a while", 20 * time.Second, 0, 10 * time.Second},
		{"a byte a second", 29 * time.Second, 29, time.Second + 29*time.Second/4096},
		{"slow but steady", 10 * time.Minute, 5 << 20, 30 * time.Second},
		{"fast at first, then nothing", time.Second, 60 << 20, 30 * time.Second},
		{"too slow for ten minutes", 10 * time.Minute, 1 << 20, -314 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := begun.Add(c.after)
			if left := p.deadline(begun, now, c.bytes).Sub(now); left.Truncate(time.Second) != c.left.Truncate(time.Second) {
				t.Errorf("%v are left, want %v", left, c.left)
			}
		})
	}
}

// slowConn is a connection with a clock. Each write of a part advances the clock by a second.
type slowConn struct {
	net.Conn
	now       time.Time
	deadlines []time.Time
	parts     []int
	got       bytes.Buffer
}

func (s *slowConn) SetWriteDeadline(t time.Time) error {
	s.deadlines = append(s.deadlines, t)
	return nil
}

func (s *slowConn) Write(p []byte) (int, error) {
	s.now = s.now.Add(time.Second)
	s.parts = append(s.parts, len(p))
	return s.got.Write(p)
}

func TestEachPartHasItsOwnDeadline(t *testing.T) {
	whole := bytes.Repeat([]byte("0123456789abcdef"), 100<<10/16*5) // four parts, the last one short
	file := filepath.Join(t.TempDir(), "v.mp4")
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	for name, send := range map[string]func(*conn) (int64, error){
		"written": func(c *conn) (int64, error) { n, err := c.Write(whole); return int64(n), err },
		"copied from a part of a file": func(c *conn) (int64, error) {
			return c.ReadFrom(&io.LimitedReader{R: opened, N: int64(len(whole))})
		},
		"copied from anything": func(c *conn) (int64, error) { return c.ReadFrom(io.MultiReader(bytes.NewReader(whole))) },
	} {
		t.Run(name, func(t *testing.T) {
			s := &slowConn{now: time.Unix(0, 0)}
			n, err := send(&conn{Conn: s, stall: 30 * time.Second, now: func() time.Time { return s.now }})
			if err != nil || n != int64(len(whole)) || !bytes.Equal(s.got.Bytes(), whole) {
				t.Fatalf("%d bytes, %v", n, err)
			}
			if first, last := s.deadlines[0], s.deadlines[len(s.deadlines)-1]; !first.Equal(time.Unix(30, 0)) || last.Sub(first) < 3*time.Second || len(s.deadlines) < 4 {
				t.Errorf("deadlines %v for parts %v", s.deadlines, s.parts)
			}
		})
	}
}

func TestClientsThatNeverReadAreCutOff(t *testing.T) {
	const readers = 300
	file := filepath.Join(t.TempDir(), "v.mp4")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, 64<<20); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 2*readers)
	whole := make([]byte, 16<<20)
	_, url, _ := start(t, Options{Stall: 100 * time.Millisecond, Routes: []Route{
		handle("GET /file", func(w http.ResponseWriter, r *http.Request) {
			http.ServeFile(w, r, file)
			ended <- nil
		}),
		handle("GET /bytes", func(w http.ResponseWriter, _ *http.Request) {
			_, err := w.Write(whole)
			ended <- err
		}),
	}})
	for n := range readers {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: x\r\n\r\n", []string{"file", "bytes"}[n%2]); err != nil {
			t.Fatal(err)
		}
	}
	for range readers {
		if err := <-ended; err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
	}
}

func TestRefusalDoesNotWaitForTheBody(t *testing.T) {
	_, url, _ := start(t, Options{Stall: 100 * time.Millisecond, Routes: []Route{handle("POST /", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "wrong key", http.StatusUnauthorized)
	})}})
	for name, head := range map[string]string{
		"of a small length": "Content-Length: 100\r\n\r\n{",
		"of a large length": "Content-Length: 100000000\r\n\r\n{",
		"in chunks":         "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\n"+head); err != nil {
				t.Fatal(err)
			}
			from := bufio.NewReader(c)
			resp, err := http.ReadResponse(from, nil) // nothing more is sent
			if err != nil || resp.StatusCode != http.StatusUnauthorized || !resp.Close {
				t.Fatalf("%+v, %v", resp, err)
			}
			_ = resp.Body.Close()
			if _, err := from.ReadByte(); !errors.Is(err, io.EOF) {
				t.Errorf("the connection stays open: %v", err)
			}
		})
	}
}

func TestRefusalWithoutABodyKeepsTheConnection(t *testing.T) {
	_, url, _ := start(t, Options{Routes: []Route{handle("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusUnauthorized)
	})}})
	text := "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	if got := fmt.Sprint(sendText(t, url, text)); got != "[401 401 401]" {
		t.Error(got)
	}
}
