// Package asset holds the finished files and their life: list, edit, set private, share, delete.
//
// Every change of files is first written in the row as pending, and then carried out by a job. A sweep finishes what no job
// finished. How a file is made, and what happens to its task, is not decided here.
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

// Config is what a Catalog is made of. All fields but Files, Panics and Lock are needed.
type Config struct {
	Store  store.Store
	Bucket blob.Bucket
	Files  blob.Lister // lists Bucket, for SweepDay
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger
	Panics *panics.Recorder // nil = to slog.Default
	Lock   keylock.Among    // among the processes that share the files; nil = this one is the only one
}

// Catalog holds the accounts' finished files. It is safe for use by many goroutines.
type Catalog struct {
	cfg       Config
	changing  keylock.Locks[string] // by task: one job at a time changes its files
	withdrawn *withdrawn
}

// New makes a Catalog. Call LoadWithdrawn once before files are served.
func New(c Config) *Catalog {
	return &Catalog{cfg: c, withdrawn: newWithdrawn()}
}

// Assets lists the account's artifacts that q selects, newest first. Deleted ones are not among them.
func (c *Catalog) Assets(ctx context.Context, who apikey.Key, q task.ArtifactQuery) ([]task.Artifact, error) {
	q.Account = who.Account
	return c.cfg.Store.Artifacts(ctx, q)
}

// Asset returns one of the account's artifacts. NotFound for an unknown id, a deleted artifact and another account's.
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

// EditAsset changes one of the account's artifacts. With Private true its files move to keys that only signed URLs reach, and
// plain URLs stop working as soon as the row is written; with false they move back. A job moves the files, and the caller
// waits for it as AwaitFiles does; if it ends early or the disk fails, a later job moves them. Invalid for a bad name, NotFound
// as Asset.
func (c *Catalog) EditAsset(ctx context.Context, who apikey.Key, id string, e task.ArtifactEdit) (task.Artifact, error) {
	if err := checkEdit(e); err != nil {
		return task.Artifact{}, err
	}
	a, err := c.Asset(ctx, who, id)
	if err != nil {
		return task.Artifact{}, err
	}
	group := a.Group
	if e.Group != nil {
		into, err := c.Group(ctx, who.Account, *e.Group)
		if err != nil {
			return task.Artifact{}, err
		}
		group = into.ID
	}
	a, err = c.editArtifact(ctx, who, a, func(a *task.Artifact) {
		setField(&a.Favorite, e.Favorite)
		setField(&a.PrivateInTeam, e.PrivateInTeam)
		setField(&a.Reported, e.Reported)
		if e.Group != nil {
			a.Group = group
		}
		if e.Name != nil {
			a.Filename = *e.Name + ".mp4"
		}
		if e.Private != nil {
			a.Unlisted = *e.Private
			setSignedOnly(a, *e.Private)
		}
	})
	if err != nil || e.Private == nil || a.Pending == "" {
		return a, err
	}
	c.AwaitFiles(ctx, a.Task)
	now, err := c.Asset(context.WithoutCancel(ctx), who, id)
	if err != nil { // the change is written all the same
		return a, nil //nolint:nilerr // as above
	}
	return now, nil
}

// checkEdit refuses names that can't be.
func checkEdit(e task.ArtifactEdit) error {
	if e.Name != nil {
		if err := checkName("name", *e.Name); err != nil {
			return err
		}
	}
	if e.Group != nil {
		return checkName("asset_group", *e.Group)
	}
	return nil
}

func setField(to *bool, v *bool) {
	if v != nil {
		*to = *v
	}
}

// DeleteAsset deletes an artifact's files: no URL reaches them once it returns. A job deletes them, and the caller waits for it
// as in EditAsset. The task keeps the artifact's facts. NotFound as Asset.
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

// Share gives an artifact a public page with an unguessable token. If it has a page, that one stays.
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

// Unshare removes an artifact's public page, if it has one.
func (c *Catalog) Unshare(ctx context.Context, who apikey.Key, id string) (task.Artifact, error) {
	a, err := c.Asset(ctx, who, id)
	if err != nil || a.Share == "" {
		return a, err
	}
	return c.editArtifact(ctx, who, a, func(a *task.Artifact) { a.Share = "" })
}

// Shared returns the artifact of a public page's token, and its task. NotFound if the token is unknown or the page was removed.
// The token replaces a key.
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

// editArtifact changes one artifact in its task.
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

// edit changes the account's task, over the version that it has then. Wakes for pending changes of its files are written in the
// same transaction.
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

// stored reads the account's task from the database, to write over it: a cached version may be too old for ever. NotFound if the
// account has no such task.
func (c *Catalog) stored(ctx context.Context, who apikey.Key, id string) (task.Task, error) {
	t, err := c.cfg.Store.Task(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && t.Account != who.Account {
		return task.Task{}, task.NoSuchTask()
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

// checkName refuses names that can't be a file's name.
func checkName(field, name string) error {
	problem := ""
	switch n := utf8.RuneCountInString(name); {
	case strings.TrimSpace(name) == "":
		problem = "must not be empty"
	case n > task.NameLimit:
		problem = fmt.Sprintf("%d characters; at most %d", n, task.NameLimit)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || r == '/' || r == '\\' }):
		problem = "must not contain slashes or control characters"
	}
	if problem == "" {
		return nil
	}
	return &task.Error{Code: task.Invalid, Detail: "The name can't be used.", Fields: []task.FieldError{{Field: field, Detail: problem}}}
}

// MarkDeleted marks an artifact as deleted, with its files to be deleted by a job, and removes its public page.
func (c *Catalog) MarkDeleted(a *task.Artifact) {
	if !a.Deleted {
		a.Deleted, a.Share, a.Pending, a.Updated = true, "", task.RemoveFiles, c.now()
	}
}

// Apply writes a change of a task, and withdraws the files that may not be served any more.
func (c *Catalog) Apply(ctx context.Context, change task.Change) (int64, error) {
	version, err := c.cfg.Store.Apply(ctx, change)
	t := change.Task
	switch {
	case !t.State.Terminal():
	case err == nil:
		t.Version = version
		c.withdrawn.note(t)
	case !errors.Is(err, store.ErrStale) && !errors.Is(err, store.ErrExists): // the write may be committed all the same
		if stored, err := c.cfg.Store.Task(context.WithoutCancel(ctx), t.ID); err == nil {
			c.withdrawn.note(stored)
		}
	}
	return version, err
}

// now returns the time as rows keep it: UTC, whole milliseconds.
func (c *Catalog) now() time.Time { return c.cfg.Now().UTC().Truncate(time.Millisecond) }
