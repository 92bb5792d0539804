package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// Assets lists the account's artifacts that q selects, newest first. Deleted ones are not among them.
func (g *Gateway) Assets(ctx context.Context, who apikey.Key, q task.ArtifactQuery) ([]task.Artifact, error) {
	q.Account = who.Account
	return g.cfg.Store.Artifacts(ctx, q)
}

// Asset reads one of the account's artifacts. NotFound for an unknown id, a deleted one and another account's alike.
func (g *Gateway) Asset(ctx context.Context, who apikey.Key, id string) (task.Artifact, error) {
	found, err := g.cfg.Store.Artifacts(ctx, task.ArtifactQuery{Account: who.Account, Artifact: id, Limit: 1})
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
func (g *Gateway) EditAsset(ctx context.Context, who apikey.Key, id string, e task.ArtifactEdit) (task.Artifact, error) {
	if e.Name != nil {
		if err := checkName("name", *e.Name); err != nil {
			return task.Artifact{}, err
		}
	}
	a, err := g.Asset(ctx, who, id)
	if err != nil {
		return task.Artifact{}, err
	}
	a, err = g.editArtifact(ctx, who, a, func(a *task.Artifact) {
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
	g.awaitFiles(ctx, a.Task)
	now, err := g.Asset(context.WithoutCancel(ctx), who, id)
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
func (g *Gateway) DeleteAsset(ctx context.Context, who apikey.Key, id string) error {
	a, err := g.Asset(ctx, who, id)
	if err != nil {
		return err
	}
	if a, err = g.editArtifact(ctx, who, a, g.markDeleted); err != nil {
		return err
	}
	g.awaitFiles(ctx, a.Task)
	return nil
}

// Share gives an artifact a public page, at an unguessable token; one that has a page keeps it.
func (g *Gateway) Share(ctx context.Context, who apikey.Key, id string) (task.Artifact, error) {
	a, err := g.Asset(ctx, who, id)
	if err != nil || a.Share != "" {
		return a, err
	}
	random := make([]byte, 32)
	if _, err := io.ReadFull(g.cfg.Rand, random); err != nil {
		return task.Artifact{}, fmt.Errorf("gateway: draw a share token: %w", err)
	}
	token := inBase62(random, 30)
	return g.editArtifact(ctx, who, a, func(a *task.Artifact) {
		if a.Share == "" {
			a.Share = token
		}
	})
}

// Unshare ends an artifact's public page. One that has none is left as it is.
func (g *Gateway) Unshare(ctx context.Context, who apikey.Key, id string) (task.Artifact, error) {
	a, err := g.Asset(ctx, who, id)
	if err != nil || a.Share == "" {
		return a, err
	}
	return g.editArtifact(ctx, who, a, func(a *task.Artifact) { a.Share = "" })
}

// Shared finds the artifact behind a public page's token, and its task. NotFound where the token is unknown or the page
// was ended. No key is needed: the token is one.
func (g *Gateway) Shared(ctx context.Context, token string) (task.Task, task.Artifact, error) {
	notFound := &task.Error{Code: task.NotFound, Detail: "There is no such page, or it is no longer shared."}
	if token == "" {
		return task.Task{}, task.Artifact{}, notFound
	}
	found, err := g.cfg.Store.Artifacts(ctx, task.ArtifactQuery{Share: token, Limit: 1})
	if err != nil {
		return task.Task{}, task.Artifact{}, err
	}
	if len(found) == 0 {
		return task.Task{}, task.Artifact{}, notFound
	}
	t, err := g.cfg.Store.Task(ctx, found[0].Task)
	return t, found[0], err
}

// editArtifact changes one artifact where it stands: in its task.
func (g *Gateway) editArtifact(ctx context.Context, who apikey.Key, a task.Artifact, change func(*task.Artifact)) (task.Artifact, error) {
	var out task.Artifact
	_, err := g.edit(ctx, who, a.Task, func(t *task.Task) error {
		for i := range t.Artifacts {
			if one := &t.Artifacts[i]; one.ID == a.ID && !one.Deleted {
				one.Files = append([]task.File(nil), one.Files...)
				change(one)
				one.Updated = g.now()
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
func (g *Gateway) edit(ctx context.Context, who apikey.Key, id string, change func(*task.Task) error) (task.Task, error) {
	for {
		t, err := g.stored(ctx, who, id)
		if err != nil {
			return task.Task{}, err
		}
		t.Artifacts = slices.Clone(t.Artifacts)
		if err := change(&t); err != nil {
			return task.Task{}, err
		}
		t.Version, err = g.write(ctx, task.Change{Task: t, Wakes: fileWakes(t)})
		if !errors.Is(err, store.ErrStale) {
			return t, err
		}
	}
}

// stored reads the account's task from the store itself: whoever is to write over it must not begin from a cached version,
// which may be an older one for ever. NotFound as Read.
func (g *Gateway) stored(ctx context.Context, who apikey.Key, id string) (task.Task, error) {
	t, err := g.cfg.Store.Task(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && t.Account != who.Account {
		return task.Task{}, noTask()
	}
	return t, err
}

// fileWakes are the wakes that have the pending changes of a task's files done.
func fileWakes(t task.Task) []task.Wake {
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

// AssetGroups lists the account's asset groups, oldest first.
func (g *Gateway) AssetGroups(ctx context.Context, who apikey.Key) ([]task.AssetGroup, error) {
	return g.cfg.Store.Groups(ctx, who.Account, "")
}

// RenameGroup gives one of the account's asset groups another name. Invalid for a name that can't be, Conflict for one
// that another group has, NotFound for an unknown id and another account's alike.
func (g *Gateway) RenameGroup(ctx context.Context, who apikey.Key, id, name string) (task.AssetGroup, error) {
	if err := checkName("name", name); err != nil {
		return task.AssetGroup{}, err
	}
	all, err := g.AssetGroups(ctx, who)
	if err != nil {
		return task.AssetGroup{}, err
	}
	for _, group := range all {
		if group.ID != id {
			continue
		}
		group.Name = name
		err := g.cfg.Store.PutGroup(ctx, group)
		if errors.Is(err, store.ErrExists) {
			return task.AssetGroup{}, &task.Error{Code: task.Conflict, Detail: "Another asset group has this name."}
		}
		return group, err
	}
	return task.AssetGroup{}, &task.Error{Code: task.NotFound, Detail: "There is no asset group with this id."}
}
