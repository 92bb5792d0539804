package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// following is a harness with one who follows.
type following struct {
	*harness
	timers chan time.Duration               // timers that were set
	fire   map[time.Duration]chan time.Time // by what they were set to
	news   chan task.Told
	ended  chan error
}

func newFollowing(t *testing.T) *following {
	f := &following{newHarness(t), make(chan time.Duration, 1000), map[time.Duration]chan time.Time{}, make(chan task.Told, 1000), make(chan error, 1)}
	for _, d := range []time.Duration{15 * time.Second, 250 * time.Millisecond} {
		f.fire[d] = make(chan time.Time)
	}
	f.config.After = func(d time.Duration) <-chan time.Time {
		f.timers <- d
		if c, ok := f.fire[d]; ok {
			return c
		}
		return f.fire[250*time.Millisecond]
	}
	f.use(f.fake)
	return f
}

func (f *following) follow(ctx context.Context, id string, after int64) {
	go func() {
		f.ended <- f.FollowTask(ctx, f.who, id, after, func(news task.Told) error { f.news <- news; return nil })
	}()
}

// word says what was told: the type, the id if it has one, and the state that it shows.
func word(news task.Told) string {
	kind := string(news.Event.Type())
	if kind == "" {
		return "-"
	}
	return fmt.Sprintf("%s %v %s", strings.TrimPrefix(kind, "task."), news.ID > 0, news.Task.AsOf(news.Event).State)
}

// rest returns all that is told until following ends.
func (f *following) rest(t *testing.T) (words []string, last int64) {
	t.Helper()
	if err := <-f.ended; err != nil {
		t.Error(err)
	}
	for len(f.news) > 0 {
		news := <-f.news
		if news.Event.Type() != task.EventProgress {
			words = append(words, word(news))
		}
		last = max(last, news.ID)
	}
	return words, last
}

var whole = []string{"created true QUEUED", "running true RUNNING", "succeeded true SUCCEEDED"}

func TestAFollowerIsToldWhatHappensOnceAndInOrder(t *testing.T) {
	f := newFollowing(t)
	tk := f.submit(t, "a cat")
	f.follow(t.Context(), tk.ID, 0)
	if got := word(<-f.news); got != "created true QUEUED" {
		t.Errorf("first %s", got)
	}
	f.run(t, tk.ID)
	if words, _ := f.rest(t); !slices.Equal(words, whole[1:]) {
		t.Errorf("told %q", words)
	}
	f.follow(t.Context(), tk.ID, 0) // of a task that has ended
	if words, _ := f.rest(t); !slices.Equal(words, whole) {
		t.Errorf("told %q afterwards", words)
	}
}

func TestWhoeverResumesIsToldTheRest(t *testing.T) {
	f := newFollowing(t)
	tk := f.submit(t, "a cat")
	f.run(t, tk.ID)
	var ids []int64
	f.follow(t.Context(), tk.ID, 0)
	<-f.ended
	for len(f.news) > 0 {
		ids = append(ids, (<-f.news).ID)
	}
	for i, id := range ids {
		f.use(f.fake) // another process
		f.follow(t.Context(), tk.ID, id)
		if words, _ := f.rest(t); !slices.Equal(words, whole[i+1:]) {
			t.Errorf("after event %d: %q", id, words)
		}
	}
	for _, bad := range []int64{-1, ids[len(ids)-1] + 100} {
		err := f.FollowTask(t.Context(), f.who, tk.ID, bad, func(task.Told) error { return nil })
		checkRefused(t, fmt.Sprint(bad), err, task.Invalid, "Last-Event-ID")
	}
}

func TestAFollowerMissesNothingWhileItIsSlow(t *testing.T) {
	f := newFollowing(t)
	tk := f.submit(t, "a cat")
	reading, read := make(chan struct{}), make(chan struct{})
	go func() {
		first := true
		f.ended <- f.FollowTask(t.Context(), f.who, tk.ID, 0, func(news task.Told) error {
			if first {
				first = false
				close(reading)
				<-read // while all happens
			}
			f.news <- news
			return nil
		})
	}()
	<-reading
	f.run(t, tk.ID)
	close(read)
	if words, _ := f.rest(t); !slices.Equal(words, whole) {
		t.Errorf("told %q", words)
	}
}

func TestProgressIsToldFourTimesASecondAtMost(t *testing.T) {
	f := newFollowing(t)
	tk := f.submit(t, "a cat")
	f.follow(t.Context(), tk.ID, 0)
	<-f.news // created
	if _, err := f.Advance(t.Context(), tk.ID); err != nil {
		t.Fatal(err)
	}
	if got := word(<-f.news); got != "progress false PENDING" {
		t.Fatalf("told %s", got)
	}
	f.pass(100 * time.Millisecond)
	if _, err := f.Cancel(t.Context(), f.who, tk.ID); err != nil { // which is no progress, and does not wait
		t.Fatal(err)
	}
	if words, _ := f.rest(t); !slices.Equal(words, []string{"cancelled true CANCELLED"}) {
		t.Errorf("told %q", words)
	}
}

func TestAFollowerKnowsThatItIsStillThere(t *testing.T) {
	f := newFollowing(t)
	tk := f.submit(t, "a cat")
	f.follow(t.Context(), tk.ID, 1)
	if got := word(<-f.news); got != "progress false QUEUED" { // how it stands
		t.Errorf("told %s", got)
	}
	for _, beat := range []func(){
		func() { f.fire[15*time.Second] <- time.Time{} },
		func() { f.HearKeys() },
		func() { f.fire[15*time.Second] <- time.Time{} },
	} {
		if beat(); (<-f.news).Event != (task.Event{}) {
			t.Error("told of news")
		}
	}
	f.StopWaiting()
	if err := <-f.ended; err != nil {
		t.Error(err)
	}
	gone, leave := context.WithCancel(t.Context())
	f.use(f.fake)
	f.follow(gone, tk.ID, 1)
	<-f.news
	leave()
	if err := <-f.ended; err != nil {
		t.Error(err)
	}
}

func TestFollowingEndsWithTheErrorOfTheFollower(t *testing.T) {
	f := newFollowing(t)
	tk := f.submit(t, "a cat")
	gone := errors.New("gone")
	if err := f.FollowTask(t.Context(), f.who, tk.ID, 0, func(task.Told) error { return gone }); !errors.Is(err, gone) {
		t.Error(err)
	}
	if err := f.FollowTask(t.Context(), apikey.Key{Account: 8}, tk.ID, 0, func(task.Told) error { return nil }); task.CodeOf(err) != task.NotFound {
		t.Error(err)
	}
}

func TestTheEndIsToldWhenTheEventsAreKeptNoLonger(t *testing.T) {
	f := newFollowing(t)
	tk := f.finished(t)
	old := f.store.Store.(interface {
		DeleteEvents(ctx context.Context, before time.Time, after task.Cursor, limit int) (int64, task.Cursor, error)
	})
	if n, _, err := old.DeleteEvents(t.Context(), f.now().Add(time.Hour), task.Cursor{}, 10); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	f.follow(t.Context(), tk.ID, 0)
	if words, last := f.rest(t); !slices.Equal(words, whole[2:]) || last != tk.Version {
		t.Errorf("told %q", words)
	}
}
