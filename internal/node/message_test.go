package node

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Servers of the version before read the messages of this one, and it reads theirs.
func TestPausesAreSentToOtherServers(t *testing.T) {
	for name, c := range map[string]struct {
		told engine.Pause
		want string
	}{
		"after failures": {engine.Pause{Key: "k", For: time.Minute}, `{"from":"","pause":{"engine":"team","key":"k","for":60000000000}}`},
		"its end":        {engine.Pause{Key: "k"}, `{"from":"","pause":{"engine":"team","key":"k","for":0}}`},
		"by a refusal": {engine.Pause{Key: "k", For: time.Minute, Refusal: &engine.Refusal{Reason: task.VendorRefused, Text: "No credits.", Detail: "answered 402"}},
			`{"from":"","refused":{"engine":"team","key":"k","for":60000000000,"reason":"THIRD_PARTY.REFUSED","text":"No credits.","detail":"answered 402"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(pauseMessage("team", c.told))
			if err != nil || string(text) != c.want {
				t.Errorf("sent %s, %v; want %s", text, err, c.want)
			}
			var m message
			if err := json.Unmarshal(text, &m); err != nil {
				t.Fatal(err)
			}
			if engine, told, ok := m.pause(); engine != "team" || !reflect.DeepEqual(told, c.told) || !ok {
				t.Errorf("heard of %s %+v, %v", engine, told, ok)
			}
		})
	}
}
