package minimax

import (
	"context"
	"encoding/json"

	"github.com/filmgate/filmgate/internal/engine"
)

var _ engine.CallbackReceiver = (*Engine)(nil)

// challengeLimit is the longest challenge that is echoed, in bytes.
const challengeLimit = 1024

// Receive returns the challenge that MiniMax sends to a callback URL before it uses it, and expects back within 3 s
// (platform.minimax.io/docs/api-reference/video-generation-t2v, callback_url). MiniMax does not sign callbacks.
func (e *Engine) Receive(_ context.Context, c engine.Callback) ([]byte, error) {
	var in struct {
		Challenge *string `json:"challenge"`
	}
	if !engine.DecodeObject(c.Body, &in) || in.Challenge == nil || len(*in.Challenge) > challengeLimit {
		return nil, nil
	}
	return json.Marshal(map[string]string{"challenge": *in.Challenge})
}
