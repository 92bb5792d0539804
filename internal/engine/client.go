package engine

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/outbound"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	callTimeout   = time.Minute
	responseLimit = 1 << 20 // bytes
	videoLimit    = 2 << 30 // bytes
)

// Client speaks HTTP with one vendor, for one key: it signs calls, sends and reads JSON, classifies errors, and opens
// results, so that a new engine is little more than wire types and tables. It may be used by many goroutines at once.
// Engines hold it by pointer, so that printing an engine prints no key.
type Client struct {
	HTTP *http.Client // reaches the API and the results; in a server the one of package outbound
	Base string       // "https://api.example.com/v1"; the paths of calls are appended to it
	// Sign sets the headers that authenticate a request. It is called only for requests to Base's own host, so that no key
	// is sent to a host that an answer names. nil = the vendor needs none.
	Sign func(*http.Request) error
	// Renew is called after a 401 with the request that got it. It forgets that request's credentials, and reports whether
	// Sign has others now, with which the call is made once more. nil = the credentials do not change.
	Renew func(refused *http.Request) bool
	// Fail classifies an answer that is no success by the vendor's own codes. nil, and a nil result, mean the classes of
	// Client.Do. It need not read Retry-After or hide keys.
	Fail    func(status int, body []byte, h http.Header) *Error
	Secrets []string         // replaced by *** in every error
	Now     func() time.Time // reads dates in Retry-After; nil = time.Now
	Timeout time.Duration    // of one call; a download may take longer, but not go this long without a byte; 0 = a minute
	Limit   int64            // bytes of the largest video; 0 = 2 GiB
}

// Call is one request to a vendor's API.
type Call struct {
	Method string
	Path   string      // appended to Base; a whole URL is used unchanged, and signed only on Base's host
	Header http.Header // added to what Sign sets
	In     any         // sent as JSON; nil = Body
	Body   []byte      // sent unchanged
	Type   string      // media type of Body
	Out    any         // the answer's JSON is decoded into it; nil = the answer's body is ignored
	Limit  int64       // bytes of the largest answer; 0 = 1 MiB
}

// Bearer returns a Sign for vendors that take the key as bearer token.
func Bearer(key string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+key)
		return nil
	}
}

// Do makes the call and returns the answer's headers. Any 2xx is a success. Unless Fail says otherwise, 429, 529 and a 503
// with Retry-After are Overloaded; 401, 402 and 403 are AuthError; 404 and 410 are NotFound; 404, 405 and 410 to a POST, and a
// refusal whose text is about the model, are ModelError; 408, other 5xx and network errors are Unreachable; other 4xx are
// Refused. Redirects are not followed, since they could take a
// key along: a redirect, and a success that is not one whole JSON value, are InvalidResponse, and the error quotes the
// beginning of the answer.
func (c *Client) Do(ctx context.Context, call Call) (http.Header, error) {
	limited, stop := context.WithTimeout(ctx, cmp.Or(c.Timeout, callTimeout))
	defer stop()
	resp, seen, err := c.send(ctx, limited, call, func(http.Header) redirectRule {
		return func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	})
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	limit := cmp.Or(call.Limit, responseLimit)
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil && resp.StatusCode < 300 {
		return resp.Header, c.unreachable(ctx, call.Method, seen, err)
	}
	if resp.StatusCode >= 300 {
		return resp.Header, c.responseError(call.Method, resp, body, seen)
	}
	if call.Out == nil {
		return resp.Header, nil
	}
	if problem := decodeJSON(resp, body, limit, call.Out); problem != "" {
		e := invalidResponse(task.VendorUnavailable, resp, seen.maskBytes(body), problem)
		e.Unconfirmed, e.JobOnly = mayCreate(call.Method), json.Valid(body) // if it is JSON, the vendor works and only this answer is odd
		return resp.Header, seen.maskError(e)
	}
	return resp.Header, nil
}

// redirectRule is what http.Client.CheckRedirect takes.
type redirectRule = func(*http.Request, []*http.Request) error

// send makes a call within the context limited, which belongs to ctx, and returns the answer, whatever its status, and what must
// not be shown of the request. After a 401 it makes the call once more if there are other credentials: nothing was done by the first.
// redirects returns the rule for a request with these headers.
func (c *Client) send(ctx, limited context.Context, call Call, redirects func(signed http.Header) redirectRule) (*http.Response, secrets, error) {
	hc := *c.HTTP
	for renewed := false; ; renewed = true {
		r, seen, err := c.request(limited, call)
		if err != nil {
			return nil, seen, err
		}
		hc.CheckRedirect = redirects(r.Header)
		resp, err := hc.Do(r)
		if err != nil {
			return nil, seen, c.unreachable(ctx, call.Method, seen, err)
		}
		if renewed || resp.StatusCode != http.StatusUnauthorized || c.Renew == nil || !c.Renew(r) {
			return resp, seen, nil
		}
		_ = resp.Body.Close()
	}
}

// request builds the signed request, and returns what must not be shown of it.
func (c *Client) request(ctx context.Context, call Call) (*http.Request, secrets, error) {
	body, kind := call.Body, call.Type
	if call.In != nil {
		b, err := json.Marshal(call.In)
		if err != nil {
			return nil, nil, &Error{Class: Refused, Reason: task.Internal, Err: fmt.Errorf("encode the request: %w", err)}
		}
		body, kind = b, "application/json"
	}
	r, err := http.NewRequestWithContext(ctx, call.Method, c.resolve(call.Path), bytes.NewReader(body))
	if err != nil {
		return nil, nil, secrets(c.Secrets).maskError(&Error{Class: InvalidResponse, Reason: task.Internal, Err: err})
	}
	for k, v := range call.Header {
		r.Header[k] = v
	}
	if mayCreate(call.Method) && r.Header.Get("Idempotency-Key") != "" {
		// With a body to read again, net/http would by itself repeat such a request when its connection is lost. All that we saw would be
		// the answer to the last try, "not reachable" for example, while the vendor may have a job from the first.
		r.GetBody = nil
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if call.Out != nil {
		r.Header.Set("Accept", "application/json")
	}
	seen, err := c.sign(r)
	return r, seen, err
}

// resolve returns the URL of a call's path.
func (c *Client) resolve(path string) string {
	if strings.HasPrefix(path, "http://") || strings.HasPrefix(path, "https://") {
		return path
	}
	return strings.TrimSuffix(c.Base, "/") + path
}

// sign signs a request to the vendor's own host, and returns all that must not be shown of it.
func (c *Client) sign(r *http.Request) (secrets, error) {
	seen := secrets(c.Secrets)
	if c.Sign == nil || !c.isVendorHost(r.URL) {
		return seen, nil
	}
	before := r.Header.Clone()
	if err := c.Sign(r); err != nil {
		return seen, seen.maskError(&Error{Class: AuthError, Reason: task.VendorRefused, Err: fmt.Errorf("sign the request: %w", err)})
	}
	seen = append(secrets{}, seen...)
	for name := range r.Header {
		if _, ok := before[name]; !ok && isCredentialHeader(name) {
			value := r.Header.Get(name)
			_, token, _ := strings.Cut(value, " ")
			seen = append(seen, value, token)
		}
	}
	return seen, nil
}

// isVendorHost reports whether a URL is on the vendor's own host.
func (c *Client) isVendorHost(u *url.URL) bool {
	base, err := url.Parse(c.Base)
	return err == nil && base.Host == u.Host && base.Scheme == u.Scheme
}

// isCredentialHeader reports whether a header of this name authenticates a request.
func isCredentialHeader(name string) bool {
	low := strings.ToLower(name)
	for _, part := range []string{"authorization", "key", "token", "secret", "cookie"} {
		if strings.Contains(low, part) {
			return true
		}
	}
	return false
}

// unreachable returns the error for a call without an answer: the context's error if that has ended.
func (c *Client) unreachable(ctx context.Context, method string, seen secrets, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // the URL may be signed
	}
	var dial *net.OpError
	var certificate *tls.CertificateVerificationError
	var refused *outbound.Error // by package outbound, before anything was sent
	unsent := errors.As(err, &dial) && dial.Op == "dial" || errors.As(err, &certificate) || errors.As(err, &refused)
	return seen.maskError(&Error{Class: Unreachable, Reason: task.VendorUnavailable, Err: err, Unconfirmed: mayCreate(method) && !unsent})
}

// mayCreate reports whether a call of this method may have created something at the vendor.
func mayCreate(method string) bool { return method != http.MethodGet && method != http.MethodHead }

// secrets are texts that no error may show.
type secrets []string

// maskError replaces the secrets in all texts of e.
func (s secrets) maskError(e *Error) *Error {
	e.Detail, e.Text, e.Said = s.mask(e.Detail), s.mask(e.Text), s.mask(e.Said)
	if e.Err != nil {
		if text := e.Err.Error(); s.mask(text) != text {
			e.Err = errors.New(s.mask(text))
		}
	}
	return e
}

func (s secrets) mask(text string) string {
	for _, secret := range s {
		if len(secret) < 4 {
			continue // too short to be a key: it would hide ordinary words
		}
		text = strings.ReplaceAll(text, secret, "***")
		text = strings.ReplaceAll(text, url.QueryEscape(secret), "***")
	}
	return text
}

// maskBytes returns a body without the secrets. It comes before a quote is cut, since half a secret would not be recognised.
func (s secrets) maskBytes(body []byte) []byte { return []byte(s.mask(string(body))) }
