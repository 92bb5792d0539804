package filmgate

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

func TestWhatWasReadInAPromptIsEncoded(t *testing.T) {
	for _, c := range []struct {
		read *task.Understood
		want string
	}{
		{nil, `null`},
		{&task.Understood{}, `{"moves":[],"drawn":[],"cards":[]}`},
		{&task.Understood{
			Moves: []task.UnderstoodMove{{Name: "zoom in", To: 2083333333}, {Name: "pan left", From: 2083333333, To: 5 * time.Second}},
			Drawn: []string{"cat"}, Cards: []string{"gizmo"},
		}, `{"moves":[{"move":"zoom in","from_seconds":0,"to_seconds":2.083},{"move":"pan left","from_seconds":2.083,"to_seconds":5}],"drawn":["cat"],"cards":["gizmo"]}`},
	} {
		if got, err := json.Marshal(encodeUnderstood(c.read)); err != nil || string(got) != c.want {
			t.Errorf("%+v is %s (%v), want %s", c.read, got, err, c.want)
		}
	}
}
