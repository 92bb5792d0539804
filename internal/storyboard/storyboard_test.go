package storyboard_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/store/rowstest"
	"github.com/filmgate/filmgate/internal/storyboard"
	"github.com/filmgate/filmgate/internal/task"
)

var databases rowstest.Databases

func TestMain(m *testing.M) { os.Exit(databases.Main(m)) }

var (
	owner = apikey.Key{Account: 7}
	other = apikey.Key{Account: 8}
)

// id returns the n-th task's id.
func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// tasks holds the tasks of a test. Those from 1 to 29 are the owner's, the others another account's; task 29 is deleted. They have
// videos of five seconds, but for 20, which failed, 21, whose video was deleted, 22, whose video has 350 seconds, and 23, which has
// not ended and was asked for seven seconds.
type tasks struct{}

// CachedTask implements storyboard.Tasks.
func (tasks) CachedTask(_ context.Context, want string) (task.Task, error) {
	for n := range 40 {
		if want == id(n) && n > 0 {
			t := task.Task{ID: want, Account: 7 + int64(n/30), Deleted: n == 29, State: task.Succeeded, Request: task.Request{Seconds: 7},
				Artifacts: []task.Artifact{{Duration: 5 * time.Second, Deleted: n == 21, Files: []task.File{
					{Role: task.Video}, {Role: task.Preview, Key: "still", Type: "image/jpeg"}}}}}
			switch n {
			case 20:
				t.State, t.Artifacts = task.Failed, nil
			case 22:
				t.Artifacts[0].Duration = 350 * time.Second
			case 23:
				t.State, t.Artifacts = task.Running, nil
			}
			return t, nil
		}
	}
	return task.Task{}, store.ErrNotFound
}

// files holds one file, a red still.
type files struct{}

// Open implements storyboard.Files.
func (files) Open(_ context.Context, key string, _, _ int64) (io.ReadCloser, error) {
	if key != "still" {
		return nil, blob.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(redStill())), nil
}

func open(t *testing.T) *storyboard.Boards {
	t.Helper()
	rows, ok := databases.Open(t, t.TempDir(), nil).(store.Storyboards)
	if !ok {
		t.Fatal("the store has no storyboards")
	}
	return storyboard.New(storyboard.Config{Rows: rows, Tasks: tasks{}, Files: files{}, Now: time.Now, Rand: rand.Reader})
}

// create makes a storyboard of a shot for each of the tasks.
func create(t *testing.T, b *storyboard.Boards, takes ...int) task.Storyboard {
	t.Helper()
	name := "Harbour"
	e := task.StoryboardEdit{Name: &name}
	for _, n := range takes {
		e.Shots = append(e.Shots, task.ShotEdit{Add: []string{id(n)}})
	}
	made, err := b.CreateStoryboard(t.Context(), owner, e)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// edit changes the shots of a storyboard.
func edit(t *testing.T, b *storyboard.Boards, board task.Storyboard, shots ...task.ShotEdit) (task.Storyboard, error) {
	t.Helper()
	return b.EditStoryboard(t.Context(), owner, board.ID, board.Version, task.StoryboardEdit{Shots: shots})
}

// fields returns the fields that an error names, and its code.
func fields(err error) string {
	var e *task.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	out := []string{string(e.Code)}
	for _, f := range e.Fields {
		out = append(out, f.Field)
	}
	return strings.Join(out, " ")
}

func TestAStoryboardIsReadAsItWasMade(t *testing.T) {
	b := open(t)
	made := create(t, b, 1, 2)
	got, err := b.Storyboard(t.Context(), owner, made.ID)
	if err != nil || got.Name != "Harbour" || got.Version != 1 || len(got.Shots) != 2 || got.Created.IsZero() {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, s := range got.Shots {
		if want := id(i + 1); s.Take != want || !slices.Equal(s.Takes, []string{want}) || s.Transition != (task.Transition{Type: task.Cut}) || s.ID == "" {
			t.Errorf("shot %d is %+v", i, s)
		}
	}
	if got.Shots[0].ID == got.Shots[1].ID {
		t.Error("two shots have the same id")
	}
}

func TestShotsAreReorderedRetakenReplacedAndRemoved(t *testing.T) {
	b := open(t)
	old := create(t, b, 1, 2, 3)
	first, second := old.Shots[0].ID, old.Shots[1].ID
	dissolve := task.Transition{Type: task.Dissolve, Duration: time.Second}
	trim := task.Trim{Start: time.Second, End: 3 * time.Second}
	next, err := edit(t, b, old, task.ShotEdit{ID: second, Add: []string{id(4)}}, task.ShotEdit{ID: first, Transition: &dissolve, Trim: &trim}, task.ShotEdit{Add: []string{id(5)}})
	if err != nil || next.Version != 2 || len(next.Shots) != 3 {
		t.Fatalf("%+v, %v", next, err)
	}
	if s := next.Shots[0]; s.ID != second || s.Take != id(4) || !slices.Equal(s.Takes, []string{id(2), id(4)}) {
		t.Errorf("the retaken shot is %+v", s)
	}
	if s := next.Shots[1]; s.ID != first || s.Take != id(1) || s.Transition != dissolve || s.Trim != trim {
		t.Errorf("the moved shot is %+v", s)
	}
	if s := next.Shots[2]; s.ID == old.Shots[2].ID || s.Take != id(5) {
		t.Errorf("the new shot is %+v", s)
	}
	back, err := edit(t, b, next, task.ShotEdit{ID: second, Take: id(2)}, task.ShotEdit{ID: first})
	if err != nil || back.Shots[0].Take != id(2) || back.Shots[1].Trim != trim || len(back.Shots) != 2 {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestAnEditNamesEveryFieldAtFault(t *testing.T) {
	b := open(t)
	board := create(t, b, 1, 2)
	shot := board.Shots[0].ID
	add := func(n int) task.ShotEdit { return task.ShotEdit{Add: []string{id(n)}} }
	for name, c := range map[string]struct {
		shots []task.ShotEdit
		want  string
	}{
		"another account's task":  {[]task.ShotEdit{add(1), add(30)}, "invalid shots/1/task"},
		"an unknown task":         {[]task.ShotEdit{{Add: []string{"x"}}}, "invalid shots/0/task"},
		"a deleted task":          {[]task.ShotEdit{add(29)}, "invalid shots/0/task"},
		"a shot of no storyboard": {[]task.ShotEdit{{ID: "x"}}, "invalid shots/0/id"},
		"a shot twice":            {[]task.ShotEdit{{ID: shot}, {ID: shot}}, "invalid shots/1/id"},
		"a take of another shot":  {[]task.ShotEdit{{ID: shot, Take: id(2)}}, "invalid shots/0/take"},
		"an end before the start": {[]task.ShotEdit{{ID: shot, Trim: &task.Trim{Start: 2, End: 1}}}, "invalid shots/0/trim/end"},
		"several":                 {[]task.ShotEdit{add(30), {ID: "x"}}, "invalid shots/0/task shots/1/id"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := edit(t, b, board, c.shots...); fields(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	if got, err := b.Storyboard(t.Context(), owner, board.ID); err != nil || got.Version != 1 {
		t.Errorf("after the errors it is %+v, %v", got, err)
	}
	if next, err := edit(t, b, board); err != nil || len(next.Shots) != 2 {
		t.Errorf("an edit of nothing: %+v, %v", next, err)
	}
	if next, err := b.EditStoryboard(t.Context(), owner, board.ID, 0, task.StoryboardEdit{Shots: []task.ShotEdit{}}); err != nil || len(next.Shots) != 0 {
		t.Errorf("without any shot: %+v, %v", next, err)
	}
}

func TestAnEditOfAnOlderVersionIsRefused(t *testing.T) {
	b := open(t)
	board := create(t, b, 1, 2)
	if _, err := edit(t, b, board, task.ShotEdit{ID: board.Shots[1].ID}); err != nil {
		t.Fatal(err)
	}
	_, err := edit(t, b, board, task.ShotEdit{ID: board.Shots[0].ID})
	if task.CodeOf(err) != task.Changed {
		t.Errorf("%v", err)
	}
	if err := b.DeleteStoryboard(t.Context(), owner, board.ID, board.Version); task.CodeOf(err) != task.Changed {
		t.Errorf("a delete: %v", err)
	}
	name := "again"
	if next, err := b.EditStoryboard(t.Context(), owner, board.ID, 0, task.StoryboardEdit{Name: &name}); err != nil || next.Version != 3 || len(next.Shots) != 1 {
		t.Errorf("an edit of any version: %+v, %v", next, err)
	}
	if err := b.DeleteStoryboard(t.Context(), owner, board.ID, 3); err != nil {
		t.Error(err)
	}
	if _, err := b.Storyboard(t.Context(), owner, board.ID); task.CodeOf(err) != task.NotFound {
		t.Errorf("a deleted one: %v", err)
	}
}

func TestAnotherAccountFindsNothing(t *testing.T) {
	b := open(t)
	board := create(t, b, 1)
	_, read := b.Storyboard(t.Context(), other, board.ID)
	_, edited := b.EditStoryboard(t.Context(), other, board.ID, 0, task.StoryboardEdit{})
	_, added := b.AddTake(t.Context(), other, board.ID, board.Shots[0].ID, id(30))
	for what, err := range map[string]error{"read": read, "edit": edited, "take": added, "delete": b.DeleteStoryboard(t.Context(), other, board.ID, 0)} {
		if task.CodeOf(err) != task.NotFound || err == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if found, err := b.Storyboards(t.Context(), other, task.StoryboardQuery{}); err != nil || len(found) > 0 {
		t.Errorf("it lists %v, %v", found, err)
	}
	if found, err := b.Storyboards(t.Context(), owner, task.StoryboardQuery{}); err != nil || len(found) != 1 {
		t.Errorf("its owner lists %v, %v", found, err)
	}
}

func TestConcurrentTakesAreAllKept(t *testing.T) {
	b := open(t)
	board := create(t, b, 1)
	var all sync.WaitGroup
	for n := 2; n <= 9; n++ {
		all.Go(func() {
			if _, err := b.AddTake(t.Context(), owner, board.ID, board.Shots[0].ID, id(n)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got, err := b.Storyboard(t.Context(), owner, board.ID)
	if err != nil || len(got.Shots[0].Takes) != 9 || got.Version != 9 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAShotHasSoManyTakesAndNoMore(t *testing.T) {
	b := open(t)
	board := create(t, b, 1)
	for n := 2; n <= task.MaxTakes; n++ {
		if _, err := b.AddTake(t.Context(), owner, board.ID, board.Shots[0].ID, id(n)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.AddTake(t.Context(), owner, board.ID, board.Shots[0].ID, id(28)); task.CodeOf(err) != task.Conflict {
		t.Errorf("one more: %v", err)
	}
	_, err := b.EditStoryboard(t.Context(), owner, board.ID, 0, task.StoryboardEdit{Shots: []task.ShotEdit{{ID: board.Shots[0].ID, Add: []string{id(28)}}}})
	if fields(err) != "invalid shots/0/task" {
		t.Errorf("one more by an edit: %v", err)
	}
	if _, err := b.AddTake(t.Context(), owner, board.ID, "x", id(2)); task.CodeOf(err) != task.NotFound || err == nil {
		t.Errorf("an unknown shot: %v", err)
	}
}
