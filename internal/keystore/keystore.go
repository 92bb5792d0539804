// Package keystore creates, lists and revokes API keys in a store, those of one account for its callers, makes sure that a new server has one, and makes the server's
// own secrets.
//
// What may enter: rules about the keys of a store. What may not: what a key looks like, which is package apikey's, and
// the check of a request's key, which is the gateway's.
package keystore

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
)

// Operator is the account of the first key.
const Operator = 1

// AllScopes returns every scope that a key may have.
func AllScopes() []apikey.Scope { return []apikey.Scope{apikey.Read, apikey.Write, apikey.Admin} }

// Keys manages the keys of a store.
type Keys struct {
	Store  store.Store
	Now    func() time.Time
	Random io.Reader
}

// Create stores a new key with the account, name and scopes of k, and returns the key itself, which is not stored. The
// error names the wrong flag of key create, or is the store's.
func (s Keys) Create(ctx context.Context, k apikey.Key) (apikey.Secret, error) {
	if err := Check(k); err != nil {
		return "", err
	}
	plain, _, err := s.create(ctx, k)
	return plain, err
}

// create is Create without its check. It returns the stored key, too.
func (s Keys) create(ctx context.Context, k apikey.Key) (apikey.Secret, apikey.Key, error) {
	plain, made, err := apikey.New(s.Random)
	if err != nil {
		return "", apikey.Key{}, err
	}
	made.Account, made.Name, made.Scopes, made.Created = k.Account, k.Name, k.Scopes, s.Now()
	if err := s.Store.PutKey(ctx, made); err != nil {
		return "", apikey.Key{}, err
	}
	return plain, made, nil
}

// Check reports what is wrong with the account and scopes of a key to create, by the flags of key create.
func Check(k apikey.Key) error {
	if k.Account < 1 {
		return fmt.Errorf("--account: %d is not 1 or more", k.Account)
	}
	for _, scope := range k.Scopes {
		if !slices.Contains(AllScopes(), scope) {
			return fmt.Errorf("--scopes: %q is not read, write or admin", scope)
		}
	}
	return nil
}

// Ensure makes sure that there is a key. A chosen one (not "") is stored unless it is there already; it is an error if it
// was revoked. Without one, a store that has no keys gets a new one, which Ensure returns; otherwise it returns "".
func (s Keys) Ensure(ctx context.Context, chosen apikey.Secret) (made apikey.Secret, err error) {
	if chosen != "" {
		return "", s.putChosen(ctx, string(chosen))
	}
	keys, err := s.Store.Keys(ctx, apikey.Query{})
	if err != nil || len(keys) > 0 {
		return "", err
	}
	return s.Create(ctx, apikey.Key{Account: Operator, Name: "first start", Scopes: AllScopes()})
}

func (s Keys) putChosen(ctx context.Context, plain string) error {
	found, err := s.Store.Keys(ctx, apikey.Query{Hash: apikey.Hash(plain)})
	if err != nil {
		return err
	}
	if len(found) > 0 {
		if revoked := found[0].Revoked; !revoked.IsZero() {
			return fmt.Errorf("FILMGATE_API_KEY (--api-key): this key was revoked on %s; give another", revoked.Format(time.DateOnly))
		}
		return nil
	}
	_, k, err := apikey.New(s.Random) // only its id is used
	if err != nil {
		return err
	}
	k.Hash, k.Hint = apikey.Hash(plain), apikey.Hint(plain)
	k.Account, k.Name, k.Scopes, k.Created = Operator, "FILMGATE_API_KEY", AllScopes(), s.Now()
	return s.Store.PutKey(ctx, k)
}

// Revoke ends a key by its id. A key that was revoked before keeps its time.
func (s Keys) Revoke(ctx context.Context, id string) error {
	keys, err := s.Store.Keys(ctx, apikey.Query{ID: id})
	if err != nil {
		return err
	}
	if id == "" || len(keys) == 0 {
		return fmt.Errorf("there is no key %q; `filmgate key list` shows them", id)
	}
	if !keys[0].Revoked.IsZero() {
		return nil
	}
	keys[0].Revoked = s.Now()
	return s.Store.PutKey(ctx, keys[0])
}
