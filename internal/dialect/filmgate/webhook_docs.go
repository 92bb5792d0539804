package filmgate

import (
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// webhookExample is an exchange of this package's tests, by what it shows.
func webhookExample(name, shows string) dialect.Example {
	return dialect.Shown("filmgate", "webhooks", name, shows)
}

func webhookID() []dialect.Param {
	return []dialect.Param{{In: "path", Name: "id", Text: "The webhook's UUID.", Example: "50000000-0000-4000-8000-000000000001"}}
}

// webhookTexts say what the fields of a webhook are.
func webhookTexts() [][2]string {
	return [][2]string{
		{"url", "Where events are sent by POST: an http or https URL of at most 2,048 bytes. An address of a private network is refused when it is called."},
		{"types", "The types of events that it is told of. Absent or empty: all."},
		{"description", "What it is for, for people."},
		{"enabled", "Whether it is told of events: so from the start. One that is enabled again begins without a record of failures."},
	}
}

func (c calls) webhookRoutes() []dialect.Route {
	shows := func(status int, text, name, exchange string) []dialect.Answer {
		return []dialect.Answer{{Status: status, Text: text, Of: wireWebhook{}, Examples: []dialect.Example{webhookExample(name, exchange)}}}
	}
	created := shows(201, "The webhook, with its secret.", "created", "a webhook is made, and its secret shown this once")
	created[0].Headers = [][2]string{{"Location", "Where to read the webhook."}}
	none := []task.Code{task.NotFound}
	return []dialect.Route{
		c.route("POST /api/v1/webhooks", c.createWebhook, dialect.Doc{
			ID: "create_webhook", Tag: dialect.Webhooks, Summary: "Create a webhook", Scope: apikey.Write, Errors: []task.Code{task.Conflict},
			Text: "Has a URL of yours told of events of all your tasks, whatever family made them: each is a POST of `{\"type\", \"timestamp\", \"data\"}`, where `data` is the task as a read of it answers. " +
				"Keep the `secret` of the answer: it is shown this once, and by it you check the signature of what comes. An account may have 20 webhooks. The key needs the scope read, too.",
			Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeNewWebhook(f) }, Limit: editLimit, Texts: webhookTexts(),
				Examples: []dialect.Example{webhookExample("all", "a webhook is made, and its secret shown this once"), webhookExample("some", "one that is told of the end of work alone")}},
			Answers: created,
		}),
		c.route("GET /api/v1/webhooks", c.listWebhooks, dialect.Doc{
			ID: "list_webhooks", Tag: dialect.Webhooks, Summary: "List webhooks", Scope: apikey.Read, Text: "Your webhooks, oldest first, without their secrets.",
			Answers: []dialect.Answer{{Text: "All webhooks.", Of: webhookList{}, Examples: []dialect.Example{webhookExample("webhooks", "all webhooks, oldest first")}}},
		}),
		c.route("GET /api/v1/webhooks/{id}", c.getWebhook, dialect.Doc{
			ID: "get_webhook", Tag: dialect.Webhooks, Summary: "Read a webhook", Scope: apikey.Read, Params: webhookID(), Errors: none,
			Text: "One webhook, without its secret: whether it is enabled, and if not, why.", Answers: shows(0, "The webhook.", "webhook", "one webhook"),
		}),
		c.route("PATCH /api/v1/webhooks/{id}", c.editWebhook, dialect.Doc{
			ID: "edit_webhook", Tag: dialect.Webhooks, Summary: "Change a webhook", Scope: apikey.Write, Params: webhookID(), Errors: none,
			Text: "Changes the fields that are sent and leaves the others. `enabled: false` drops what is pending, and events that happen until it is enabled again are not recorded for it. " +
				"A replay sends what was dropped. The key needs the scope read, too.",
			Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeWebhook(f) }, Limit: editLimit, Texts: webhookTexts(),
				Examples: []dialect.Example{webhookExample("disable", "a webhook is disabled by its owner")}},
			Answers: shows(0, "The webhook as it is now.", "disabled", "a webhook is disabled by its owner"),
		}),
		c.route("DELETE /api/v1/webhooks/{id}", c.deleteWebhook, dialect.Doc{
			ID: "delete_webhook", Tag: dialect.Webhooks, Summary: "Delete a webhook", Scope: apikey.Write, Params: webhookID(), Errors: none,
			Text: "Ends a webhook. Nothing more is sent, and its log is deleted.", Answers: []dialect.Answer{{Status: 204, Text: "It is deleted."}},
		}),
		c.route("POST /api/v1/webhooks/{id}/secret", c.rotateWebhook, dialect.Doc{
			ID: "rotate_webhook_secret", Tag: dialect.Webhooks, Summary: "Give a webhook a new secret", Scope: apikey.Write, Params: webhookID(), Errors: none,
			Text: "Makes a new secret, shown this once. The one before signs as well for `overlap_seconds`: until then `webhook-signature` holds two signatures, and receivers that know either secret accept what comes. " +
				"The key needs the scope read, too.",
			Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeOverlap(f) }, Limit: editLimit, Texts: [][2]string{
				{"overlap_seconds", "How long the secret before signs too: a day where it is absent, a week at most. 0 ends it at once."},
			}, Examples: []dialect.Example{webhookExample("rotate", "a webhook gets a new secret, and the old one holds for a while")}},
			Answers: shows(0, "The webhook with its new secret.", "rotated", "a webhook gets a new secret, and the old one holds for a while"),
		}),
		c.route("POST /api/v1/webhooks/{id}/test", c.testWebhook, dialect.Doc{
			ID: "test_webhook", Tag: dialect.Webhooks, Summary: "Send a test event", Scope: apikey.Write, Params: webhookID(), Errors: []task.Code{task.NotFound, task.Conflict},
			Text:    "Sends an event of the type `webhook.test`, signed and repeated like every other. Read the delivery to see what came of it. There is no body. The key needs the scope read, too.",
			Answers: []dialect.Answer{{Text: "The delivery, which is pending.", Of: wireDelivery{}, Examples: []dialect.Example{webhookExample("test", "a test event is sent")}}},
		}),
	}
}

func (c calls) deliveryRoutes() []dialect.Route {
	since := dialect.Schema{Type: "string", Format: "date-time"}
	id := slices.Concat(webhookID(), []dialect.Param{{In: "path", Name: "delivery", Text: "The delivery's UUID, which its receiver saw as `webhook-id`.", Example: "60000000-0000-4000-8000-000000000001"}})
	shows := func(text, name, exchange string) []dialect.Answer {
		return []dialect.Answer{{Text: text, Of: wireDelivery{}, Examples: []dialect.Example{webhookExample(name, exchange)}}}
	}
	return []dialect.Route{
		c.route("GET /api/v1/webhooks/{id}/deliveries", c.listDeliveries, dialect.Doc{
			ID: "list_webhook_deliveries", Tag: dialect.Webhooks, Summary: "List deliveries", Scope: apikey.Read,
			Params: slices.Concat(webhookID(), []dialect.Param{
				{In: "query", Name: "status", Text: "Only deliveries in this state.", Schema: dialect.Words(task.DeliveryStates()...)},
				{In: "query", Name: "created_from", Text: "Only deliveries of events that happened then or later.", Schema: since},
			}, pageParams()),
			Text:    "What a webhook was told, or is to be, and how that went: newest first, one page at a time. The log is kept as long as the history of tasks.",
			Answers: []dialect.Answer{{Text: "A page of deliveries.", Of: deliveryPage{}, Examples: []dialect.Example{webhookExample("deliveries", "the deliveries to a webhook, newest first")}}},
			Errors:  []task.Code{task.Invalid, task.NotFound},
		}),
		c.route("GET /api/v1/webhooks/{id}/deliveries/{delivery}", c.getDelivery, dialect.Doc{
			ID: "get_webhook_delivery", Tag: dialect.Webhooks, Summary: "Read a delivery", Scope: apikey.Read, Params: id, Errors: []task.Code{task.NotFound},
			Text: "One delivery with its attempts: status and first bytes of each answer, and what went wrong.", Answers: shows("The delivery.", "delivery", "one delivery"),
		}),
		c.route("POST /api/v1/webhooks/{id}/deliveries/{delivery}/replay", c.replayDelivery, dialect.Doc{
			ID: "replay_webhook_delivery", Tag: dialect.Webhooks, Summary: "Deliver an event again", Scope: apikey.Write, Params: id,
			Text:    "Sends an event again, with the `webhook-id` that it had, and repeats it like a new one. There is no body. The key needs the scope read, too.",
			Answers: shows("The delivery, which is pending again.", "replayed", "one delivery is made again"), Errors: []task.Code{task.NotFound, task.Conflict},
		}),
		c.route("POST /api/v1/webhooks/{id}/replay", c.replayDeliveries, dialect.Doc{
			ID: "replay_webhook", Tag: dialect.Webhooks, Summary: "Deliver events again", Scope: apikey.Write, Params: webhookID(), Errors: []task.Code{task.NotFound, task.Conflict},
			Text: "Sends again what happened since a time, oldest first, each event with the `webhook-id` that it had; at most 10,000 by one call. What is pending is left as it is. The key needs the scope read, too.",
			Body: &dialect.Body{Decode: func(f *dialect.Fields) { decodeReplay(f) }, Limit: editLimit, Texts: [][2]string{
				{"since", "From when on, RFC 3339."},
				{"status", "Only deliveries in this state. Absent: all that are not pending."},
			}, Examples: []dialect.Example{webhookExample("since", "all deliveries since a time are made again")}},
			Answers: []dialect.Answer{{Text: "What is pending again.", Of: wireReplay{}, Examples: []dialect.Example{webhookExample("replays", "all deliveries since a time are made again")}}},
		}),
	}
}

// Events returns what the OpenAPI document says of the events that webhooks are sent.
func Events() []dialect.Event {
	const files = "internal/dialect/filmgate/testdata/"
	event := func(kind task.EventType, summary, text, file string, of any) dialect.Event {
		_, name, _ := strings.Cut(string(kind), ".")
		return dialect.Event{
			Name: string(kind), Tag: dialect.Webhooks, Summary: summary, Of: of, Headers: eventHeaders(),
			Text: text + " Answer with any 2xx within 20 seconds. It may come more than once, with the same `webhook-id`.",
			Answers: [][2]string{
				{"410", "The webhook is gone: it is disabled at once, and told nothing more."},
				{"default", "The attempt has failed, by a redirect too, and is repeated for about three days. `Retry-After` of a 429 or 503 is followed for up to a day."},
			},
			Examples: []dialect.Example{{Name: name, File: files + file + ".json"}},
		}
	}
	return []dialect.Event{
		event(task.EventCreated, "A task was made", "A task was made, by a call of any family.", "states/event.queued", wireEvent{}),
		event(task.EventRunning, "A task is worked on", "The task's engine was first seen at work. A quick task may end without this event.", "states/event.running", wireEvent{}),
		event(task.EventSucceeded, "A task has succeeded", "The task has ended, and its video is stored: see `artifacts`.", "states/event.succeeded", wireEvent{}),
		event(task.EventFailed, "A task has failed", "The task has ended without a video: see `failure`.", "states/event.failed", wireEvent{}),
		event(task.EventCancelled, "A task was cancelled", "The task was cancelled before it had a video.", "states/event.cancelled", wireEvent{}),
		event(task.EventTest, "A test", "The owner of the webhook asked for a test. It belongs to no task.", "event.test", wireTestEvent{}),
	}
}

// eventHeaders are those of Standard Webhooks.
func eventHeaders() []dialect.Param {
	return []dialect.Param{
		{In: "header", Name: "webhook-id", Text: "Names the event: the same with every attempt, and with a replay.",
			Schema: dialect.Schema{Type: "string", Format: "uuid"}, Example: "60000000-0000-4000-8000-000000000001"},
		{In: "header", Name: "webhook-timestamp", Text: "When this attempt was made, in seconds since 1970. Refuse one that is more than five minutes off.",
			Schema: dialect.Schema{Type: "integer"}, Example: 1764410400},
		{In: "header", Name: "webhook-signature", Text: "`v1,` and the Base64 of an HMAC-SHA256 over `id.timestamp.body` with the webhook's secret; two of them, separated by a space, while two secrets hold. " +
			"The libraries of Standard Webhooks check it.", Schema: dialect.Schema{Type: "string"}, Example: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="},
	}
}
