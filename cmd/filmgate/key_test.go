package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
)

// keyRun runs a key command on the data folder.
func keyRun(t *testing.T, folder string, args ...string) *session {
	t.Helper()
	return (&session{env: map[string]string{"FILMGATE_DATA": folder}}).run(t, append([]string{"key"}, args...)...)
}

func TestAKeyIsShownOnceThenListedAndRevoked(t *testing.T) {
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

func TestKeyRefusesWrongArguments(t *testing.T) {
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
