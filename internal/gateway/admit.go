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
	hash := apikey.Hash(bearer)
	k, err := g.cfg.Store.CachedKey(ctx, apikey.Query{Hash: hash})
	if errors.Is(err, store.ErrNotFound) || err == nil && (!k.Revoked.IsZero() || !apikey.Match(k, hash)) {
		return apikey.Key{}, &task.Error{Code: task.Unauthorized, Detail: "The API key is not known or no longer in force."}
	}
	if err != nil {
		return apikey.Key{}, err
	}
	return admitted(k, scope)
}

// AdmitSigned returns the key whose id is an access key that a caller has signed a token with. verify checks the token with the
// secret key that belongs to it. Unauthorized for an unknown or revoked key; Forbidden as Admit; else the error of verify.
func (g *Gateway) AdmitSigned(ctx context.Context, access string, scope apikey.Scope, verify func(secret []byte) error) (apikey.Key, error) {
	unknown := &task.Error{Code: task.Unauthorized, Detail: "The access key is not known or no longer in force."}
	if access == "" || g.cfg.AccessSecret == nil {
		return apikey.Key{}, unknown
	}
	k, err := g.cfg.Store.CachedKey(ctx, apikey.Query{ID: access})
	if errors.Is(err, store.ErrNotFound) || err == nil && !k.Revoked.IsZero() {
		return apikey.Key{}, unknown
	}
	if err != nil {
		return apikey.Key{}, err
	}
	if err := verify([]byte(apikey.AccessSecret(g.cfg.AccessSecret, access))); err != nil {
		return apikey.Key{}, err
	}
	return admitted(k, scope)
}

// admitted returns a key that is in force if it has the scope.
func admitted(k apikey.Key, scope apikey.Scope) (apikey.Key, error) {
	if !apikey.Allows(k, scope) {
		return apikey.Key{}, &task.Error{Code: task.Forbidden, Detail: "The key lacks the scope " + string(scope) + "."}
	}
	return k, nil
}
