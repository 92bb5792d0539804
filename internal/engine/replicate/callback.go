package replicate

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/filmgate/filmgate/internal/engine"
)

var _ engine.CallbackReceiver = (*Engine)(nil)

// refetchInterval is the shortest time between two fetches of the signing secret. A webhook with another signature may be
// signed with a newer secret.
const refetchInterval = 5 * time.Minute

// webhookSecret is the secret that Replicate signs the account's webhooks with. It is fetched when it is needed
// (replicate.com/docs/topics/webhooks/verify-webhook).
type webhookSecret struct {
	client *engine.Client
	now    func() time.Time

	mu      sync.Mutex
	secret  *standardwebhooks.Webhook
	fetched time.Time
}

// Receive checks Replicate's signature of the webhook, by the Standard Webhooks rules.
func (e *Engine) Receive(ctx context.Context, c engine.Callback) ([]byte, error) {
	// The library reads the system clock, so the timestamp is checked here.
	if !engine.FreshTimestamp(c.Header.Get(standardwebhooks.HeaderWebhookTimestamp), e.signing.now()) {
		return nil, fmt.Errorf("%w: its timestamp is too old or in the future", engine.ErrBadSignature)
	}
	var wrong error
	for _, fresh := range []bool{false, true} {
		secret, err := e.signing.load(ctx, fresh)
		if err != nil {
			return nil, err
		}
		if wrong = secret.VerifyIgnoringTimestamp(c.Body, c.Header); wrong == nil {
			return nil, nil
		}
	}
	return nil, fmt.Errorf("%w: %w", engine.ErrBadSignature, wrong)
}

// load returns the secret. It fetches it if there is none, or if fresh asks for it and the last fetch is not too recent.
func (s *webhookSecret) load(ctx context.Context, fresh bool) (*standardwebhooks.Webhook, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.secret != nil && (!fresh || s.now().Sub(s.fetched) < refetchInterval) {
		return s.secret, nil
	}
	var out struct {
		Key string `json:"key"`
	}
	if _, err := s.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/webhooks/default/secret", Out: &out}); err != nil {
		return nil, fmt.Errorf("fetch the signing secret: %w", err)
	}
	secret, err := standardwebhooks.NewWebhook(out.Key)
	if err != nil || out.Key == "" {
		return nil, engine.InvalidResponseError("an invalid signing secret") // the library's error would quote it
	}
	s.secret, s.fetched = secret, s.now()
	return secret, nil
}
