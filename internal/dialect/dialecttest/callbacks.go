package dialecttest

import (
	"context"
	"fmt"
	"net/http"

	"github.com/filmgate/filmgate/internal/task"
)

// ReceiveCallback accepts two tokens, and refuses one signature.
func (*Gateway) ReceiveCallback(_ context.Context, engine, token string, h http.Header, body []byte) ([]byte, error) {
	switch {
	case token == "silent-token":
		return nil, nil
	case token != "good-token":
		return nil, &task.Error{Code: task.NotFound, Detail: "There is nothing here."}
	case h.Get("Webhook-Signature") == "wrong":
		return nil, &task.Error{Code: task.Unauthorized, Detail: "The callback is not signed as it must be."}
	}
	return fmt.Appendf(nil, `{"challenge":"%s %s %d"}`, engine, h.Get("Webhook-Signature"), len(body)), nil
}
