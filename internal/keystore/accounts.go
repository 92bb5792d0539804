package keystore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// MaxKeys is how many keys in force an account may have for one more to be made by a call of the API.
const MaxKeys = 200

// Accounts lets the holder of a key manage the keys of its account, and no others. Callers have checked that the key has the scope
// admin.
type Accounts struct {
	keys Keys
	most int // keys of an account
}

// NewAccounts returns the Accounts over a store's keys.
func NewAccounts(k Keys) *Accounts { return &Accounts{k, MaxKeys} }

// APIKeys lists the keys of the account that are in force, oldest first.
func (a *Accounts) APIKeys(ctx context.Context, who apikey.Key) ([]apikey.Key, error) {
	all, err := a.keys.Store.Keys(ctx, apikey.Query{})
	return slices.DeleteFunc(all, func(k apikey.Key) bool { return k.Account != who.Account || !k.Revoked.IsZero() }), err
}

// CreateAPIKey makes a key of the account, and returns it with the key itself, which is not stored. Errors: Forbidden if it is to have
// a scope that the caller's key lacks, so that no key gives more than it has; Conflict if the account has MaxKeys.
func (a *Accounts) CreateAPIKey(ctx context.Context, who apikey.Key, name string, scopes []apikey.Scope) (apikey.Secret, apikey.Key, error) {
	for _, s := range scopes {
		if !slices.Contains(who.Scopes, s) {
			return "", apikey.Key{}, &task.Error{Code: task.Forbidden, Detail: fmt.Sprintf("The key lacks the scope %s, so it can't give it to another. It has %s.", s, listed(who.Scopes))}
		}
	}
	all, err := a.APIKeys(ctx, who)
	if err != nil {
		return "", apikey.Key{}, err
	}
	if len(all) >= a.most {
		return "", apikey.Key{}, &task.Error{Code: task.Conflict, Detail: fmt.Sprintf("The account has %d keys, and may have no more. Revoke one.", len(all))}
	}
	return a.keys.create(ctx, apikey.Key{Account: who.Account, Name: name, Scopes: scopes})
}

// RevokeAPIKey ends a key of the account. Error: NotFound if it has no such key in force.
func (a *Accounts) RevokeAPIKey(ctx context.Context, who apikey.Key, id string) error {
	all, err := a.APIKeys(ctx, who)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(k apikey.Key) bool { return k.ID == id }) {
		return &task.Error{Code: task.NotFound, Detail: "The account has no key with this id in force."}
	}
	return a.keys.Revoke(ctx, id)
}

// listed returns scopes as a text: "read, admin".
func listed(scopes []apikey.Scope) string {
	var names []string
	for _, s := range scopes {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}
