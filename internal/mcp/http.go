package mcp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/client"
)

// maxBody is how many bytes of a request are read: a prompt, and pictures as data URIs.
const maxBody = 48 << 20

// HandlerOptions are what Handler needs.
type HandlerOptions struct {
	Routes  http.Handler               // the API's routes, which answer the tools' calls
	Key     func(*http.Request) string // the key of a request
	Version string
	Now     func() time.Time
}

// Handler returns the handler of /mcp: the protocol's streamable HTTP transport, without sessions, so that any server of an
// installation can answer any request. The tools call the API's routes with the key of the request. Whether that key is good is to be
// checked before.
func Handler(o HandlerOptions) http.Handler {
	schemas := sdk.NewSchemaCache()
	return sdk.NewStreamableHTTPHandler(func(r *http.Request) *sdk.Server {
		api := client.Client{Base: "http://" + r.Host, Key: apikey.Secret(o.Key(r)), HTTP: &http.Client{Transport: inside{o.Routes, r}}}
		return newServer(Options{Client: api, Version: o.Version, Now: o.Now}, schemas)
	}, &sdk.StreamableHTTPOptions{
		Stateless:           true,
		MaxRequestBodyBytes: maxBody,
		// A proxy on this machine passes on the public host name. Pages of others can't call this: they have no key.
		DisableLocalhostProtection:   true,
		PropagateRequestCancellation: true,
	})
}

// inside answers requests by a handler of this process. They say of themselves what outer says: the host and what proxies have told of
// the caller, from which the URLs of answers are made.
type inside struct {
	handler http.Handler
	outer   *http.Request
}

// RoundTrip answers the request.
func (i inside) RoundTrip(req *http.Request) (*http.Response, error) {
	r := req.Clone(insideContext{req.Context(), i.outer.Context()})
	r.RequestURI, r.Host, r.TLS, r.RemoteAddr = r.URL.RequestURI(), i.outer.Host, i.outer.TLS, i.outer.RemoteAddr
	r.URL.Scheme, r.URL.Host = "", ""
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded", "Accept-Language", "User-Agent"} {
		if lines := i.outer.Header.Values(name); len(lines) > 0 {
			r.Header[http.CanonicalHeaderKey(name)] = lines
		}
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	i.handler.ServeHTTP(w, r)
	return &http.Response{StatusCode: w.status, Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: req}, nil
}

// insideContext ends with the inner request, and holds the values of the outer one too, such as its id.
type insideContext struct {
	context.Context

	outer context.Context
}

// Value returns the value of the inner request, else that of the outer one.
func (c insideContext) Value(key any) any {
	if v := c.Context.Value(key); v != nil {
		return v
	}
	return c.outer.Value(key)
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

// Header returns the headers.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader keeps the status. Only the first final one counts.
func (w *recorder) WriteHeader(status int) {
	if !w.wrote && status >= http.StatusOK {
		w.status, w.wrote = status, true
	}
}

// Write keeps the bytes.
func (w *recorder) Write(p []byte) (int, error) {
	w.wrote = true
	return w.body.Write(p)
}
