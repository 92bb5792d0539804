package ark

import (
	_ "embed"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

//go:embed models.yaml
var table []byte

// call is what a row says besides the model.
type call struct {
	BytePlus string `yaml:"byteplus"` // the model's name at BytePlus; "" = it is not offered there
}

// models returns the models of one platform, in order of preference. Both platforms have the same models under different
// names: Volcengine's names begin with "doubao-"; BytePlus's second-generation names begin with "dreamina-", and its
// first-generation names have no prefix.
func models(byteplus bool) []engine.Model {
	rows := engine.ReadTable[call](table)
	names := map[string]string{} // at this platform
	for _, r := range rows {
		names[r.Name] = "doubao-" + r.Name
		if byteplus {
			names[r.Name] = r.Call.BytePlus
		}
	}
	var out []engine.Model
	for _, m := range engine.ModelsOf(rows) {
		m.Name, m.Successor = names[m.Name], names[m.Successor]
		if strings.Contains(m.Name, "seedance-2-5-") { // it takes its frame's aspect ratio, and refuses any other
			frame := []engine.Part{engine.PartAspectRatio}
			m.Omits = map[engine.Mode][]engine.Part{engine.FromFirst: frame, engine.FromFirstLast: frame}
		}
		if m.Name != "" {
			out = append(out, m)
		}
	}
	return out
}

// Capabilities describes the models. Only queued tasks can be cancelled, and videos are kept for a day. It has no prices:
// Ark charges by tokens, and their number depends on all parameters.
func (e *Engine) Capabilities() engine.Capabilities {
	return engine.Capabilities{
		Lane: task.Remote, Models: e.models, Cancel: true, Callbacks: engine.UnsignedCallbacks, PollEvery: 5 * time.Second, ResultLife: 24 * time.Hour,
	}
}
