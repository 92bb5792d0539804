// Package outbound is the one HTTP client that may go where a caller points: to pictures, webhooks and vendors.
//
// What may enter: how a request leaves this machine, and every limit on it. What may not: tasks, vendors' wire formats.
// replay, under it, records and replays exchanges for tests.
package outbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// Limits that no option changes.
const (
	maxRedirects       = 3
	maxURL             = 8 << 10
	maxResponseHeaders = 64 << 10
	dialTimeout        = 10 * time.Second
	defaultTimeout     = 30 * time.Second
	defaultRetry       = time.Second      // until a busy server is asked again that does not say when
	maxRetry           = 10 * time.Second // that is waited for it
	minPort            = 1024
	maxIdlePerHost     = 256 // connections to one host: as many as a vendor's polls use at once, where it speaks HTTP/1.1
)

// Options says what a Client may do. The zero value is right for a server on the open internet.
type Options struct {
	// Allow names networks that may be asked although they are private, on any port: for development and tests.
	Allow []netip.Prefix
	// Timeout is for all of a Get: names, redirects and body; and for the header of any answer. 0 = 30 seconds.
	Timeout time.Duration
	// Resolver looks names up; nil is the system's.
	Resolver *net.Resolver
	// UserAgent is what requests call themselves that say nothing themselves; "" = "Filmgate".
	UserAgent string
}

// Client asks servers that strangers name. An address is checked when it is dialled, after its name was looked up, so a
// name that changes its mind (DNS rebinding) gains nothing; so is each redirect. Only public addresses are dialled, on the
// ports 80, 443 and from 1024 up; proxies that the environment names are not used.
type Client struct {
	http    *http.Client
	timeout time.Duration
	agent   string
	wait    func(context.Context, time.Duration) error
}

// New makes a Client.
func New(o Options) *Client {
	c := &Client{timeout: o.Timeout, agent: o.UserAgent, wait: pause}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	if c.agent == "" {
		c.agent = "Filmgate"
	}
	dialer := &net.Dialer{
		Timeout:  dialTimeout,
		Resolver: o.Resolver,
		Control:  newGuard(o.Allow).control,
	}
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           1000,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  c.timeout,
		MaxResponseHeaderBytes: maxResponseHeaders,
	}
	c.http = &http.Client{Transport: checkedTransport{transport, c.agent}, CheckRedirect: checkRedirect}
	return c
}

// HTTP is the client for those who need more than Get: vendors' APIs, webhooks, streams. Addresses, redirects, URLs and
// the time until an answer's header are guarded as in Get; how long a body may take and how large it may be is its
// caller's business. Its errors wrap an *Error where this package refused something.
func (c *Client) HTTP() *http.Client { return c.http }

// Response is the answer to a Get.
type Response struct {
	Bytes []byte
	Type  string // media type that the server names, without parameters; "" where it names none
	URL   string // where it came from, after redirects
}

// Get reads what is at rawURL, at most limit bytes of it once unpacked. A server that is busy (429 or 503) is asked once more,
// after its Retry-After or a second, unless that would be more than ten seconds or half of the timeout. The error is an *Error, or ctx's own where its
// owner cancelled it.
func (c *Client) Get(ctx context.Context, rawURL string, limit int64) (Response, error) {
	var b bytes.Buffer
	res, err := c.Save(ctx, rawURL, limit, &b)
	if err != nil {
		return Response{}, err
	}
	res.Bytes = b.Bytes()
	return res, nil
}

// Save is Get for what is too large to be held: it writes to w, and Bytes of the Response is nil. Part of it may have been
// written where it returns an error, which may be w's.
func (c *Client) Save(ctx context.Context, rawURL string, limit int64, w io.Writer) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	res, err := c.get(ctx, rawURL)
	if wait, again := c.retryDelay(res); err == nil && again {
		_ = res.Body.Close()
		if err = c.wait(ctx, wait); err == nil {
			res, err = c.get(ctx, rawURL)
		}
	}
	if err != nil {
		return Response{}, toError(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return Response{}, &Error{Kind: ErrStatus, Status: res.StatusCode, Text: fmt.Sprintf("the server answered with status %d", res.StatusCode)}
	}
	if res.ContentLength > limit {
		return Response{}, tooLarge(limit)
	}
	to := &errorWriter{w: w}
	n, err := io.Copy(to, io.LimitReader(res.Body, limit+1))
	switch {
	case to.err != nil:
		return Response{}, to.err
	case err != nil:
		return Response{}, toError(ctx, err)
	case n > limit:
		return Response{}, tooLarge(limit)
	}
	mediaType, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		mediaType = ""
	}
	return Response{Type: mediaType, URL: res.Request.URL.String()}, nil
}

// get asks once.
func (c *Client) get(ctx context.Context, rawURL string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return nil, badURL("the URL can't be read")
	}
	return c.http.Do(req)
}

// retryDelay tells whether a server that is busy (429, 503) is asked again, and after how long: as Retry-After says it, in
// seconds or as a date, if that is soon enough to be waited for.
func (c *Client) retryDelay(res *http.Response) (time.Duration, bool) {
	if res == nil || res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	wait := defaultRetry
	if said := res.Header.Get("Retry-After"); said != "" {
		if n, err := strconv.Atoi(said); err == nil {
			wait = time.Duration(min(max(n, 0), int(time.Hour/time.Second))) * time.Second
		} else if at, err := http.ParseTime(said); err == nil {
			wait = max(0, time.Until(at))
		}
	}
	return wait, wait <= min(maxRetry, c.timeout/2)
}

// pause waits, but no longer than ctx.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errorWriter remembers a fault of the writer, which is none of the server's that is read from.
type errorWriter struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (k *errorWriter) Write(p []byte) (int, error) {
	n, err := k.w.Write(p)
	k.err = err
	return n, err
}

func tooLarge(limit int64) *Error {
	return &Error{Kind: ErrTooLarge, Text: fmt.Sprintf("the file is larger than %d bytes", limit)}
}

// checkedTransport refuses URLs before anything is looked up, redirects' too.
type checkedTransport struct {
	next  http.RoundTripper
	agent string
}

// RoundTrip implements http.RoundTripper.
func (c checkedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := checkURL(req.URL); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	if req.Header.Get("User-Agent") == "" {
		req = req.Clone(req.Context())
		req.Header.Set("User-Agent", c.agent)
	}
	return c.next.RoundTrip(req)
}

// checkURL refuses what no dial guard sees.
func checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return badURL("the URL must begin with http:// or https://")
	case u.Hostname() == "":
		return badURL("the URL names no host")
	case u.User != nil:
		return badURL("the URL must not hold a user name or password")
	case len(u.String()) > maxURL:
		return badURL("the URL is longer than %d characters", maxURL)
	}
	return nil
}

// checkRedirect follows few redirects, never from https to http, and takes along to another host only what names no
// caller: net/http by itself would drop Authorization, but not a vendor's own key header, and would tell where it came from.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return &Error{Kind: ErrRedirects, Text: fmt.Sprintf("more than %d redirects", maxRedirects)}
	}
	if err := checkURL(req.URL); err != nil {
		return err
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme == "http" {
		return badURL("a redirect leads from https to http")
	}
	req.Header.Del("Referer")
	if req.URL.Host != via[0].URL.Host {
		harmless := []string{"Accept", "Accept-Encoding", "Content-Type", "If-Range", "Range", "User-Agent"}
		for name := range req.Header {
			if !slices.Contains(harmless, name) {
				req.Header.Del(name)
			}
		}
	}
	return nil
}

// guard decides which addresses are dialled.
type guard struct {
	allow  []netip.Prefix
	public *ssrf.Guardian
}

func newGuard(allow []netip.Prefix) guard {
	return guard{allow, ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(cloudPrefixes()...))}
}

// cloudPrefixes are addresses that are public by their number and lead into the machine's own cloud. All others of the kind
// (169.254.169.254, 100.100.100.200, 192.0.0.192, fd00:ec2::254) are in networks that the guard refuses whole.
func cloudPrefixes() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")} // Azure's wire server (learn.microsoft.com, "What is IP address 168.63.129.16?")
}

// control implements net.Dialer.Control: it sees the very address that is connected to.
func (g guard) control(network, address string, raw syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return forbidden(err)
	}
	for _, p := range g.allow {
		if p.Contains(to.Addr().Unmap()) {
			return nil
		}
	}
	if err := g.public.Safe(network, address, raw); err != nil {
		return forbidden(err)
	}
	// Low ports belong to mail, shells and name servers: nothing that a URL should talk to.
	if port := to.Port(); port != 80 && port != 443 && port < minPort {
		return forbidden(errors.New("port " + fmt.Sprint(port)))
	}
	return nil
}

func forbidden(cause error) *Error {
	return &Error{Kind: ErrForbiddenAddress, Text: unreachableText, Detail: "the address is not allowed: " + cause.Error()}
}
