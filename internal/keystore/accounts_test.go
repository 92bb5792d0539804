package keystore

import (
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// holders makes a key of account 1 that has all scopes, one that has only admin, and one of account 2.
func holders(t *testing.T) (s Keys, all, admin, other apikey.Key) {
	t.Helper()
	s = open(t)
	made := func(account int64, scopes ...apikey.Scope) apikey.Key {
		_, k, err := s.create(t.Context(), apikey.Key{Account: account, Scopes: scopes})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	return s, made(1, AllScopes()...), made(1, apikey.Admin), made(2, AllScopes()...)
}

func TestAnAccountManagesItsOwnKeys(t *testing.T) {
	t.Parallel()
	s, all, admin, other := holders(t)
	a := NewAccounts(s)
	plain, made, err := a.CreateAPIKey(t.Context(), all, "the shop", []apikey.Scope{apikey.Read})
	if err != nil || !apikey.WellFormed(string(plain)) || made.Account != 1 || made.Name != "the shop" || !slices.Equal(made.Scopes, []apikey.Scope{apikey.Read}) {
		t.Fatalf("%+v %v", made, err)
	}
	ids := func(who apikey.Key) (out []string) {
		found, err := a.APIKeys(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range found {
			out = append(out, k.ID)
		}
		slices.Sort(out)
		return out
	}
	want := []string{all.ID, admin.ID, made.ID}
	slices.Sort(want)
	if got := ids(all); !slices.Equal(got, want) {
		t.Errorf("account 1 has %q, want %q", got, want)
	}
	if got := ids(other); !slices.Equal(got, []string{other.ID}) {
		t.Errorf("account 2 has %q", got)
	}
	for name, c := range map[string]struct {
		who apikey.Key
		id  string
	}{"another account's": {other, made.ID}, "unknown": {all, "key_none"}, "empty": {all, ""}} {
		if err := a.RevokeAPIKey(t.Context(), c.who, c.id); task.CodeOf(err) != task.NotFound {
			t.Errorf("%s key: %v", name, err)
		}
	}
	if err := a.RevokeAPIKey(t.Context(), all, made.ID); err != nil {
		t.Fatal(err)
	}
	if err := a.RevokeAPIKey(t.Context(), all, made.ID); task.CodeOf(err) != task.NotFound {
		t.Errorf("a revoked key is revoked again: %v", err)
	}
	if slices.Contains(ids(all), made.ID) {
		t.Error("a revoked key is listed")
	}
}

func TestAKeyGivesNoScopeThatItLacks(t *testing.T) {
	t.Parallel()
	s, _, admin, _ := holders(t)
	a := NewAccounts(s)
	if _, _, err := a.CreateAPIKey(t.Context(), admin, "", []apikey.Scope{apikey.Admin, apikey.Write}); task.CodeOf(err) != task.Forbidden {
		t.Errorf("got %v, want Forbidden", err)
	}
	if _, k, err := a.CreateAPIKey(t.Context(), admin, "", []apikey.Scope{apikey.Admin}); err != nil || k.Account != admin.Account {
		t.Errorf("%+v %v", k, err)
	}
}

func TestAnAccountHasSoManyKeys(t *testing.T) {
	t.Parallel()
	s, all, _, other := holders(t)
	a := NewAccounts(s)
	a.most = 2
	if _, _, err := a.CreateAPIKey(t.Context(), all, "", nil); task.CodeOf(err) != task.Conflict {
		t.Errorf("got %v, want Conflict", err)
	}
	if _, _, err := a.CreateAPIKey(t.Context(), other, "", nil); err != nil {
		t.Errorf("another account: %v", err)
	}
}
