package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	silence   = 40 * time.Second // without a line of a stream, which has one every 15 s, after which it counts as broken
	lineLimit = 4 << 20          // bytes of a line of a stream
)

// ErrNoStream is returned by Follow if the server has no stream of a task.
var ErrNoStream = errors.New("the server has no streams of events")

// Follow calls show with a task's status each time that the server tells of a change, and returns nil when the task has ended. last is the
// id of the last event that was told, "" at first; Follow goes on after it, and keeps it true. The error is [ErrNoStream] if the
// server is older than streams, else that of the call, or of the stream that broke off: then Follow may be called again.
func (c Client) Follow(ctx context.Context, id string, last *string, show func(Status)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	alarm := time.AfterFunc(silence, cancel)
	defer alarm.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base+taskPath(id)+"/events", nil)
	if err != nil {
		return err
	}
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+string(c.Key))
	}
	if *last != "" {
		req.Header.Set("Last-Event-ID", *last)
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return &UnreachableError{c.Base, err}
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNoContent:
		return nil
	case res.StatusCode >= http.StatusInternalServerError || res.StatusCode == http.StatusTooManyRequests:
		answer, _ := io.ReadAll(io.LimitReader(res.Body, answerLimit)) // what there is of it
		return asRefused(res, answer)
	case res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream"):
		return ErrNoStream
	}
	return readEvents(res.Body, last, show, func() { alarm.Reset(silence) })
}

// readEvents reads a stream until it ends. It calls alive with every line, and returns nil if the task has ended.
func readEvents(stream io.Reader, last *string, show func(Status), alive func()) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, lineLimit)
	id, data := "", ""
	for lines.Scan() {
		alive()
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "" && data != "":
			var event struct {
				Data Task `json:"data"`
			}
			if err := Decode([]byte(data), &event); err != nil {
				return err
			}
			if id != "" {
				*last = id
			}
			now := event.Data.Status()
			if show(now); now.Ended() {
				return nil
			}
			id, data = "", ""
		case name == "id":
			id = value
		case name == "data":
			data = value
		}
	}
	return fmt.Errorf("the stream of events broke off: %w", errors.Join(lines.Err(), io.ErrUnexpectedEOF))
}
