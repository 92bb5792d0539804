package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

const (
	callTime   = 20 * time.Second // one call
	callPause  = 300 * time.Millisecond
	callErrors = 200 // of one create, after which it is given up
)

// outcome is what a caller has seen of its create.
type outcome struct {
	Create
	id        string     // UUID of the task that the answer named; "" = none came
	cancelled bool       // a cancel was answered
	state     task.State // in which all servers said it was when all was quiet
	problem   string     // an answer that no fault explains
}

// callers are the clients of a run.
type callers struct {
	servers *cluster
	picture []byte           // that creates send which need one
	keys    map[int64]string // by account
	mu      sync.Mutex
	began   map[int]*outcome // by Create.Index
}

// callAll makes all creates, each at its time, and returns when all are answered or given up.
func (c *callers) callAll(ctx context.Context, all []Create, began time.Time) {
	var group sync.WaitGroup
	for _, create := range all {
		group.Go(func() {
			if waitUntil(ctx, began.Add(create.At)) {
				o := &outcome{Create: create}
				c.one(ctx, o)
				c.mu.Lock()
				c.began[create.Index] = o
				c.mu.Unlock()
			}
		})
	}
	group.Wait()
}

// one makes one create, and cancels it.
func (c *callers) one(ctx context.Context, o *outcome) {
	if o.Cut != NoCut {
		c.cutOff(ctx, o)
		if o.Leave {
			return
		}
	}
	call := calls()[o.Call]
	answer, err := c.repeat(ctx, func(base string) (*http.Request, error) {
		return call.request(base, c.keys[o.account()], o.Create, c.picture)
	})
	if err == nil {
		o.id, err = call.taskID(answer)
	}
	if err != nil {
		o.problem = err.Error()
		return
	}
	c.readAtAll(ctx, o, "")
	if o.Cancel == 0 || !waitUntil(ctx, time.Now().Add(o.Cancel)) {
		return
	}
	_, err = c.repeat(ctx, func(base string) (*http.Request, error) {
		return newRequest(http.MethodPost, base+taskPath(o)+"/cancel", c.keys[o.account()], http.NoBody)
	})
	if refused := (*refusedError)(nil); errors.As(err, &refused) && refused.status == http.StatusConflict {
		return // it had ended
	}
	if err != nil {
		o.problem = "cancel: " + err.Error()
		return
	}
	o.cancelled = true
	c.readAtAll(ctx, o, task.Cancelled)
}

// readAtAll reads a task at once at each server that runs: all must know it, and in the state given, if one is. A server that is killed
// meanwhile, or can't answer, says nothing.
func (c *callers) readAtAll(ctx context.Context, o *outcome, want task.State) {
	for _, base := range c.servers.urls() {
		q, err := newRequest(http.MethodGet, base+taskPath(o), c.keys[o.account()], http.NoBody)
		if err != nil {
			o.problem = err.Error()
			return
		}
		var got struct{ Status task.State }
		body, status := send(ctx, q)
		switch {
		case status == 0 || status == http.StatusTooManyRequests || status >= 500:
		case status != http.StatusOK || json.Unmarshal(body, &got) != nil || want != "" && got.Status != want:
			o.problem = fmt.Sprintf("read at once at another server, where it should be %s: %d %s", want, status, body)
		}
	}
}

// taskPath returns the path of a create's task.
func taskPath(o *outcome) string { return "/api/v1/tasks/" + o.id }

// cutOff sends a create, or a part of it, and closes the connection. Errors are what is wanted here.
func (c *callers) cutOff(ctx context.Context, o *outcome) {
	base := c.servers.url()
	q, err := calls()[o.Call].request(base, c.keys[o.account()], o.Create, c.picture)
	if err != nil || base == "" {
		return
	}
	var text bytes.Buffer
	_ = q.Write(&text)
	send := text.Bytes()
	if o.Cut == CutBody {
		send = send[:len(send)-int(q.ContentLength)/2]
	}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", q.URL.Host)
	if err != nil {
		return
	}
	_, _ = conn.Write(send)
	waitUntil(ctx, time.Now().Add(o.Hold))
	_ = conn.Close()
}

// refusedError is an answer that no repeat will change.
type refusedError struct {
	status int
	body   []byte
}

// Error implements error.
func (e *refusedError) Error() string { return fmt.Sprintf("%d %s", e.status, e.body) }

// repeat sends a request until it is answered, and returns the answer's body. Only lost connections, 429 and 5xx are tried again.
func (c *callers) repeat(ctx context.Context, request func(base string) (*http.Request, error)) (body []byte, err error) {
	return repeat(ctx, c.servers.url, request)
}

// repeat is callers.repeat for the servers that server names, one at each call; "" = none runs.
func repeat(ctx context.Context, server func() string, request func(base string) (*http.Request, error)) (body []byte, err error) {
	for range callErrors {
		if base := server(); base != "" {
			q, err := request(base)
			if err != nil {
				return nil, err
			}
			body, status := send(ctx, q)
			switch {
			case status/100 == 2:
				return body, nil
			case bytes.Contains(body, []byte("still under way")): // the server has not noticed yet that the first call was cut off
			case status != 0 && status != http.StatusTooManyRequests && status < 500:
				return nil, &refusedError{status, body}
			}
		}
		if !waitUntil(ctx, time.Now().Add(callPause)) {
			return nil, ctx.Err()
		}
	}
	return nil, fmt.Errorf("no answer to %d calls", callErrors)
}

// send sends a request on a connection of its own. The status is 0 if no whole answer came.
func send(ctx context.Context, q *http.Request) (body []byte, status int) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	answer, err := newClient().Do(q.WithContext(ctx))
	if err != nil {
		return nil, 0
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(answer.Body); err != nil {
		return nil, 0
	}
	return body, answer.StatusCode
}

// newClient returns a client whose connections are used once, as a server may be another one at the next request.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

func newRequest(method, url, key string, body io.Reader) (*http.Request, error) {
	q, err := http.NewRequest(method, url, body) //nolint:noctx // send adds it
	if err == nil {
		q.Header.Set("Authorization", "Bearer "+key)
	}
	return q, err
}

// get reads one of the server's answers into v.
func (c *callers) get(ctx context.Context, path, key string, v any) error {
	return c.call(ctx, http.MethodGet, path, key, nil, v)
}

// call sends a request until it is answered, and reads the answer into v.
func (c *callers) call(ctx context.Context, method, path, key string, body []byte, v any) error {
	answer, err := c.repeat(ctx, func(base string) (*http.Request, error) {
		return newRequest(method, base+path, key, bytes.NewReader(body))
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return json.Unmarshal(answer, v)
}
