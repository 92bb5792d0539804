package gateway

import (
	"context"
	"errors"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Admit returns the key of a bearer token. It is Unauthorized if the key is missing, unknown or revoked, without saying which,
// and Forbidden if the key lacks the scope.
func (g *Gateway) Admit(ctx context.Context, bearer string, scope apikey.Scope) (apikey.Key, error) {
	if bearer == "" {
		return apikey.Key{}, &task.Error{Code: task.Unauthorized, Detail: "Send the API key as Authorization: Bearer <key>."}
	}
	k, err := g.cfg.Store.CachedKey(ctx, apikey.Hash(bearer))
	if errors.Is(err, store.ErrNotFound) || err == nil && (!k.Revoked.IsZero() || !apikey.Match(k, bearer)) {
		return apikey.Key{}, &task.Error{Code: task.Unauthorized, Detail: "The API key is not known or no longer in force."}
	}
	if err != nil {
		return apikey.Key{}, err
	}
	if !apikey.Allows(k, scope) {
		return apikey.Key{}, &task.Error{Code: task.Forbidden, Detail: "The key lacks the scope " + string(scope) + "."}
	}
	return k, nil
}
