package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// checkError fails the test unless errors.Is(err, wanted). If wanted is nil, err must be nil.
func checkError(t *testing.T, what string, err, wanted error) {
	t.Helper()
	if !errors.Is(err, wanted) {
		t.Errorf("%s: %v, want %v", what, err, wanted)
	}
}

func runIdempotency(t *testing.T, open Open) {
	s := openStore(t, open)
	r := task.IdempotencyRecord{Account: 1, Key: "a key", Fingerprint: "f", Task: id(1), Created: at(1), Wait: 3 * time.Second}
	apply(t, s, task.Change{Task: newTask(1), Idempotency: &r})
	t.Run("a key returns its first record", func(t *testing.T) {
		got, err := s.Idempotency(t.Context(), 1, "a key")
		checkError(t, "Idempotency", err, nil)
		checkEqual(t, got, r)
	})
	t.Run("another account's key is not found", func(t *testing.T) {
		_, err := s.Idempotency(t.Context(), 2, "a key")
		checkError(t, "Idempotency", err, store.ErrNotFound)
	})
	t.Run("a taken key prevents the whole insert", func(t *testing.T) {
		again := r
		again.Task = id(2)
		_, err := s.Apply(t.Context(), task.Change{Task: newTask(2), Idempotency: &again})
		checkError(t, "Apply", err, store.ErrExists)
		_, err = s.Task(t.Context(), id(2))
		checkError(t, "Task", err, store.ErrNotFound)
	})
	t.Run("an expired key may be used again", func(t *testing.T) {
		again := r
		again.Task, again.Created = id(4), r.Created.Add(task.IdempotencyLife).UTC().Truncate(time.Millisecond)
		apply(t, s, task.Change{Task: newTask(4), Idempotency: &again})
		got, err := s.Idempotency(t.Context(), 1, "a key")
		checkError(t, "Idempotency", err, nil)
		if got != again {
			t.Errorf("got %+v, want %+v", got, again)
		}
	})
	t.Run("a key may hold for another time", func(t *testing.T) {
		held := task.IdempotencyRecord{Account: 9, Key: "held", Task: id(30), Created: at(0), Life: time.Minute}
		apply(t, s, task.Change{Task: newTask(30), Idempotency: &held})
		again := held
		again.Task, again.Created = id(31), at(59)
		_, err := s.Apply(t.Context(), task.Change{Task: newTask(31), Idempotency: &again})
		checkError(t, "Apply", err, store.ErrExists)
		again.Created = at(60)
		apply(t, s, task.Change{Task: newTask(31), Idempotency: &again})
	})
	t.Run("new keys remove expired ones", func(t *testing.T) {
		for i, key := range []string{"old", "older"} {
			apply(t, s, task.Change{Task: newTask(20 + i), Idempotency: &task.IdempotencyRecord{Account: 1, Key: key, Task: id(20 + i), Created: at(1 - i)}})
		}
		young := task.IdempotencyRecord{Account: 2, Key: "young", Task: id(22), Created: at(2)}
		apply(t, s, task.Change{Task: newTask(22), Idempotency: &young})
		apply(t, s, task.Change{Task: newTask(23), Idempotency: &task.IdempotencyRecord{Account: 3, Key: "k", Task: id(23), Created: at(1).Add(task.IdempotencyLife)}})
		for _, key := range []string{"old", "older"} {
			_, err := s.Idempotency(t.Context(), 1, key)
			checkError(t, key, err, store.ErrNotFound)
		}
		got, err := s.Idempotency(t.Context(), 2, "young")
		checkError(t, "young", err, nil)
		checkEqual(t, got, young)
	})
	t.Run("two accounts may use the same key", func(t *testing.T) {
		other := r
		other.Account, other.Task = 2, id(3)
		apply(t, s, task.Change{Task: newTask(3), Idempotency: &other})
	})
	t.Run("one of many concurrent users of a key wins", func(t *testing.T) {
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				_, errs[i] = s.Apply(t.Context(), task.Change{Task: newTask(10 + i),
					Idempotency: &task.IdempotencyRecord{Account: 1, Key: "wanted", Task: id(10 + i), Created: at(i)}})
			})
		}
		all.Wait()
		got, err := s.Idempotency(t.Context(), 1, "wanted")
		checkError(t, "Idempotency", err, nil)
		for i, err := range errs {
			if id(10+i) == got.Task {
				checkError(t, "the winner", err, nil)
			} else {
				checkError(t, "a loser", err, store.ErrExists)
			}
		}
	})
}

func runKeys(t *testing.T, open Open) {
	s := openStore(t, open)
	var first apikey.Key
	fill(t, reflect.ValueOf(&first).Elem(), new(int))
	second := apikey.Key{ID: "key_2", Hash: "hash 2", Account: 2, Created: at(0)}
	checkError(t, "PutKey", s.PutKey(t.Context(), first), nil)
	checkError(t, "PutKey", s.PutKey(t.Context(), second), nil)
	listed := func(t *testing.T, q apikey.Query, keys ...apikey.Key) {
		t.Helper()
		got, err := s.Keys(t.Context(), q)
		checkError(t, "Keys", err, nil)
		checkEqual(t, got, keys)
	}
	t.Run("a key is found by its hash, revoked or not", func(t *testing.T) {
		listed(t, apikey.Query{Hash: first.Hash}, first)
		listed(t, apikey.Query{Hash: second.Hash}, second)
		listed(t, apikey.Query{Hash: "no such hash"})
	})
	t.Run("a key is found by its id", func(t *testing.T) {
		listed(t, apikey.Query{ID: first.ID}, first)
		listed(t, apikey.Query{ID: "key_9"})
		listed(t, apikey.Query{ID: "key_2\x00"})
		listed(t, apikey.Query{ID: "key_2\xff"})
		listed(t, apikey.Query{ID: first.ID, Hash: second.Hash})
	})
	t.Run("the list is oldest first", func(t *testing.T) { listed(t, apikey.Query{}, second, first) })
	t.Run("the same id replaces", func(t *testing.T) {
		revoked := second
		revoked.Revoked, revoked.Name, revoked.Hash = at(50), "old", "new hash 2"
		checkError(t, "PutKey", s.PutKey(t.Context(), revoked), nil)
		listed(t, apikey.Query{Hash: revoked.Hash}, revoked)
		listed(t, apikey.Query{ID: second.ID}, revoked)
		listed(t, apikey.Query{Hash: second.Hash})
	})
	t.Run("another key's hash is ErrExists", func(t *testing.T) {
		checkError(t, "PutKey", s.PutKey(t.Context(), apikey.Key{ID: "key_3", Hash: first.Hash}), store.ErrExists)
	})
}

func runGroups(t *testing.T, open Open) {
	s := openStore(t, open)
	cats := task.AssetGroup{ID: id(1), Account: 1, Name: "cats", Created: at(2)}
	dogs := task.AssetGroup{ID: id(2), Account: 1, Name: "dogs", Created: at(1)}
	theirs := task.AssetGroup{ID: id(3), Account: 2, Name: "cats", Created: at(0)}
	for _, g := range []task.AssetGroup{cats, dogs, theirs} {
		checkError(t, "PutGroup", s.PutGroup(t.Context(), g), nil)
	}
	listed := func(t *testing.T, account int64, name string, groups ...task.AssetGroup) {
		t.Helper()
		got, err := s.Groups(t.Context(), account, name)
		checkError(t, "Groups", err, nil)
		checkEqual(t, got, groups)
	}
	t.Run("an account lists its own, oldest first", func(t *testing.T) { listed(t, 1, "", dogs, cats) })
	t.Run("a group is found by name", func(t *testing.T) { listed(t, 2, "cats", theirs) })
	t.Run("an unknown name finds none", func(t *testing.T) { listed(t, 2, "dogs") })
	t.Run("a taken name is ErrExists", func(t *testing.T) {
		checkError(t, "PutGroup", s.PutGroup(t.Context(), task.AssetGroup{ID: id(4), Account: 1, Name: "cats"}), store.ErrExists)
		checkError(t, "renaming to it", s.PutGroup(t.Context(), task.AssetGroup{ID: id(2), Account: 1, Name: "cats"}), store.ErrExists)
		listed(t, 1, "", dogs, cats)
	})
	t.Run("the same id renames", func(t *testing.T) {
		dogs.Name = "hounds"
		checkError(t, "PutGroup", s.PutGroup(t.Context(), dogs), nil)
		listed(t, 1, "", dogs, cats)
	})
	t.Run("another account's id is ErrExists", func(t *testing.T) {
		checkError(t, "PutGroup", s.PutGroup(t.Context(), task.AssetGroup{ID: theirs.ID, Account: 1, Name: "mine"}), store.ErrExists)
		listed(t, 2, "", theirs)
	})
}

func runSecrets(t *testing.T, open Open) {
	s := openStore(t, open)
	got := make([]string, 8)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() {
			secret, err := s.Secret(t.Context(), "jwt", []byte(fmt.Sprint("candidate ", i)))
			checkError(t, "Secret", err, nil)
			got[i] = string(secret)
		})
	}
	all.Wait()
	t.Run("concurrent callers get the same secret", func(t *testing.T) {
		for _, secret := range got {
			if secret == "" || secret != got[0] {
				t.Fatalf("got %q", got)
			}
		}
	})
	t.Run("the first candidate stays", func(t *testing.T) {
		secret, err := s.Secret(t.Context(), "jwt", []byte("too late"))
		if err != nil || string(secret) != got[0] {
			t.Errorf("got %q (%v), want %q", secret, err, got[0])
		}
	})
	t.Run("another name has another secret", func(t *testing.T) {
		secret, err := s.Secret(t.Context(), "cursor", []byte{0, 255})
		if err != nil || string(secret) != "\x00\xff" {
			t.Errorf("got %q (%v)", secret, err)
		}
	})
}

func runCancelled(t *testing.T, open Open) {
	s := openStore(t, open)
	old := put(t, s, newTask(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Apply":         func() error { _, err := s.Apply(ctx, task.Change{Task: old}); return err },
		"Task":          func() error { _, err := s.Task(ctx, old.ID); return err },
		"Tasks":         func() error { _, err := s.Tasks(ctx, task.Query{}); return err },
		"Events":        func() error { _, err := s.Events(ctx, old.ID); return err },
		"Artifacts":     func() error { _, err := s.Artifacts(ctx, task.ArtifactQuery{}); return err },
		"Idempotency":   func() error { _, err := s.Idempotency(ctx, 1, "k"); return err },
		"Keys":          func() error { _, err := s.Keys(ctx, apikey.Query{Hash: "h"}); return err },
		"PutKey":        func() error { return s.PutKey(ctx, apikey.Key{ID: "k", Hash: "h"}) },
		"Groups":        func() error { _, err := s.Groups(ctx, 1, ""); return err },
		"PutGroup":      func() error { return s.PutGroup(ctx, task.AssetGroup{ID: id(1)}) },
		"Datasets":      func() error { _, err := s.Datasets(ctx, task.DatasetQuery{}); return err },
		"PutDataset":    func() error { return s.PutDataset(ctx, task.Dataset{ID: id(1)}) },
		"DeleteDataset": func() error { return s.DeleteDataset(ctx, id(1)) },
		"Secret":        func() error { _, err := s.Secret(ctx, "n", []byte("c")); return err },
	} {
		t.Run(name, func(t *testing.T) { checkError(t, name, call(), context.Canceled) })
	}
	t.Run("nothing was written", func(t *testing.T) {
		checkEqual(t, get(t, s, old.ID), old)
		keys, err := s.Keys(t.Context(), apikey.Query{})
		if err != nil || len(keys) != 0 {
			t.Errorf("keys %+v (%v), want none", keys, err)
		}
	})
}
