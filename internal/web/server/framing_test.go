package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// send sends a text on a new connection, which is closed when the test ends.
func send(t *testing.T, url, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

// sendText sends a text on a new connection, and returns the statuses of all answers until the server closes it.
func sendText(t *testing.T, url, text string) (statuses []int) {
	t.Helper()
	c := send(t, url, text)
	defer c.Close()
	for from := bufio.NewReader(c); ; {
		resp, err := http.ReadResponse(from, nil)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return statuses
		}
		if err != nil {
			t.Fatalf("after %v: %v", statuses, err)
		}
		statuses = append(statuses, resp.StatusCode)
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAmbiguousFramingIsRefused(t *testing.T) {
	var handled atomic.Int32
	_, url, _ := start(t, Options{Routes: []Route{handle("/", func(w http.ResponseWriter, r *http.Request) {
		handled.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
	})}})
	const (
		post    = "POST / HTTP/1.1\r\nHost: x\r\n"
		chunks  = "0\r\n\r\n"
		smuggle = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
		good    = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
		last    = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	)
	for _, c := range []struct {
		name, text string
		want       string // statuses
		handled    int32
	}{
		{"a length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + smuggle, "[400]", 0},
		{"chunks and a length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + chunks + smuggle, "[400]", 0},
		{"in mixed case", post + "content-LENGTH: 5\r\ntRANSFER-encoding: Chunked\r\n\r\n" + chunks, "[400]", 0},
		{"a zero length and chunks", post + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, "[400]", 0},
		{"with bare line ends", "POST / HTTP/1.1\nHost: x\nContent-Length: 5\nTransfer-Encoding: chunked\n\n" + chunks, "[400]", 0},
		{"far from each other", post + "Content-Length: 5\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 500)+"\r\n", 20) + "Transfer-Encoding: chunked\r\n\r\n" + chunks, "[400]", 0},
		{"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", "[400]", 0},
		{"the same length twice", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "[400]", 0},
		{"two lengths in one", post + "Content-Length: 3, 3\r\n\r\nabc", "[400]", 0},
		{"a length with a sign", post + "Content-Length: +3\r\n\r\nabc", "[400]", 0},
		{"a length without a value", post + "Content-Length:\r\n\r\nabc", "[400]", 0},
		{"a length that is very long", post + "Content-Length: " + strings.Repeat("0", 200) + "3\r\n\r\nabc", "[400]", 0},
		{"chunks twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, "[501]", 0},
		{"chunks and something else", post + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunks, "[501]", 0},
		{"another coding and a length", post + "Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\nabc", "[501]", 0},
		{"a space before the colon", post + "Transfer-Encoding : chunked\r\nContent-Length: 3\r\n\r\nabc", "[400]", 0},
		{"a folded line", post + "Transfer-Encoding:\r\n chunked\r\nContent-Length: 3\r\n\r\nabc", "[400]", 0},
		{"a length in a folded line", post + "X-A: b\r\n Content-Length: 3\r\n\r\nabc", "[400]", 0},
		{"a tab before the value", post + "Transfer-Encoding:\tchunked\r\nContent-Length: 3\r\n\r\nabc", "[400]", 0},
		{"a vertical tab before the value", post + "Transfer-Encoding: \x0bchunked\r\nContent-Length: 3\r\n\r\nabc", "[400]", 0},
		{"a bare return in a line", post + "X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", "[400]", 0},
		{"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, "[400]", 0},
		{"after a valid request", good + post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, "[200 400]", 1},
		{"after OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n" + post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, "[400]", 0},

		{"only a length", good + last, "[200 200]", 2},
		{"only chunks, which end the connection", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + chunks + last, "[200]", 1},
		{"many at once", strings.Repeat(good, 50) + last, "[" + strings.Repeat("200 ", 50) + "200]", 51},
		{"a body that looks like a request", strings.Replace(good, "3\r\n\r\nabc", fmt.Sprintf("%d\r\n\r\n%s", len(post)+40, (post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)[:len(post)+40]), 1) + last,
			"[200 200]", 2},
		{"empty lines between", good + "\r\n\r\n" + last, "[200 200]", 2},
		{"a path with a colon", "GET /a:b?Content-Length:5 HTTP/1.1\r\nHost: x\r\n\r\n" + last, "[200 200]", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			handled.Store(0)
			if got := fmt.Sprint(sendText(t, url, c.text)); got != c.want || handled.Load() != c.handled {
				t.Errorf("%s and %d were handled, want %s and %d", got, handled.Load(), c.want, c.handled)
			}
		})
	}
}

func TestFramingErrorIsAProblemDocument(t *testing.T) {
	_, url, _ := start(t, Options{Routes: []Route{echo}})
	c := send(t, url, "GET /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || !resp.Close || resp.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(string(body), "one Content-Length or Transfer-Encoding") {
		t.Errorf("%v %s, %v", resp.Header, body, err)
	}
}

// FuzzFraming checks that framing and net/http find the same framing for each request that is not refused, whatever the size
// of the parts in which it arrives.
func FuzzFraming(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST / HTTP/1.1\nHost: x\nX: a\n Content-Length: 3\nContent-Length : 3\n\nabc",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	} {
		f.Add(seed, uint8(7))
	}
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		var ours framing
		for rest := text; rest != ""; {
			n := min(len(rest), int(size)+1)
			ours.feed([]byte(rest[:n]))
			rest = rest[n:]
		}
		from := bufio.NewReader(strings.NewReader(text))
		for {
			r, err := http.ReadRequest(from)
			if err != nil {
				return
			}
			h := ours.next()
			if h.ambiguous(r) {
				return // refused, and the connection ends
			}
			if chunked := len(r.TransferEncoding) > 0; chunked != (h.codings == 1) || r.ContentLength > 0 && h.lengths != 1 || h.lengths+h.codings > 1 {
				t.Fatalf("%q: we see %+v, net/http %v and %d", text, h, r.TransferEncoding, r.ContentLength)
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil || h.codings > 0 {
				return
			}
		}
	})
}
