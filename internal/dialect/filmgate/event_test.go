package filmgate

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestATestEventIsAsItsFileSays(t *testing.T) {
	file, err := os.ReadFile("testdata/event.test.json")
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := json.Compact(&want, file); err != nil {
		t.Fatal(err)
	}
	got := TestEvent(task.Webhook{ID: "50000000-0000-4000-8000-000000000001", Description: " the shop's orders "}, shown().Created)
	if string(bytes.TrimSpace(got)) != string(bytes.TrimSpace(want.Bytes())) {
		t.Errorf("got  %s\nwant %s", got, want.String())
	}
}
