package keystore

import (
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store/rowstest"
)

// databases makes the stores of the tests.
var databases rowstest.Databases

func TestMain(m *testing.M) { os.Exit(databases.Main(m)) }

func open(t *testing.T) Keys {
	t.Helper()
	return Keys{Store: databases.Open(t, t.TempDir(), nil), Now: func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }, Random: rand.Reader}
}

func list(t *testing.T, s Keys) []apikey.Key {
	t.Helper()
	keys, err := s.Store.Keys(t.Context(), apikey.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestEnsure(t *testing.T) {
	own := apikey.Secret("sixteen letters!")
	for _, c := range []struct {
		name   string
		starts []apikey.Secret // the chosen key at each start
		revoke bool            // all keys before the last start
		stored int
		made   int // keys that Ensure returned
		err    string
	}{
		{"none is chosen: one is made", []apikey.Secret{""}, false, 1, 1, ""},
		{"it is made once", []apikey.Secret{"", "", ""}, false, 1, 1, ""},
		{"one is chosen: it is stored, and none is made", []apikey.Secret{own}, false, 1, 0, ""},
		{"it is chosen again", []apikey.Secret{own, own}, false, 1, 0, ""},
		{"one is chosen later", []apikey.Secret{"", own}, false, 2, 1, ""},
		{"another is chosen", []apikey.Secret{own, "another sixteen letters"}, false, 2, 0, ""},
		{"a revoked one is chosen", []apikey.Secret{own, own}, true, 1, 0, "FILMGATE_API_KEY"},
		{"none is chosen, and all are revoked", []apikey.Secret{"", ""}, true, 1, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, made := open(t), 0
			var last error
			for i, chosen := range c.starts {
				if c.revoke && i == len(c.starts)-1 {
					for _, k := range list(t, s) {
						if err := s.Revoke(t.Context(), k.ID); err != nil {
							t.Fatal(err)
						}
					}
				}
				var plain apikey.Secret
				if plain, last = s.Ensure(t.Context(), chosen); plain != "" {
					made++
				}
			}
			if c.err == "" && last != nil || c.err != "" && (last == nil || !strings.Contains(last.Error(), c.err)) {
				t.Errorf("error %v, want %q", last, c.err)
			}
			if made != c.made {
				t.Errorf("made %d keys, want %d", made, c.made)
			}
			keys := list(t, s)
			if len(keys) != c.stored {
				t.Errorf("%d keys are stored, want %d", len(keys), c.stored)
			}
			for _, k := range keys {
				if k.Account != Operator || len(k.Scopes) != 3 || k.Created.IsZero() || strings.Contains(k.Hint+k.Name, string(own)[:4]) {
					t.Errorf("stored %+v", k)
				}
			}
		})
	}
}

func TestACreatedKeyIsStoredAsItsHash(t *testing.T) {
	s := open(t)
	plain, err := s.Create(t.Context(), apikey.Key{Account: 7, Name: "robot", Scopes: []apikey.Scope{apikey.Read}})
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Store.Keys(t.Context(), apikey.Query{Hash: apikey.Hash(string(plain))})
	if err != nil || len(found) != 1 || found[0].Account != 7 || found[0].Name != "robot" || len(found[0].Scopes) != 1 {
		t.Errorf("stored %+v, error %v", found, err)
	}
}

func TestCreateRefusesAWrongAccountOrScope(t *testing.T) {
	for want, k := range map[string]apikey.Key{"--account": {}, "--scopes": {Account: 1, Scopes: []apikey.Scope{"root"}}} {
		if _, err := (Keys{}).Create(t.Context(), k); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", k, err, want)
		}
	}
}

func TestRevokeKeepsTheTimeOfAnEarlierRevoke(t *testing.T) {
	s := open(t)
	if _, err := s.Ensure(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	id, now := list(t, s)[0].ID, s.Now()
	for range 2 {
		if err := s.Revoke(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		s.Now = func() time.Time { return now.Add(time.Hour) }
	}
	if got := list(t, s)[0].Revoked; !got.Equal(now) {
		t.Errorf("revoked %v, want %v", got, now)
	}
	if err := s.Revoke(t.Context(), "none"); err == nil || !strings.Contains(err.Error(), `no key "none"`) {
		t.Errorf("an unknown id: %v", err)
	}
}
