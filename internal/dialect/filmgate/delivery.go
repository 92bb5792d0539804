package filmgate

import (
	"net/http"
	"regexp"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// wireDelivery is an event that a webhook was told of, or is to be.
type wireDelivery struct {
	ID            string             `json:"id" format:"uuid" doc:"Names the delivery. The receiver sees it as webhook-id, with every attempt."`
	WebhookID     string             `json:"webhook_id" format:"uuid" doc:"The webhook."`
	TaskID        *string            `json:"task_id" format:"uuid" doc:"The task, null of a test."`
	Type          task.EventType     `json:"type" doc:"What happened; webhook.test of a test."`
	Status        task.DeliveryState `json:"status" doc:"pending, delivered, failed (all attempts failed), or dropped (the webhook was disabled before)."`
	Tries         int                `json:"tries" doc:"Attempts that were begun since the event, or since the last replay."`
	NextAttemptAt *wireTime          `json:"next_attempt_at" doc:"When the next attempt is due at the earliest; null where there is none, or where an earlier event of the task is to be delivered first."`
	Attempts      []wireTry          `json:"attempts" doc:"The last twenty attempts that have ended, oldest first."`
	CreatedAt     wireTime           `json:"created_at" doc:"When the event happened."`
}

type wireTry struct {
	StartedAt       wireTime `json:"started_at" doc:"When it began."`
	DurationSeconds float64  `json:"duration_seconds" doc:"How long it took, to the thousandth."`
	ResponseStatus  *int     `json:"response_status" doc:"The HTTP status of the answer, null where there was none."`
	ResponseBody    *string  `json:"response_body" doc:"The first 1,024 bytes of the answer's body, null where there was none."`
	Error           *string  `json:"error" doc:"What went wrong, in a sentence; null where it was delivered."`
}

func encodeDelivery(d task.Delivery) wireDelivery {
	out := wireDelivery{ID: d.ID, WebhookID: d.Webhook, TaskID: textOrNull(d.Task), Type: d.Type(), Status: d.State, Tries: d.Tries, NextAttemptAt: timeOrNull(d.Due),
		Attempts: []wireTry{}, CreatedAt: wireTime(d.Created)}
	for _, a := range d.Attempts {
		out.Attempts = append(out.Attempts, wireTry{StartedAt: wireTime(a.At), DurationSeconds: rounded(a.Took.Seconds()), ResponseStatus: numberOrNull(a.Status),
			ResponseBody: textOrNull(a.Answer), Error: textOrNull(a.Error)})
	}
	return out
}

// delivery answers with the delivery that a verb returned.
func (c calls) delivery(d task.Delivery, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return encodeDelivery(d), nil
}

// deliveryID returns the {delivery} of the request's path.
func deliveryID(r *http.Request) string { return dialect.CanonicalID(r.PathValue("delivery")) }

// deliveryPage is one page of deliveries.
type deliveryPage struct {
	Deliveries []wireDelivery `json:"deliveries" doc:"The deliveries, newest first."`
	Next       *string        `json:"next" doc:"The cursor of the next page, null on the last."`
}

func (c calls) listDeliveries(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	p := query{dialect.Query{Values: r.URL.Query()}}
	limit := p.limit()
	q := task.DeliveryQuery{Webhook: dialect.PathID(r), State: p.deliveryState(), CreatedFrom: p.time("created_from"), After: p.cursor(), Limit: limit + 1}
	if err := p.Err(); err != nil {
		return nil, err
	}
	found, err := c.gw.Deliveries(r.Context(), who, q)
	if err != nil {
		return nil, err
	}
	found, next := paged(found, limit, func(d task.Delivery) task.Cursor { return task.Cursor{Created: d.Created, ID: d.ID} })
	page := deliveryPage{Deliveries: []wireDelivery{}, Next: next}
	for _, d := range found {
		page.Deliveries = append(page.Deliveries, encodeDelivery(d))
	}
	return page, nil
}

func (q *query) deliveryState() task.DeliveryState {
	words := make([]string, len(task.DeliveryStates()))
	for i, s := range task.DeliveryStates() {
		words[i] = string(s)
	}
	return task.DeliveryState(q.OneOf("status", "", words...))
}

func (c calls) getDelivery(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	return c.delivery(c.gw.Delivery(r.Context(), who, dialect.PathID(r), deliveryID(r)))
}

func (c calls) testWebhook(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	return c.delivery(c.gw.TestWebhook(r.Context(), who, dialect.PathID(r)))
}

func (c calls) replayDelivery(_ http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	return c.delivery(c.gw.ReplayDelivery(r.Context(), who, dialect.PathID(r), deliveryID(r)))
}

// replay is what is to be delivered again.
type replay struct {
	since time.Time
	state task.DeliveryState
}

// dateTime matches what may be an RFC 3339 time.
var dateTime = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})$`)

// decodeReplay reads the body of a replay.
func decodeReplay(f *dialect.Fields) replay {
	f.Require("since")
	const allowed = "an RFC 3339 time such as 2026-11-23T12:00:00Z"
	var out replay
	text := f.Matching("since", dateTime, allowed)
	at, err := time.Parse(time.RFC3339, text)
	if out.since = at; err != nil && !f.HasErrors("since") {
		f.AddError("since", "%q is not possible; allowed: %s", task.Excerpt(text), allowed)
	}
	out.state = task.DeliveryState(f.OneOf("status", "", string(task.Delivered), string(task.DeliveryFailed), string(task.DeliveryDropped)))
	f.Close()
	return out
}

// wireReplay is what a replay has begun.
type wireReplay struct {
	Replayed  int64     `json:"replayed" doc:"How many deliveries are pending again."`
	NextSince *wireTime `json:"next_since" doc:"There is more than one call takes: send the same with since set to this. null where all are taken."`
}

func (c calls) replayDeliveries(w http.ResponseWriter, r *http.Request, who apikey.Key) (any, error) {
	f, err := dialect.ReadFields(w, r, editLimit)
	if err != nil {
		return nil, err
	}
	asked := decodeReplay(f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	n, next, err := c.gw.ReplayDeliveries(r.Context(), who, dialect.PathID(r), asked.since, asked.state)
	if err != nil {
		return nil, err
	}
	return wireReplay{Replayed: n, NextSince: timeOrNull(next)}, nil
}
