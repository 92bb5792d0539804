// Package asset holds the finished files and their life: list, edit, set private, share, delete.
//
// Every change of files is a row first and a job after: the row says what is pending, a job carries it out, and a sweep
// takes up what no job finished. What may not enter: how a file is made, and what becomes of its task.
package asset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/base62"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/keylock"
	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Config is what a Catalog is made of. All fields but Files and Panics are needed.
type Config struct {
	Store  store.Store // Apply is called through it
	Bucket blob.Bucket
	Files  blob.Lister // lists Bucket, for SweepDay
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger
	Panics *panics.Recorder // nil = to slog.Default
}

// Catalog holds the accounts' finished files. It is safe for use by many goroutines.
type Catalog struct {
	cfg       Config
	changing  keylock.Locks[string] // by task: one job at a time changes its files
	withdrawn *withdrawn
}

// New makes a Catalog. Call LoadWithdrawn before files are served.
func New(c Config) *Catalog {
	return &Catalog{cfg: c, withdrawn: newWithdrawn()}
}

// Assets lists the account's artifacts that q selects, newest first. Deleted ones are not among them.
func (c *Catalog) Assets(ctx context.Context, who apikey.Key, q task.ArtifactQuery) ([]task.Artifact, error) {
	q.Account = who.Account
	return c.cfg.Store.Artifacts(ctx, q)
}

// Asset reads one of the account's artifacts. NotFound for an unknown id, a deleted one and another account's alike.
func (c *Catalog) Asset(ctx context.Context, who apikey.Key, id string) (task.Artifact, error) {
	found, err := c.cfg.Store.Artifacts(ctx, task.ArtifactQuery{Account: who.Account, Artifact: id, Limit: 1})
	if err != nil {
		return task.Artifact{}, err
	}
	if id == "" || len(found) == 0 {
		return task.Artifact{}, &task.Error{Code: task.NotFound, Detail: "There is no asset with this id."}
	}
	return found[0], nil
}

// EditAsset changes one of the account's artifacts. Setting Private seals its files: they move to where only signed
// URLs reach, and the plain ones that were given out are dead from the moment the row says so; setting it false brings
// them back. The files are moved by a job, for which the caller waits for a while: one that gives up, or a disk that fails,
// leaves it to be finished later. Invalid for a name that can't be; NotFound as Asset.
func (c *Catalog) EditAsset(ctx context.Context, who apikey.Key, id string, e task.ArtifactEdit) (task.Artifact, error) {
	if e.Name != nil {
		if err := checkName("name", *e.Name); err != nil {
			return task.Artifact{}, err
		}
	}
	a, err := c.Asset(ctx, who, id)
	if err != nil {
		return task.Artifact{}, err
	}
	a, err = c.editArtifact(ctx, who, a, func(a *task.Artifact) {
		setField(&a.Favorite, e.Favorite)
		setField(&a.PrivateInTeam, e.PrivateInTeam)
		setField(&a.Reported, e.Reported)
		if e.Name != nil {
			a.Filename = *e.Name + ".mp4"
		}
		if e.Private != nil {
			a.Unlisted = *e.Private
			wantFiles(a, *e.Private)
		}
	})
	if err != nil || e.Private == nil || a.Pending == "" {
		return a, err
	}
	c.AwaitFiles(ctx, a.Task)
	now, err := c.Asset(context.WithoutCancel(ctx), who, id)
	if err != nil { // the change stands, whatever has become of the artifact since
		return a, nil //nolint:nilerr // as above
	}
	return now, nil
}

func setField(to *bool, v *bool) {
	if v != nil {
		*to = *v
	}
}

// DeleteAsset removes an artifact's files: no URL reaches them from its return on. A job removes them, for which the caller
// waits as for EditAsset's. Its task still tells what it was. NotFound as Asset.
func (c *Catalog) DeleteAsset(ctx context.Context, who apikey.Key, id string) error {
	a, err := c.Asset(ctx, who, id)
	if err != nil {
		return err
	}
	if a, err = c.editArtifact(ctx, who, a, c.MarkDeleted); err != nil {
		return err
	}
	c.AwaitFiles(ctx, a.Task)
	return nil
}

// Share gives an artifact a public page, at an unguessable token; one that has a page keeps it.
func (c *Catalog) Share(ctx context.Context, who apikey.Key, id string) (task.Artifact, error) {
	a, err := c.Asset(ctx, who, id)
	if err != nil || a.Share != "" {
		return a, err
	}
	random := make([]byte, 32)
	if _, err := io.ReadFull(c.cfg.Rand, random); err != nil {
		return task.Artifact{}, fmt.Errorf("asset: draw a share token: %w", err)
	}
	token := base62.Encode(random, 30)
	return c.editArtifact(ctx, who, a, func(a *task.Artifact) {
		if a.Share == "" {
			a.Share = token
		}
	})
}

// Unshare ends an artifact's public page. One that has none is left as it is.
func (c *Catalog) Unshare(ctx context.Context, who apikey.Key, id string) (task.Artifact, error) {
	a, err := c.Asset(ctx, who, id)
	if err != nil || a.Share == "" {
		return a, err
	}
	return c.editArtifact(ctx, who, a, func(a *task.Artifact) { a.Share = "" })
}

// Shared finds the artifact behind a public page's token, and its task. NotFound where the token is unknown or the page
// was ended. No key is needed: the token is one.
func (c *Catalog) Shared(ctx context.Context, token string) (task.Task, task.Artifact, error) {
	notFound := &task.Error{Code: task.NotFound, Detail: "There is no such page, or it is no longer shared."}
	if token == "" {
		return task.Task{}, task.Artifact{}, notFound
	}
	found, err := c.cfg.Store.Artifacts(ctx, task.ArtifactQuery{Share: token, Limit: 1})
	if err != nil {
		return task.Task{}, task.Artifact{}, err
	}
	if len(found) == 0 {
		return task.Task{}, task.Artifact{}, notFound
	}
	t, err := c.cfg.Store.Task(ctx, found[0].Task)
	return t, found[0], err
}

// editArtifact changes one artifact where it stands: in its task.
func (c *Catalog) editArtifact(ctx context.Context, who apikey.Key, a task.Artifact, change func(*task.Artifact)) (task.Artifact, error) {
	var out task.Artifact
	_, err := c.edit(ctx, who, a.Task, func(t *task.Task) error {
		for i := range t.Artifacts {
			if one := &t.Artifacts[i]; one.ID == a.ID && !one.Deleted {
				one.Files = append([]task.File(nil), one.Files...)
				change(one)
				one.Updated = c.now()
				out = *one
				return nil
			}
		}
		return &task.Error{Code: task.NotFound, Detail: "There is no asset with this id."}
	})
	return out, err
}

// edit changes the account's task over whatever version it has by then. What change leaves pending for the task's files is
// woken for in the same transaction.
func (c *Catalog) edit(ctx context.Context, who apikey.Key, id string, change func(*task.Task) error) (task.Task, error) {
	for {
		t, err := c.stored(ctx, who, id)
		if err != nil {
			return task.Task{}, err
		}
		t.Artifacts = slices.Clone(t.Artifacts)
		if err := change(&t); err != nil {
			return task.Task{}, err
		}
		t.Version, err = c.Apply(ctx, task.Change{Task: t, Wakes: FileWakes(t)})
		if !errors.Is(err, store.ErrStale) {
			return t, err
		}
	}
}

// stored reads the account's task from the store itself: whoever is to write over it must not begin from a cached version,
// which may be an older one for ever. NotFound as Read.
func (c *Catalog) stored(ctx context.Context, who apikey.Key, id string) (task.Task, error) {
	t, err := c.cfg.Store.Task(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && t.Account != who.Account {
		return task.Task{}, &task.Error{Code: task.NotFound, Detail: "There is no task with this id."}
	}
	return t, err
}

// FileWakes returns the wakes that carry out the pending changes of an ended task's files; nil if nothing is pending.
func FileWakes(t task.Task) []task.Wake {
	if !t.State.Terminal() || !slices.ContainsFunc(t.Artifacts, func(a task.Artifact) bool { return a.Pending != "" }) {
		return nil
	}
	return []task.Wake{{Task: t.ID, Lane: task.Remote}}
}

// checkName refuses names that can't stand in a file's name or a list.
func checkName(field, name string) error {
	fault := ""
	switch n := utf8.RuneCountInString(name); {
	case strings.TrimSpace(name) == "":
		fault = "must not be empty"
	case n > task.NameLimit:
		fault = fmt.Sprintf("%d characters; at most %d", n, task.NameLimit)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || r == '/' || r == '\\' }):
		fault = "must not contain slashes or control characters"
	}
	if fault == "" {
		return nil
	}
	return &task.Error{Code: task.Invalid, Detail: "The name can't be used.", Fields: []task.FieldError{{Field: field, Detail: fault}}}
}

// MarkDeleted makes an artifact say that its files are gone, has a job delete them, and ends its public page.
func (c *Catalog) MarkDeleted(a *task.Artifact) {
	if !a.Deleted {
		a.Deleted, a.Share, a.Pending, a.Updated = true, "", task.RemoveFiles, c.now()
	}
}

// Apply writes a change of a task, and notes which of its files may no longer be served.
func (c *Catalog) Apply(ctx context.Context, change task.Change) (int64, error) {
	version, err := c.cfg.Store.Apply(ctx, change)
	t := change.Task
	switch {
	case !t.State.Terminal():
	case err == nil:
		t.Version = version
		c.withdrawn.note(t)
	case !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrExists): // the write may stand all the same
		if stored, err := c.cfg.Store.Task(context.WithoutCancel(ctx), t.ID); err == nil {
			c.withdrawn.note(stored)
		}
	}
	return version, err
}

// now returns the time as rows keep it: UTC, whole milliseconds.
func (c *Catalog) now() time.Time { return c.cfg.Now().UTC().Truncate(time.Millisecond) }
