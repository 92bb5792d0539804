package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// badGateways names each vendor that has no way to recognise a task of ours, with its address at the fake vendor.
func badGateways() map[string]string {
	return map[string]string{
		"runway": "/runway", "fal": "/fal", "replicate": "/replicate", "luma": "/luma-agents", "openai": "/openai/v1", "ark": "/ark", "dashscope": "/dashscope", "minimax": "/minimax",
	}
}

// TestABadGatewayToACreateMovesTheTaskOn holds that three answers of 502 to a create give the task to the next target of its route,
// at every vendor that can't be asked whether it has the job: a front that answers so has given it none.
func TestABadGatewayToACreateMovesTheTaskOn(t *testing.T) {
	t.Parallel()
	var engines, routes strings.Builder
	for name, path := range badGateways() {
		fmt.Fprintf(&engines, "  - {name: %s, type: %s, base_url: \"{url}%s\", {here}, keys: [{key: \"{key}\"}]}\n", name, name, path)
		fmt.Fprintf(&routes, "  from-%s: [%s, next]\n", name, name)
	}
	v := vendors(t, 100*time.Millisecond, "engines:\n"+engines.String()+
		"  - {name: next, type: openai, flavor: sglang, base_url: \"{url}/sglang/v1\", {here}, keys: [{key: \"{key}\"}], serves: [{name: wan, max_seconds: 10}]}\n"+
		"models:\n"+routes.String())
	p := v.run(t)
	for name := range badGateways() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seconds := 5
			if name == "openai" {
				seconds = 8 // of 4, 8 and 12
			}
			prompt := "bad-gateway:3 tag:" + name
			id := p.createOwn(t, fmt.Sprintf(`{"prompt":%q,"seconds":%d,"model":"from-%s"}`, prompt, seconds, name)).ID
			p.wantEnd(t, id, "SUCCEEDED")
			got := p.whole(t, id)
			if got.Engine != "next" || len(got.Attempts) != 2 {
				t.Fatalf("%+v", got)
			}
			if a := got.Attempts[0]; a.Engine != name || a.Handle != "" || a.Unconfirmed || a.Reason != "THIRD_PARTY.UNAVAILABLE" ||
				!strings.HasPrefix(a.Failure, "The engine "+name+" could not be reached, or failed") {
				t.Errorf("the first is %+v", a)
			}
			if a := got.Attempts[1]; a.Engine != "next" || a.Handle == "" || a.Failure != "" {
				t.Errorf("the second is %+v", a)
			}
			if n := v.Tasks()[name]; n.Tries != 4 || n.Accepted != 1 {
				t.Errorf("%d creates, of which %d made a job", n.Tries, n.Accepted)
			}
		})
	}
}
