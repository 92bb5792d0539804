package main

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

	"github.com/filmgate/filmgate/internal/config"
)

const (
	callTime    = 30 * time.Second // one call, a picture's upload included
	answerLimit = 16 << 20         // bytes of an answer that are read
)

// client calls a running server.
type client struct {
	base string // "http://host", no trailing slash
	key  apikey.Secret
	http *http.Client
}

func (p program) client(s config.Settings) client { return client{s.Server, s.APIKey, p.http} }

// call sends in as JSON (nil sends no body) and returns the answer's body. An error is an *unreachableError, a *refusedError
// or, where the user broke off, errInterrupted.
func (c client) call(user context.Context, method, path string, in any) ([]byte, error) {
	ctx, cancel := context.WithTimeout(user, callTime)
	defer cancel()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+string(c.key))
	}
	res, err := c.http.Do(req)
	var answer []byte
	if err == nil {
		defer res.Body.Close()
		answer, err = io.ReadAll(io.LimitReader(res.Body, answerLimit))
	}
	switch {
	case user.Err() != nil:
		return nil, errInterrupted
	case err != nil:
		return nil, &unreachableError{c.base, err}
	}
	if res.StatusCode/100 != 2 {
		return nil, asRefused(res, answer)
	}
	return answer, nil
}

// decode reads an answer of the server's.
func decode(answer []byte, into any) error {
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("the server's answer can't be read, is it a filmgate? %w", err)
	}
	return nil
}

// unreachableError is a call that got no answer.
type unreachableError struct {
	base string
	err  error
}

func (e *unreachableError) Error() string {
	cause := e.err
	if u := (*url.Error)(nil); errors.As(cause, &u) {
		cause = u.Err
	}
	return fmt.Sprintf("cannot reach the server at %s (%v). Start one with `filmgate serve`, or name another with FILMGATE_URL or --url", e.base, cause)
}

func (e *unreachableError) Unwrap() error { return e.err }

// refusedError is an answer that refuses the call.
type refusedError struct{ problem.Document }

// asRefused reads a refusal. If the body is no problem document, as from a proxy in between, the status is its title.
func asRefused(res *http.Response, body []byte) *refusedError {
	d, ok := problem.Read(res.StatusCode, body)
	if !ok {
		d.Title = "the server answered " + res.Status
	}
	return &refusedError{d}
}

// Error returns the title and detail, then a line for every field with an error.
func (p *refusedError) Error() string {
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

// passing reports whether the same call may succeed a little later.
func passing(err error) bool {
	if p := (*refusedError)(nil); errors.As(err, &p) {
		return p.Status == http.StatusTooManyRequests || p.Status >= http.StatusInternalServerError
	}
	return errors.As(err, new(*unreachableError))
}
