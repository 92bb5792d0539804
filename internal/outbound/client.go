// Package outbound holds the HTTP client for URLs that callers and operators choose: pictures, webhooks and vendors' APIs.
// [Client.Get] and [Client.Save] fetch a file; [Client.HTTP] is an *http.Client with the same checks.
//
// It holds how requests leave this machine and every limit on them. Tasks and vendors' wire formats do not belong here. The
// package replay below it records and replays HTTP exchanges for tests.
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
	maxURL             = 8 << 10  // bytes
	maxResponseHeaders = 64 << 10 // bytes
	dialTimeout        = 10 * time.Second
	defaultTimeout     = 30 * time.Second
	defaultRetry       = time.Second      // delay before the second request if a busy server does not name one
	maxRetry           = 10 * time.Second // longest delay before the second request
	minPort            = 1024
	maxIdlePerHost     = 256 // idle connections to one host: enough for a vendor's concurrent polls over HTTP/1.1
)

// Options configures a Client. The zero value is right for a server on the internet.
type Options struct {
	// Allow lists private networks to which requests may go, on any port. It is meant for development and tests.
	Allow []netip.Prefix
	// Timeout limits a whole Get or Save with look-ups, redirects and body, and the time until the header of any response.
	// 0 = 30 seconds.
	Timeout time.Duration
	// Resolver looks up names; nil = the system's resolver.
	Resolver *net.Resolver
	// UserAgent is the User-Agent of requests that set none; "" = "Filmgate".
	UserAgent string
}

// Client sends requests to servers that untrusted callers name. It dials only public addresses, on the ports 80, 443 and 1024
// and above. It checks an address when it dials it, after the look-up of the name, so DNS rebinding does not help an attacker;
// it checks each redirect in the same way. It does not use the proxies of the environment. Its methods may be called from
// many goroutines at once.
type Client struct {
	http    *http.Client
	timeout time.Duration
	agent   string
	wait    func(context.Context, time.Duration) error
}

// New returns a Client.
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

// HTTP returns an *http.Client for requests that need more than Get: vendors' APIs, webhooks, streams. Addresses, redirects,
// URLs and the time until the response's header are checked as in Get. The caller must limit the size of the body and the time
// to read it. If this package refuses a request, the error wraps an *Error.
func (c *Client) HTTP() *http.Client { return c.http }

// Response is the result of Get or Save.
type Response struct {
	Bytes []byte // the body; nil for Save
	Type  string // media type in Content-Type, without parameters; "" if there is none
	URL   string // where the body came from, after redirects
}

// Get returns the body at rawURL if it has at most limit bytes after decompression. If the server is busy (429 or 503) it
// asks once more after Retry-After, or after a second if there is none, unless that is more than ten seconds or half of the
// timeout. The error is an *Error, or context.Canceled if ctx was cancelled.
func (c *Client) Get(ctx context.Context, rawURL string, limit int64) (Response, error) {
	var b bytes.Buffer
	res, err := c.Save(ctx, rawURL, limit, &b)
	if err != nil {
		return Response{}, err
	}
	res.Bytes = b.Bytes()
	return res, nil
}

// Save is like Get for bodies that are too large for memory: it writes the body to w. It also returns errors of w. If it
// returns an error, part of the body may have been written.
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

// get sends one GET request.
func (c *Client) get(ctx context.Context, rawURL string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return nil, badURL("the URL can't be read")
	}
	return c.http.Do(req)
}

// retryDelay returns how long to wait before a busy server (429 or 503) is asked again: its Retry-After, in seconds or as a
// date, or defaultRetry. ok is false if the response is another one or the delay too long.
func (c *Client) retryDelay(res *http.Response) (wait time.Duration, ok bool) {
	if res == nil || res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	wait = defaultRetry
	if value := res.Header.Get("Retry-After"); value != "" {
		if n, err := strconv.Atoi(value); err == nil {
			wait = time.Duration(min(max(n, 0), int(time.Hour/time.Second))) * time.Second
		} else if at, err := http.ParseTime(value); err == nil {
			wait = max(0, time.Until(at))
		}
	}
	return wait, wait <= min(maxRetry, c.timeout/2)
}

// pause waits for d, or returns ctx's error if ctx ends before.
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

// errorWriter remembers the writer's error, to tell it from errors of the server.
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

// checkedTransport checks the URL of each request, also after redirects, before its name is looked up.
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

// checkURL refuses URLs that guard, which sees only addresses, cannot refuse.
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

// checkRedirect allows at most maxRedirects, and none from https to http. To another host it keeps only headers that hold no
// secret: net/http by itself removes Authorization, but not a vendor's own key header, and adds Referer.
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

// guard decides which addresses may be dialled.
type guard struct {
	allow  []netip.Prefix
	public *ssrf.Guardian
}

func newGuard(allow []netip.Prefix) guard {
	return guard{allow, ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(cloudPrefixes()...))}
}

// cloudPrefixes returns addresses in public networks that reach services of the cloud in which this machine runs. The other
// addresses of that kind (169.254.169.254, 100.100.100.200, 192.0.0.192, fd00:ec2::254) are in networks that guard refuses.
func cloudPrefixes() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")} // Azure's wire server (learn.microsoft.com, "What is IP address 168.63.129.16?")
}

// control is the net.Dialer.Control: it checks the very address to which the socket connects.
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
	// Other low ports belong to mail, shells and name servers, to which no URL should lead.
	if port := to.Port(); port != 80 && port != 443 && port < minPort {
		return forbidden(errors.New("port " + fmt.Sprint(port)))
	}
	return nil
}

func forbidden(cause error) *Error {
	return &Error{Kind: ErrForbiddenAddress, Text: unreachableText, Detail: "the address is not allowed: " + cause.Error()}
}
