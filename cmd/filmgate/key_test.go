package main

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"

	"github.com/filmgate/filmgate/internal/config"
)

// keyRun runs a key command on the data folder.
func keyRun(t *testing.T, folder string, args ...string) *session {
	t.Helper()
	return (&session{env: map[string]string{"FILMGATE_DATA": folder}}).run(t, append([]string{"key"}, args...)...)
}

func TestKeyIsShownOnceListedByHintAndRevoked(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data") // not made yet
	made := keyRun(t, folder, "create", "--name", "ann", "--account", "7", "--scopes", "read")
	made.expect(t, 0)
	plain := strings.TrimSpace(made.out)
	if !apikey.WellFormed(plain) {
		t.Fatalf("made %q", made.out)
	}
	list := keyRun(t, folder, "list")
	list.expect(t, 0, plain[:7]+"…", "7        read", "ann")
	if strings.Contains(list.out, plain[:12]) {
		t.Error("the list shows the key")
	}
	id := regexp.MustCompile(`key_\w+`).FindString(list.out)
	keyRun(t, folder, "revoke", id).expect(t, 0, id+" is revoked")
	keyRun(t, folder, "revoke", id).expect(t, 0, id+" is revoked")
	keyRun(t, folder, "list").expect(t, 0, time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC).Local().Format(time.DateTime)+"  ann")
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data folder is %v, error %v", info.Mode(), err)
	}
}

func TestKeyRefusesWhatItCannotDo(t *testing.T) {
	folder := t.TempDir()
	keyRun(t, folder, "create", "--scopes", "read,fly").expect(t, exitUsage, "--scopes", `"fly" is not read, write or admin`)
	keyRun(t, folder, "create", "--account", "0").expect(t, exitUsage, "--account", "1 or more")
	keyRun(t, folder, "revoke", "key_none").expect(t, exitFailure, `no key "key_none"`)
	keyRun(t, folder, "list", "--database-url", "postgres://db").expect(t, exitUsage, "FILMGATE_DATABASE_URL")
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	keyRun(t, file, "list").expect(t, exitFailure, "FILMGATE_DATA", "not a directory")
}

func TestMigrateReportsWhatItDid(t *testing.T) {
	run := &session{env: map[string]string{"FILMGATE_DATA": t.TempDir()}}
	run.run(t, "migrate").expect(t, 0, "filmgate.db went from version 0 to ")
	run.run(t, "migrate").expect(t, 0, "already")
	broken := filepath.Join(t.TempDir(), "filmgate.db")
	if err := os.WriteFile(broken, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	(&session{env: map[string]string{"FILMGATE_DATA": filepath.Dir(broken)}}).run(t, "migrate").expect(t, exitFailure, "FILMGATE_DATA", "filmgate.db")
}

func TestFirstKey(t *testing.T) {
	ctx := context.Background()
	own := apikey.Secret("sixteen letters!")
	revokeAll := func(t *testing.T, p program, s config.Settings) {
		db, err := openStore(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		keys, err := db.Keys(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if err := p.revokeKey(ctx, db, []string{k.ID}); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name   string
		starts []apikey.Secret // FILMGATE_API_KEY at each start
		revoke bool            // all keys before the last start
		made   int             // keys there are in the end
		shown  int             // lines that show a key
		fault  string
	}{
		{"none given: one is made and shown", []apikey.Secret{""}, false, 1, 1, ""},
		{"shown once", []apikey.Secret{"", "", ""}, false, 1, 1, ""},
		{"given: it is stored, and none made", []apikey.Secret{own}, false, 1, 0, ""},
		{"given again", []apikey.Secret{own, own}, false, 1, 0, ""},
		{"given later", []apikey.Secret{"", own}, false, 2, 1, ""},
		{"another is given", []apikey.Secret{own, "another sixteen letters"}, false, 2, 0, ""},
		{"given after it was revoked", []apikey.Secret{own, own}, true, 1, 0, "FILMGATE_API_KEY"},
		{"none given, and all revoked", []apikey.Secret{"", ""}, true, 1, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := config.Settings{Data: t.TempDir()}
			var out, revoked strings.Builder
			var last error
			for i, key := range tt.starts {
				if tt.revoke && i == len(tt.starts)-1 {
					revokeAll(t, program{out: &revoked, now: time.Now}, s)
				}
				last = start(t, program{out: &out, now: time.Now, random: rand.Reader}, s, key)
			}
			if tt.fault == "" && last != nil || tt.fault != "" && (last == nil || !strings.Contains(last.Error(), tt.fault)) {
				t.Errorf("error %v, want %q", last, tt.fault)
			}
			if got := strings.Count(out.String(), "shown this once: fg_"); got != tt.shown {
				t.Errorf("shown %d times: %s", got, &out)
			}
			checkKeys(t, s, tt.made, own)
		})
	}
}

// start does what serve does about keys, and returns its error.
func start(t *testing.T, p program, s config.Settings, own apikey.Secret) error {
	t.Helper()
	db, err := openStore(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return p.firstKey(t.Context(), db, own)
}

// checkKeys fails unless the data folder holds n keys of the operator's, each with every scope.
func checkKeys(t *testing.T, s config.Settings, n int, own apikey.Secret) {
	t.Helper()
	db, err := openStore(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := db.Keys(t.Context(), "")
	if err != nil || len(keys) != n {
		t.Errorf("%d keys, want %d, error %v", len(keys), n, err)
	}
	for _, k := range keys {
		if k.Account != operator || len(k.Scopes) != 3 || k.Created.IsZero() || strings.Contains(k.Hint+k.Name, string(own)[:4]) {
			t.Errorf("stored %+v", k)
		}
	}
}
