package dialecttest

import (
	"context"
	"fmt"
	"slices"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// APIKeys lists the account's keys.
func (g *Gateway) APIKeys(_ context.Context, who apikey.Key) ([]apikey.Key, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(g.Keys), func(k apikey.Key) bool { return k.Account != who.Account }), nil
}

// CreateAPIKey makes the n-th key, with the id key_n: "fg_n". The account may have three.
func (g *Gateway) CreateAPIKey(ctx context.Context, who apikey.Key, name string, scopes []apikey.Scope) (apikey.Secret, apikey.Key, error) {
	if all, _ := g.APIKeys(ctx, who); len(all) == 3 {
		return "", apikey.Key{}, &task.Error{Code: task.Conflict, Detail: "The account has 3 keys, and may have no more. Revoke one."}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	n := len(g.Keys) + 1
	k := apikey.Key{ID: fmt.Sprintf("key_%d", n), Hint: fmt.Sprintf("fg_%d", n), Account: who.Account, Name: name, Scopes: scopes, Created: g.Time}
	g.Keys = append(g.Keys, k)
	return apikey.Secret(k.Hint), k, nil
}

// RevokeAPIKey ends a key.
func (g *Gateway) RevokeAPIKey(_ context.Context, who apikey.Key, id string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.Keys, func(k apikey.Key) bool { return k.ID == id && k.Account == who.Account })
	if i < 0 {
		return &task.Error{Code: task.NotFound, Detail: "The account has no key with this id in force."}
	}
	g.Keys = slices.Delete(g.Keys, i, i+1)
	return nil
}
