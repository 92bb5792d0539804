package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/keystore"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/terminal"
)

func (p program) keyCommand() *cobra.Command {
	k := apikey.Key{Account: keystore.Operator}
	scopes := []string{string(apikey.Read), string(apikey.Write)}
	create := p.command("create", "Make a key and print it, this once", p.withStore(func(ctx context.Context, db store.Store, _ []string) error {
		for _, scope := range scopes {
			k.Scopes = append(k.Scopes, apikey.Scope(scope))
		}
		return p.createKey(ctx, db, k)
	}), nil, config.PartData)
	create.Flags().StringVar(&k.Name, "name", "", "whose key it is, for the list")
	create.Flags().Int64Var(&k.Account, "account", k.Account, "account that owns the key's tasks: keys of one account see the same tasks")
	create.Flags().StringSliceVar(&scopes, "scopes", scopes, "what it may do: read, write, admin")
	list := p.command("list", "List the keys, but not the keys themselves, which are not stored", p.withStore(p.listKeys), nil, config.PartData)
	revoke := p.command("revoke", "End a key", p.withStore(p.revokeKey), []string{"ID"}, config.PartData)
	kling := p.command("kling", "Print the access key and the secret key with which Kling's clients sign tokens", p.withStore(p.printAccessKey), []string{"ID"}, config.PartData)
	return ownGroup("key", "Make, list and revoke API keys in the data folder", create, list, revoke, kling)
}

// withStore opens the data folder's database while do runs.
func (p program) withStore(do func(context.Context, store.Store, []string) error) func(context.Context, config.Settings, []string) error {
	return func(ctx context.Context, s config.Settings, args []string) (err error) {
		db, _, _, err := node.OpenStore(ctx, s)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return do(ctx, db, args)
	}
}

func (p program) keys(db store.Store) keystore.Keys {
	return keystore.Keys{Store: db, Now: p.now, Random: p.random}
}

func (p program) createKey(ctx context.Context, db store.Store, k apikey.Key) error {
	if err := keystore.Check(k); err != nil {
		return config.Usage(err)
	}
	plain, err := p.keys(db).Create(ctx, k)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, string(plain))
	return err
}

// firstKey makes sure that there is a key to call with, and prints one that it made.
func (p program) firstKey(ctx context.Context, db store.Store, chosen apikey.Secret) error {
	made, err := p.keys(db).Ensure(ctx, chosen)
	if err != nil || made == "" {
		return err
	}
	_, err = fmt.Fprintf(p.out, "the first API key, shown this once: %s\n", string(made))
	return err
}

func (p program) listKeys(ctx context.Context, db store.Store, _ []string) error {
	keys, err := db.Keys(ctx, apikey.Query{})
	if err != nil {
		return err
	}
	return terminal.Keys(p.out, keys)
}

func (p program) revokeKey(ctx context.Context, db store.Store, args []string) error {
	if err := p.keys(db).Revoke(ctx, args[0]); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.out, "key %s is revoked\n", args[0])
	return err
}

// printAccessKey prints a key's access key and the secret key that belongs to it.
func (p program) printAccessKey(ctx context.Context, db store.Store, args []string) error {
	secret, err := p.keys(db).AccessSecret(ctx, args[0])
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "access key: %s\nsecret key: %s\n", args[0], string(secret))
	return err
}
