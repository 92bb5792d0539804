package dialect

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

const (
	live    = "0190c2ab-0000-7000-8000-000000000001"
	deleted = "0190c2ab-0000-7000-8000-000000000002"
	broken  = "0190c2ab-0000-7000-8000-000000000003"
	unknown = "0190c2ab-0000-7000-8000-000000000004"
)

var errDatabase = errors.New("no database")

// fewTasks has a live task, a deleted one, and one that can't be read.
type fewTasks struct{}

func (fewTasks) Read(_ context.Context, _ apikey.Key, id string) (task.Task, error) {
	switch id {
	case live, deleted:
		return task.Task{ID: id, Deleted: id == deleted}, nil
	case broken:
		return task.Task{}, errDatabase
	default:
		return task.Task{}, &task.Error{Code: task.NotFound, Detail: "the gateway's sentence"}
	}
}

func (f fewTasks) Await(ctx context.Context, who apikey.Key, id string, limit time.Duration) (task.Task, error) {
	t, err := f.Read(ctx, who, id)
	t.QueueWait = limit
	return t, err
}

func TestFindTask(t *testing.T) {
	missing := &task.Error{Code: task.NotFound, Detail: "No film."}
	for _, c := range []struct {
		name, id       string
		found          string // the UUID; "" = an error
		err, errIfKept error
	}{
		{name: "a UUID", id: live, found: live},
		{name: "another dialect's form", id: "video_" + HexID(live), found: live},
		{name: "a deleted task", id: deleted, found: deleted, errIfKept: missing},
		{name: "an unknown id", id: unknown, err: missing, errIfKept: missing},
		{name: "no id of any form", id: "x", err: missing, errIfKept: missing},
		{name: "a task that can't be read", id: broken, err: errDatabase, errIfKept: errDatabase},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := FindTask(t.Context(), fewTasks{}, apikey.Key{}, c.id, "No film.")
			checkFound(t, got, err, c.found, c.err)
			got, err = FindKept(t.Context(), fewTasks{}, apikey.Key{}, c.id, "No film.")
			checkFound(t, got, err, c.found, c.errIfKept)
		})
	}
}

// checkFound checks that the task was found, or the error that is wanted in its place.
func checkFound(t *testing.T, got task.Task, err error, id string, want error) {
	t.Helper()
	if want != nil {
		if err == nil || err.Error() != want.Error() {
			t.Errorf("the error is %v, want %v", err, want)
		}
		return
	}
	if err != nil || got.ID != id {
		t.Errorf("found %q, error %v; want %s", got.ID, err, id)
	}
}

// fewUploads has a complete upload, one whose file was not sent, and one that can't be read.
type fewUploads struct{}

func (fewUploads) OwnUpload(_ context.Context, _ apikey.Key, id string) (task.Dataset, error) {
	switch id {
	case live:
		return task.Dataset{ID: id, Key: "datasets/lake.jpg"}, nil
	case deleted:
		return task.Dataset{ID: id}, nil
	case broken:
		return task.Dataset{}, errDatabase
	default:
		return task.Dataset{}, &task.Error{Code: task.NotFound}
	}
}

func linkUploads(t *testing.T, req *task.Request) error {
	t.Helper()
	links := Links{Base: "https://films.example", Token: func(string, time.Time) string { return "token" }}
	return LinkUploads(t.Context(), fewUploads{}, apikey.Key{}, req, "upload://", links)
}

func TestLinkUploadsReplacesOnlyUploads(t *testing.T) {
	req := task.Request{First: &task.Image{Source: "upload://" + live}, Last: &task.Image{Source: "https://pictures.example/a.png"},
		Video: &task.InputVideo{Source: "upload://" + live}}
	if err := linkUploads(t, &req); err != nil {
		t.Fatal(err)
	}
	const link = "https://films.example/datasets/lake.jpg?_jwt=token"
	if req.First.Source != link || req.Video.Source != link || req.Last.Source != "https://pictures.example/a.png" {
		t.Errorf("first %s, last %s, video %s", req.First.Source, req.Last.Source, req.Video.Source)
	}
}

func TestLinkUploadsNamesEachUploadThatCannotBeUsed(t *testing.T) {
	err := linkUploads(t, &task.Request{First: &task.Image{Source: "upload://" + unknown, Field: "a"},
		Last: &task.Image{Source: "upload://" + deleted, Field: "b"}})
	want := "invalid: An upload can't be used.; a: names no upload of yours; an upload lives for 24 hours; b: names an upload whose file was not sent yet"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

func TestLinkUploadsFailsIfAnUploadCannotBeRead(t *testing.T) {
	if err := linkUploads(t, &task.Request{First: &task.Image{Source: "upload://" + broken}}); !errors.Is(err, errDatabase) {
		t.Errorf("the error is %v", err)
	}
}
