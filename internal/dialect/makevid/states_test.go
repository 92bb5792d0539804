package makevid

import (
	"testing"

	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// The answer of each family's get in each state is a file.
func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	in := func(t task.Task, encode func(task.Task, scene) []byte, s scene) func(task.State) []byte {
		return func(state task.State) []byte { return encode(dialecttest.InState(t, state), s) }
	}
	dialecttest.States(t, map[string]func(task.State) []byte{
		"runway": in(runwayTaskOf(), encodeRunway, publishedScene()),
		"luma":   in(lumaTaskOf(), encodeLuma, mediaScene(t)),
		"kling":  in(klingTaskOf(), encodeKling, mediaScene(t)),
	})
}
