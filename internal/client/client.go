// Package client calls a running server's API for the commands of filmgate.
//
// What may enter: requests, what is read of answers, and when to ask again. What may not: what people see at a terminal.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/problem"
)

const (
	callTimeout = 30 * time.Second // one call, and a second more for each
	callRate    = 128 << 10        // bytes of what is sent
	bodyLimit   = 48 << 20         // bytes that the server reads of a create
	answerLimit = 16 << 20         // bytes of an answer that are read
)

// Client calls a running server.
type Client struct {
	Base string        // "http://host", no trailing slash
	Key  apikey.Secret // "" = none is sent
	HTTP *http.Client
}

// ErrInterrupted is returned if the caller's context ends during a call.
var ErrInterrupted = errors.New("interrupted")

// Call sends in as JSON (nil sends no body) and returns the answer's body. The error is an [UnreachableError], a
// [RefusedError] or [ErrInterrupted].
func (c Client) Call(ctx context.Context, method, path string, in any) ([]byte, error) {
	return c.call(ctx, method, path, in, http.Header{})
}

// errTooLarge is returned before the call, since a server that stops reading can't say why.
var errTooLarge = fmt.Errorf("the files are larger than a call may be, %d MiB in Base64: send them with POST /api/v1/datasets, one by one, and name the URLs that it answers", bodyLimit>>20)

// call is Call with headers of its own, to which it adds.
func (c Client) call(user context.Context, method, path string, in any, header http.Header) ([]byte, error) {
	var body io.Reader
	timeout := callTimeout
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		if len(b) > bodyLimit {
			return nil, errTooLarge
		}
		body = bytes.NewReader(b)
		timeout += time.Duration(len(b)/callRate) * time.Second
	}
	ctx, cancel := context.WithTimeout(user, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return nil, err
	}
	req.Header = header
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+string(c.Key))
	}
	res, err := c.HTTP.Do(req)
	var answer []byte
	if err == nil {
		defer res.Body.Close()
		answer, err = io.ReadAll(io.LimitReader(res.Body, answerLimit))
	}
	switch {
	case user.Err() != nil:
		return nil, ErrInterrupted
	case err != nil:
		return nil, &UnreachableError{c.Base, err}
	}
	if res.StatusCode/100 != 2 {
		return nil, asRefused(res, answer)
	}
	return answer, nil
}

// idempotency returns the headers of a call that a repeat with the same key does not carry out again; "" = no key.
func idempotency(key string) http.Header {
	header := http.Header{}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	return header
}

// Decode reads an answer of the server.
func Decode(answer []byte, into any) error {
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("the server's answer can't be read, is it a filmgate? %w", err)
	}
	return nil
}

// UnreachableError reports a call that got no answer.
type UnreachableError struct {
	base string
	err  error
}

// Error says which server, and how to start one.
func (e *UnreachableError) Error() string {
	cause := e.err
	if u := (*url.Error)(nil); errors.As(cause, &u) {
		cause = u.Err
	}
	return fmt.Sprintf("cannot reach the server at %s (%v). Start one with `filmgate serve`, or name another with FILMGATE_URL or --url", e.base, cause)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.err }

// RefusedError is an answer that refuses the call.
type RefusedError struct{ problem.Document }

// asRefused reads a refusal. If the body is no problem document, as from a proxy in between, the status is its title.
func asRefused(res *http.Response, body []byte) *RefusedError {
	d, ok := problem.Read(res.StatusCode, body)
	if !ok {
		d.Title = "the server answered " + res.Status
	}
	return &RefusedError{d}
}

// Error returns the title and detail, then a line for every field with an error.
func (p *RefusedError) Error() string {
	var b strings.Builder
	b.WriteString(p.Title)
	if p.Detail != "" && p.Detail != p.Title {
		b.WriteString(": " + p.Detail)
	}
	for _, e := range p.Errors {
		field := strings.TrimPrefix(strings.TrimPrefix(e.Pointer, "#"), "/")
		if field == "" {
			field = "body"
		}
		fmt.Fprintf(&b, "\n  %s: %s", field, e.Detail)
	}
	if p.Status == http.StatusUnauthorized {
		b.WriteString("\n  set FILMGATE_API_KEY (or --api-key) to the key that the server printed on its first start, or to one of `filmgate key create`")
	}
	if p.Status >= http.StatusInternalServerError && p.RequestID != "" {
		b.WriteString("\n  request id for the server's log: " + p.RequestID)
	}
	return b.String()
}

// temporary reports whether the same call may succeed a little later.
func temporary(err error) bool {
	if p := (*RefusedError)(nil); errors.As(err, &p) {
		return p.Status == http.StatusTooManyRequests || p.Status >= http.StatusInternalServerError
	}
	return errors.As(err, new(*UnreachableError))
}

// Alive reports whether a server answers.
func (c Client) Alive(ctx context.Context) bool {
	_, err := c.Call(ctx, http.MethodGet, "/healthz", nil)
	return err == nil
}
