package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/postgres"
)

// joined opens a database as a server does.
func joined(t *testing.T, url string, alone bool) *postgres.DB {
	t.Helper()
	db := openDB(t, url)
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Join(t.Context(), alone); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestServersKnowWhichOthersLive(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	a, b := joined(t, url, false), joined(t, url, false)
	living := func() []string {
		t.Helper()
		names, err := a.Nodes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		return names
	}
	want := []string{a.Node(), b.Node()}
	slices.Sort(want)
	if got := living(); !slices.Equal(got, want) || a.Node() == b.Node() {
		t.Errorf("%v live, want %v", got, want)
	}
	other := openDB(t, shared.Server(t).NewDatabase(t))
	t.Cleanup(func() { _ = other.Close() })
	if names, err := other.Nodes(t.Context()); err != nil || len(names) > 0 || other.Node() != "" {
		t.Errorf("%v live on another database, which this process has not joined as %q, %v", names, other.Node(), err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for { // the database ends the session a moment later
		if got := living(); slices.Equal(got, []string{a.Node()}) {
			break
		}
	}
}

func TestServerThatIsAloneAdmitsNoOther(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	first := joined(t, url, true)
	second := openDB(t, url)
	t.Cleanup(func() { _ = second.Close() })
	if err := second.Join(t.Context(), false); !errors.Is(err, postgres.ErrLocked) {
		t.Errorf("beside one that is alone: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := second.Join(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	third := openDB(t, url)
	t.Cleanup(func() { _ = third.Close() })
	if err := third.Join(t.Context(), true); !errors.Is(err, postgres.ErrLocked) {
		t.Errorf("alone beside another: %v", err)
	}
	if err := third.Lock(t.Context()); !errors.Is(err, postgres.ErrLocked) {
		t.Errorf("a command beside a server: %v", err)
	}
}

func TestServerKeepsItsNameWhenItJoinsAgain(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	a, other := joined(t, url, false), openDB(t, url)
	t.Cleanup(func() { _ = other.Close() })
	before := a.Node()
	cut(t, other)
	for { // it joins by itself
		names, err := other.Nodes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(names, before) {
			break
		}
	}
	if a.Node() != before {
		t.Errorf("it was %s and is %s", before, a.Node())
	}
}

func TestOneServerHasTheLockOfAKey(t *testing.T) {
	url := shared.Server(t).NewDatabase(t)
	a, b := joined(t, url, false), joined(t, url, false)
	_, unlock, err := a.LockKey(t.Context(), "files of a task")
	if err != nil {
		t.Fatal(err)
	}
	if _, free, err := b.LockKey(t.Context(), "files of another"); err != nil {
		t.Errorf("another key: %v", err)
	} else {
		free()
	}
	impatient, stop := context.WithTimeout(t.Context(), 1)
	defer stop()
	if _, _, err := b.LockKey(impatient, "files of a task"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a lock that another server has: %v", err)
	}
	unlock()
	held, unlock, err := b.LockKey(t.Context(), "files of a task")
	if err != nil {
		t.Fatalf("a lock that was given up: %v", err)
	}
	defer unlock()
	cut(t, a)
	<-held.Done() // with its connection
	outside := openDB(t, url)
	t.Cleanup(func() { _ = outside.Close() })
	if _, _, err := outside.LockKey(t.Context(), "files of a task"); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a process that has not joined: %v", err)
	}
}
