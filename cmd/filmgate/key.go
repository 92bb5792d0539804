package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/store"
)

// operator is the account of the first key.
const operator = 1

func allScopes() []apikey.Scope { return []apikey.Scope{apikey.Read, apikey.Write, apikey.Admin} }

func (p program) keyCommand() *cobra.Command {
	var name string
	account := int64(operator)
	scopes := []string{string(apikey.Read), string(apikey.Write)}
	create := p.command("create", "Make a key and print it, this once", p.withStore(func(ctx context.Context, db store.Store, _ []string) error {
		return p.createKey(ctx, db, account, name, scopes)
	}), nil, config.PartData)
	create.Flags().StringVar(&name, "name", "", "whose key it is, for the list")
	create.Flags().Int64Var(&account, "account", account, "account that owns the key's tasks: keys of one account see the same tasks")
	create.Flags().StringSliceVar(&scopes, "scopes", scopes, "what it may do: read, write, admin")
	list := p.command("list", "List the keys: never the keys themselves, which are not kept", p.withStore(p.listKeys), nil, config.PartData)
	revoke := p.command("revoke", "End a key", p.withStore(p.revokeKey), []string{"ID"}, config.PartData)
	return ownGroup("key", "Make, list and revoke API keys in the data folder", create, list, revoke)
}

// withStore opens the data folder's database for the length of do.
func (p program) withStore(do func(context.Context, store.Store, []string) error) func(context.Context, config.Settings, []string) error {
	return func(ctx context.Context, s config.Settings, args []string) (err error) {
		db, err := openStore(ctx, s)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return do(ctx, db, args)
	}
}

func (p program) createKey(ctx context.Context, db store.Store, account int64, name string, scopes []string) error {
	if account < 1 {
		return config.Usage(fmt.Errorf("--account: %d is not 1 or more", account))
	}
	var granted []apikey.Scope
	for _, scope := range scopes {
		if !slices.Contains(allScopes(), apikey.Scope(scope)) {
			return config.Usage(fmt.Errorf("--scopes: %q is not read, write or admin", scope))
		}
		granted = append(granted, apikey.Scope(scope))
	}
	return p.putNewKey(ctx, db, apikey.Key{Account: account, Name: name, Scopes: granted}, "%s\n")
}

// putNewKey makes a key with the account, name and scopes of k, stores its hash and prints the key itself in format.
func (p program) putNewKey(ctx context.Context, db store.Store, k apikey.Key, format string) error {
	plain, made, err := apikey.New(p.random)
	if err != nil {
		return err
	}
	made.Account, made.Name, made.Scopes, made.Created = k.Account, k.Name, k.Scopes, p.now()
	if err := db.PutKey(ctx, made); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, format, string(plain))
	return err
}

// firstKey makes sure that there is a key to call with: the operator's own where one is given, else, in a database
// without keys, a new one that is printed this once.
func (p program) firstKey(ctx context.Context, db store.Store, own apikey.Secret) error {
	if own != "" {
		return p.putOwnKey(ctx, db, string(own))
	}
	keys, err := db.Keys(ctx, "")
	if err != nil || len(keys) > 0 {
		return err
	}
	return p.putNewKey(ctx, db, apikey.Key{Account: operator, Name: "first start", Scopes: allScopes()},
		"the first API key, shown this once: %s\n")
}

// putOwnKey stores the operator's own key where it is not there yet. One that was revoked stays so.
func (p program) putOwnKey(ctx context.Context, db store.Store, plain string) error {
	found, err := db.Keys(ctx, apikey.Hash(plain))
	if err != nil {
		return err
	}
	if len(found) > 0 {
		if revoked := found[0].Revoked; !revoked.IsZero() {
			return fmt.Errorf("FILMGATE_API_KEY (--api-key): this key was revoked on %s; give another", revoked.Format(time.DateOnly))
		}
		return nil
	}
	_, k, err := apikey.New(p.random) // for its id alone
	if err != nil {
		return err
	}
	k.Hash, k.Hint = apikey.Hash(plain), apikey.Hint(plain)
	k.Account, k.Name, k.Scopes, k.Created = operator, "FILMGATE_API_KEY", allScopes(), p.now()
	return db.PutKey(ctx, k)
}

func (p program) listKeys(ctx context.Context, db store.Store, _ []string) error {
	keys, err := db.Keys(ctx, "")
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tBEGINS\tACCOUNT\tSCOPES\tCREATED\tREVOKED\tNAME")
	for _, k := range keys {
		revoked := "-"
		if !k.Revoked.IsZero() {
			revoked = k.Revoked.Local().Format(time.DateTime)
		}
		scopes := make([]string, len(k.Scopes))
		for i, scope := range k.Scopes {
			scopes[i] = string(scope)
		}
		fmt.Fprintf(table, "%s\t%s…\t%d\t%s\t%s\t%s\t%s\n", k.ID, k.Hint, k.Account, strings.Join(scopes, ","),
			k.Created.Local().Format(time.DateTime), revoked, k.Name)
	}
	return table.Flush()
}

func (p program) revokeKey(ctx context.Context, db store.Store, args []string) error {
	keys, err := db.Keys(ctx, "")
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k apikey.Key) bool { return k.ID == args[0] })
	if i < 0 {
		return fmt.Errorf("there is no key %q; `filmgate key list` shows them", args[0])
	}
	if keys[i].Revoked.IsZero() {
		keys[i].Revoked = p.now()
		if err := db.PutKey(ctx, keys[i]); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(p.out, "key %s is revoked\n", keys[i].ID)
	return err
}
