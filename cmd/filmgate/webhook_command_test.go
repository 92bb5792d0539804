package main

import (
	"testing"
)

func TestWebhookCommands(t *testing.T) {
	const hook = "/api/v1/webhooks/50000000-0000-4000-8000-000000000001"
	const id = "50000000-0000-4000-8000-000000000001"
	s := newScript(t, map[string][]answer{
		"POST /api/v1/webhooks": bodies(`{"id":"` + id + `","secret":"whsec_x"}`),
		"GET /api/v1/webhooks": bodies(`{"webhooks":[{"id":"` + id + `","url":"https://a.example/","types":[],"enabled":true,"disabled_reason":null},
			{"id":"2","url":"https://b.example/","types":["task.failed"],"enabled":false,"disabled_reason":"Its server answered 410 Gone.","description":"the shop"}],"next":null}`),
		"DELETE " + hook:         bodies(``),
		"POST " + hook + "/test": bodies(`{"id":"d1"}`),
		"GET " + hook + "/deliveries": bodies(`{"deliveries":[{"id":"d2","type":"task.failed","status":"pending","task_id":"t1","created_at":"2026-11-24T12:00:00.000Z",
			"attempts":[{"response_status":500,"error":"The server answered with status 500."}]},
			{"id":"d1","type":"webhook.test","status":"delivered","task_id":null,"created_at":"2026-11-24T12:00:00.000Z","attempts":[{"response_status":204,"error":null}]}]}`),
		"POST " + hook + "/replay": bodies(`{"replayed":10000,"next_since":"2026-11-24T00:00:00.000Z"}`, `{"replayed":3,"next_since":null}`),
	})
	run := func(args ...string) *session { return s.session().run(t, append([]string{"webhook"}, args...)...) }
	run("create", "https://a.example/", "--types", "task.failed,task.succeeded", "--description", "the shop").expect(t, 0, "webhook: "+id, "secret:  whsec_x")
	if got, want := s.bodies["POST /api/v1/webhooks"], `{"url":"https://a.example/","types":["task.failed","task.succeeded"],"description":"the shop"}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	run("list").expect(t, 0, "ID", "yes", "all", "https://a.example/", "no: Its server answered 410 Gone.", "task.failed", "the shop")
	run("delete", id).expect(t, 0, "webhook "+id+" is deleted")
	run("test", id).expect(t, 0, "delivery d1 is under way", "filmgate webhook deliveries "+id)
	run("deliveries", id, "--limit", "2").expect(t, 0, "task.failed   t1    pending    1", "The server answered with status 500.", "webhook.test", "204")
	run("deliveries", id, "--limit", "101").expect(t, exitUsage, "--limit: 101 is not from 1 to 100")
	run("replay", id).expect(t, exitUsage, "--since is needed", "2026-11-23T12:00:00Z")
	run("replay", id, "--since", "2026-11-20T00:00:00Z").expect(t, 0, "10003 events are delivered again")
	if got := s.bodies["POST "+hook+"/replay"]; got != `{"since":"2026-11-24T00:00:00.000Z"}` {
		t.Errorf("the second replay is %s", got)
	}
}
