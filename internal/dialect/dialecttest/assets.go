package dialecttest

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// List returns the account's tasks that are not deleted and that q selects.
func (g *Gateway) List(_ context.Context, who apikey.Key, q task.Query) ([]task.Task, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []task.Task
	for _, t := range g.tasks {
		if t.Account == who.Account && !t.Deleted && selects(q, t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b task.Task) int {
		if q.OldestFirst {
			a, b = b, a
		}
		return newer(a.Created, b.Created, a.ID, b.ID)
	})
	if q.Limit == 0 {
		q.Limit = 100
	}
	return out[:min(len(out), q.Limit)], nil
}

// selects reports whether q selects t, of any account.
func selects(q task.Query, t task.Task) bool {
	return follows(q, t) && (q.States == nil || slices.Contains(q.States, t.State)) &&
		(q.Model == "" || q.Model == t.Request.Model) && (q.Dialect == "" || q.Dialect == t.Request.Dialect) &&
		(q.ExternalID == "" || q.ExternalID == t.Request.ExternalID) && hasWords(t.Request.Prompt, q.Prompt) &&
		(q.CreatedFrom.IsZero() || !t.Created.Before(q.CreatedFrom)) && (q.CreatedTo.IsZero() || t.Created.Before(q.CreatedTo))
}

// follows reports whether t comes after q's cursor, in q's order.
func follows(q task.Query, t task.Task) bool {
	if q.After.ID == "" {
		return true
	}
	order := newer(q.After.Created, t.Created, q.After.ID, t.ID)
	return q.After.ID != t.ID && (!q.OldestFirst && order < 0 || q.OldestFirst && order > 0)
}

// hasWords reports whether a prompt has all words.
func hasWords(prompt, words string) bool {
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(words)), func(w string) bool { return !strings.Contains(strings.ToLower(prompt), w) })
}

// Find finds the account's task by its external id.
func (g *Gateway) Find(ctx context.Context, who apikey.Key, externalID string) (task.Task, error) {
	found, err := g.List(ctx, who, task.Query{ExternalID: externalID})
	if err == nil && (externalID == "" || len(found) == 0) {
		err = task.NoSuchTask()
	}
	if err != nil {
		return task.Task{}, err
	}
	return found[0], nil
}

func after(c task.Cursor, created time.Time, id string) bool {
	return c.ID == "" || newer(c.Created, created, c.ID, id) < 0
}

func newer(a, b time.Time, idA, idB string) int {
	if n := b.Compare(a); n != 0 {
		return n
	}
	if idA > idB {
		return -1
	}
	return 1
}

// Delete marks a task as deleted.
func (g *Gateway) Delete(ctx context.Context, who apikey.Key, id string) error {
	t, err := g.Read(ctx, who, id)
	if err != nil {
		return err
	}
	t.Deleted = true
	g.Put(t)
	return nil
}

// Retry submits the request of a task that failed or was cancelled.
func (g *Gateway) Retry(ctx context.Context, who apikey.Key, id string) (task.Task, error) {
	t, err := g.Read(ctx, who, id)
	if err != nil {
		return task.Task{}, err
	}
	if t.State != task.Failed && t.State != task.Cancelled {
		return task.Task{}, &task.Error{Code: task.Conflict, Detail: "Only a task that failed or was cancelled can be retried."}
	}
	again, err := g.Submit(ctx, who, t.Request)
	if err != nil {
		return task.Task{}, err
	}
	again.RetryOf = t.ID
	g.Put(again)
	return again, nil
}

// RetryOnce retries with an idempotency key, as SubmitOnce submits.
func (g *Gateway) RetryOnce(ctx context.Context, who apikey.Key, id, key, fingerprint string) (task.Task, bool, error) {
	return g.under(who, key, fingerprint, func() (task.Task, error) { return g.Retry(ctx, who, id) })
}

// Assets lists the account's artifacts, newest first. Of q, it uses the group, the task, the mark, the cursor and the limit.
func (g *Gateway) Assets(_ context.Context, who apikey.Key, q task.ArtifactQuery) ([]task.Artifact, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []task.Artifact
	for _, t := range g.tasks {
		for _, a := range t.Artifacts {
			if a.Account == who.Account && !a.Deleted && (q.Group == "" || q.Group == a.Group) && (q.Task == "" || q.Task == a.Task) &&
				(q.Favorite == nil || *q.Favorite == a.Favorite) && after(q.After, a.Created, a.ID) {
				out = append(out, a)
			}
		}
	}
	slices.SortFunc(out, func(a, b task.Artifact) int { return newer(a.Created, b.Created, a.ID, b.ID) })
	return out[:min(len(out), q.Limit)], nil
}

// change calls do with one of the account's artifacts that is not deleted.
func (g *Gateway) change(who apikey.Key, id string, do func(*task.Artifact)) (task.Artifact, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range g.tasks {
		for j := range g.tasks[i].Artifacts {
			if a := &g.tasks[i].Artifacts[j]; a.ID == id && a.Account == who.Account && !a.Deleted {
				do(a)
				return *a, nil
			}
		}
	}
	return task.Artifact{}, &task.Error{Code: task.NotFound, Detail: "There is no asset with this id."}
}

// Asset returns an artifact of the account.
func (g *Gateway) Asset(_ context.Context, who apikey.Key, id string) (task.Artifact, error) {
	return g.change(who, id, func(*task.Artifact) {})
}

// EditAsset changes an artifact as e says. It moves none to a group that is not in Groups.
func (g *Gateway) EditAsset(_ context.Context, who apikey.Key, id string, e task.ArtifactEdit) (task.Artifact, error) {
	return g.change(who, id, func(a *task.Artifact) {
		for _, f := range []struct {
			to   *bool
			from *bool
		}{{&a.Favorite, e.Favorite}, {&a.Unlisted, e.Private}, {&a.SignedOnly, e.Private}, {&a.PrivateInTeam, e.PrivateInTeam}, {&a.Reported, e.Reported}} {
			if f.from != nil {
				*f.to = *f.from
			}
		}
		if e.Name != nil {
			a.Filename = *e.Name + ".mp4"
		}
		if i := slices.IndexFunc(g.Groups, func(one task.AssetGroup) bool {
			return e.Group != nil && one.Account == who.Account && one.Name == *e.Group
		}); i >= 0 {
			a.Group = g.Groups[i].ID
		}
	})
}

// DeleteAsset marks an artifact as deleted.
func (g *Gateway) DeleteAsset(_ context.Context, who apikey.Key, id string) error {
	_, err := g.change(who, id, func(a *task.Artifact) { a.Deleted = true })
	return err
}

// Share gives an artifact the page "shared-<id>".
func (g *Gateway) Share(_ context.Context, who apikey.Key, id string) (task.Artifact, error) {
	return g.change(who, id, func(a *task.Artifact) { a.Share = "shared-" + a.ID })
}

// Unshare removes an artifact's page.
func (g *Gateway) Unshare(_ context.Context, who apikey.Key, id string) (task.Artifact, error) {
	return g.change(who, id, func(a *task.Artifact) { a.Share = "" })
}

// AssetGroups returns the account's groups of those in Groups.
func (g *Gateway) AssetGroups(_ context.Context, who apikey.Key) ([]task.AssetGroup, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []task.AssetGroup
	for _, one := range g.Groups {
		if one.Account == who.Account {
			out = append(out, one)
		}
	}
	return out, nil
}

// RenameGroup renames one of Groups.
func (g *Gateway) RenameGroup(_ context.Context, who apikey.Key, id, name string) (task.AssetGroup, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := slices.IndexFunc(g.Groups, func(one task.AssetGroup) bool { return one.ID == id && one.Account == who.Account })
	switch {
	case at < 0:
		return task.AssetGroup{}, &task.Error{Code: task.NotFound, Detail: "There is no asset group with this id."}
	case slices.ContainsFunc(g.Groups, func(one task.AssetGroup) bool { return one.Name == name && one.ID != id }):
		return task.AssetGroup{}, &task.Error{Code: task.Conflict, Detail: "Another group has this name."}
	}
	g.Groups[at].Name = name
	return g.Groups[at], nil
}

// Upload stores any bytes as a JPEG of 640 by 480 pixels, and bytes that begin as an MP4 does as an MP4 of two seconds. An empty
// body is refused as no picture.
func (g *Gateway) Upload(_ context.Context, who apikey.Key, body io.Reader) (task.Dataset, error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return task.Dataset{}, cutOff()
	}
	if len(data) == 0 {
		return task.Dataset{}, &task.Error{Code: task.Unreadable, Detail: "The picture can't be read.", Fields: []task.FieldError{{Field: "file", Detail: "is empty"}}}
	}
	id := "30000000-0000-4000-8000-000000000001"
	d := task.Dataset{ID: id, Account: who.Account, Key: "datasets/" + id + ".jpg", Type: "image/jpeg", Size: int64(len(data)),
		Width: 640, Height: 480, Created: g.Time}
	if bytes.HasPrefix(data, []byte("ftyp")) {
		d.Key, d.Type, d.FrameRate, d.Duration = "datasets/"+id+".mp4", "video/mp4", 24000.0/1001, 2002*time.Millisecond
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.uploaded = append(g.uploaded, d)
	return d, nil
}

// FetchDataset stores a URL as Upload does its bytes. It finds nothing at a host whose name begins with "gone.".
func (g *Gateway) FetchDataset(ctx context.Context, who apikey.Key, source string) (task.Dataset, error) {
	if strings.HasPrefix(source, "https://gone.") {
		return task.Dataset{}, &task.Error{Code: task.Unreadable, Detail: "url: the URL could not be fetched: status 404",
			Fields: []task.FieldError{{Field: "url", Detail: "the URL could not be fetched: status 404"}}}
	}
	return g.Upload(ctx, who, strings.NewReader(source))
}

// cutOff returns the error for a body that can't be read to its end.
func cutOff() error {
	return &task.Error{Code: task.Invalid, Detail: "The body ended early or came too slowly."}
}

// OwnDataset returns the dataset that was uploaded last with that id.
func (g *Gateway) OwnDataset(_ context.Context, who apikey.Key, id string) (task.Dataset, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, d := range slices.Backward(g.uploaded) {
		if d.ID == id && d.Account == who.Account {
			return d, nil
		}
	}
	return task.Dataset{}, &task.Error{Code: task.NotFound, Detail: "There is no dataset with this id."}
}

// DeleteDataset deletes a dataset.
func (g *Gateway) DeleteDataset(ctx context.Context, who apikey.Key, id string) error {
	if _, err := g.OwnDataset(ctx, who, id); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.uploaded = slices.DeleteFunc(g.uploaded, func(d task.Dataset) bool { return d.ID == id && d.Account == who.Account })
	return nil
}
