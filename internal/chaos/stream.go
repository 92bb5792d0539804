package chaos

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

const (
	longestStream = 4 * time.Second // after which a stream that is cut off is cut off
	streamPause   = 50 * time.Millisecond
	longestLine   = 1 << 20 // bytes of a stream
)

// event is an event of a stream, or what a webhook is told.
type event struct {
	id   string // of the stream
	Type task.EventType
	Data struct{ ID, Prompt string } // the task
}

// readEvents calls yield with each event of a stream that has come whole, and with the id of those that say nothing else.
func readEvents(stream io.Reader, yield func(event) error) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, longestLine)
	var e event
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "":
			if err := yield(e); err != nil {
				return err
			}
			e = event{}
		case "id":
			e.id = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				return fmt.Errorf("the event %q: %w", value, err)
			}
		}
	}
	return lines.Err()
}

// follower follows all tasks of an account by the account's stream, from the first event on. It resumes after the last event that has
// come.
type follower struct {
	base    func() string // of the server to call next; "" = none runs
	key     string
	random  *rand.Rand // draws when the stream is cut off; nil = only by faults
	heard   heard
	last    int64        // ID of the last event
	streams atomic.Int64 // that were begun
}

// follow follows until ctx ends.
func (f *follower) follow(ctx context.Context) {
	for ctx.Err() == nil {
		f.one(ctx)
		waitUntil(ctx, time.Now().Add(streamPause))
	}
}

// one reads one stream until it ends or is cut off. Its end is what is wanted here.
func (f *follower) one(ctx context.Context) {
	if f.random != nil {
		var cut context.CancelFunc
		ctx, cut = context.WithTimeout(ctx, between(f.random, 0, longestStream))
		defer cut()
	}
	base := f.base()
	q, err := newRequest(http.MethodGet, base+"/api/v1/events", f.key, http.NoBody)
	if err != nil || base == "" {
		return
	}
	q.Header.Set("Last-Event-ID", strconv.FormatInt(f.last, 10))
	answer, err := newClient().Do(q.WithContext(ctx))
	if err != nil {
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 == 4 && answer.StatusCode != http.StatusTooManyRequests {
		f.heard.problem("it could not be resumed after %d: %s", f.last, answer.Status)
	}
	if answer.StatusCode == http.StatusOK {
		f.streams.Add(1)
		_ = readEvents(answer.Body, f.note)
	}
}

// note notes an event. Progress is not stored and has no id.
func (f *follower) note(e event) error {
	if e.id == "" {
		return nil
	}
	id, err := strconv.ParseInt(e.id, 10, 64)
	if err != nil || id < f.last || id == f.last && e.Type != "" {
		f.heard.problem("%s %q came after the event %d", e.Type, e.id, f.last)
		return err
	}
	f.last = id
	if e.Type != "" {
		f.heard.add(e.Data.ID, notice{id: e.id, kind: e.Type}, notice{id: e.id, kind: e.Type, has: true})
	}
	return nil
}
