package filmgate

import (
	"errors"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// streamed is the answer of a call that has answered by a stream.
type streamed struct{}

// errHeadOnly ends a stream of which only the head was asked for.
var errHeadOnly = errors.New("filmgate: only the head was asked for")

// followTask answers with the events of a task as server-sent events, until it has ended.
func (c calls) followTask(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	id, ok := dialect.ParseID(r.PathValue("id"))
	if !ok {
		return nil, task.NoSuchTask()
	}
	return c.stream(w, r, func(after int64, tell func(task.Told) error) error {
		return c.gw.FollowTask(r.Context(), who, id, after, tell)
	})
}

// followAccount answers with the events of all the account's tasks as server-sent events, from now on if the caller does not say from where.
func (c calls) followAccount(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	return c.stream(w, r, func(after int64, tell func(task.Told) error) error {
		if after == 0 && r.Header.Get("Last-Event-ID") == "" && r.URL.Query().Get("last_event_id") == "" {
			after = -1
		}
		return c.gw.FollowAccount(r.Context(), who, after, tell)
	})
}

// stream answers with what follow tells. If it ends without telling anything there is no body, by which browsers know that they should
// not come again.
func (c calls) stream(w http.ResponseWriter, r *http.Request, follow func(after int64, tell func(task.Told) error) error) (any, error) {
	after, field, err := lastEventID(r)
	if err != nil {
		return nil, err
	}
	s := stream{calls: c, w: w, r: r, links: c.Origin.Links(r, c.gw)}
	err = follow(after, s.tell)
	switch e, ours := errors.AsType[*task.Error](err); {
	case s.begun:
		return streamed{}, nil // what the caller does not know of the end, it learns when it resumes
	case ours && e.Code == task.Invalid:
		return nil, dialect.FieldError(task.Invalid, field, e.Fields[0].Detail)
	default:
		return nil, err
	}
}

// lastEventID returns the id of the last event that the caller has, 0 for none, and the field that it came in. A browser can send
// the header only when it resumes by itself, so there is a parameter too; the header is the newer one.
func lastEventID(r *http.Request) (id int64, field string, err error) {
	field = "Last-Event-ID"
	text := strings.TrimSpace(r.Header.Get(field))
	if text == "" {
		if text = r.URL.Query().Get("last_event_id"); text == "" {
			return 0, field, nil
		}
		field = "?last_event_id"
	}
	id, err = strconv.ParseInt(text, 10, 64)
	if err != nil || id < 0 || text[0] == '+' {
		return 0, field, dialect.FieldError(task.Invalid, field, "must be the id of an event of this stream, a whole number, not "+strconv.Quote(task.Excerpt(text)))
	}
	return id, field, nil
}

// stream writes server-sent events.
type stream struct {
	calls
	w     http.ResponseWriter
	r     *http.Request
	links dialect.Links
	begun bool
}

// tell writes an event, or a comment by which the caller and proxies know that the stream goes on. Then it also checks that the key is
// still in force.
func (s *stream) tell(news task.Told) error {
	var text []byte
	if !s.begun {
		text = s.begin()
	}
	if news.ID > 0 {
		text = append(strconv.AppendInt(append(text, "id: "...), news.ID, 10), '\n')
	}
	if body := Event(news.Task, news.Event, s.links); body != nil {
		text = append(append(append(text, "event: "...), news.Event.Type()...), "\ndata: "...)
		text = append(append(text, body...), '\n') // the body ends its line
	} else {
		if _, err := s.gw.Admit(s.r.Context(), dialect.Bearer(s.r), apikey.Read); task.CodeOf(err) == task.Unauthorized || task.CodeOf(err) == task.Forbidden {
			return err
		}
		text = append(text, ":\n\n"...)
	}
	if s.r.Method == http.MethodHead {
		return errHeadOnly
	}
	if _, err := s.w.Write(text); err != nil {
		return err
	}
	return http.NewResponseController(s.w).Flush()
}

// begin writes the head. It returns the first line of the stream: after how many milliseconds the caller should come again if the stream
// breaks off, 1 to 5 seconds, so that not all come at once.
func (s *stream) begin() []byte {
	s.begun = true
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would keep the events back
	s.w.WriteHeader(http.StatusOK)
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(dialect.RequestID(s.w)))
	return []byte("retry: " + strconv.Itoa(1000+int(sum.Sum32()%4000)) + "\n\n")
}
