package chaos

import (
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/ark"
	"github.com/filmgate/filmgate/internal/engine/dashscope"
	"github.com/filmgate/filmgate/internal/engine/fal"
	"github.com/filmgate/filmgate/internal/engine/kling"
	"github.com/filmgate/filmgate/internal/engine/luma"
	"github.com/filmgate/filmgate/internal/engine/makevid"
	"github.com/filmgate/filmgate/internal/engine/minimax"
	"github.com/filmgate/filmgate/internal/engine/openai"
	"github.com/filmgate/filmgate/internal/engine/replicate"
	"github.com/filmgate/filmgate/internal/engine/runway"
	"github.com/filmgate/filmgate/internal/engine/webtask"
)

// The proof asks more of a task whose engine can confirm a submit, so the table must know them all.
func TestEnginesConfirmWhatTheTableSays(t *testing.T) {
	engines := map[string]engine.Engine{
		"ark": ark.New(ark.Options{}), "dashscope": dashscope.New(dashscope.Options{}), "fal": fal.New(fal.Options{}), "kling": kling.New(kling.Options{}),
		"luma": luma.New(luma.Options{}), "makevid": makevid.New(makevid.Options{}), "minimax": minimax.New(minimax.Options{}),
		"openai": openai.New(openai.Options{}), "replicate": replicate.New(replicate.Options{}), "runway": runway.New(runway.Options{}),
		"webtask": webtask.New(webtask.Options{}),
	}
	for _, e := range vendorEngines() {
		_, finds := engines[e.name].(engine.Finder)
		if confirms := finds || engines[e.name].Capabilities().ExternalID; confirms != e.confirms {
			t.Errorf("%s confirms a submit: %v, the table says %v", e.name, confirms, e.confirms)
		}
	}
}
