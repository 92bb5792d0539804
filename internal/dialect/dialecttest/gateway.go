// Package dialecttest has what the tests of dialects share: a gateway in memory, exchange files with requests and the answers
// that they must get, and a comparison of JSON that includes the order of keys and the form of numbers.
package dialecttest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// The bearer tokens that a Gateway accepts.
const (
	Key      = "good"      // of account 7, reads and writes
	ReadKey  = "read-only" // of account 7
	OtherKey = "other"     // of account 8, reads and writes
)

// Gateway is a dialect.Gateway that keeps tasks in memory. Its ids count up, its clock stands still, and its
// tokens contain what they sign. It is safe for use by many goroutines.
type Gateway struct {
	Time    time.Time
	Fail    error // what Submit and BeginUpload answer instead of taking anything
	Groups  []task.AssetGroup
	Boards  []task.Storyboard
	Keys    []apikey.Key        // in force
	Engines []task.EngineHealth // that account 7 may see
	Sums    []task.Usage        // of account 7: with a model or with a day

	Told []task.Told // what those who follow are told

	Uploads []task.Dataset
	Parts   map[string]string // bytes that were put, by token

	mu    sync.Mutex
	tasks []task.Task
	once  map[string]once // by idempotency key

	uploaded []task.Dataset // in one piece
	hooks    hooks
}

// Admit accepts the three keys.
func (g *Gateway) Admit(_ context.Context, bearer string, scope apikey.Scope) (apikey.Key, error) {
	switch {
	case bearer == Key:
		return apikey.Key{ID: "key_7", Account: 7}, nil
	case bearer == OtherKey:
		return apikey.Key{ID: "key_8", Account: 8}, nil
	case bearer == ReadKey && scope == apikey.Read:
		return apikey.Key{ID: "key_7r", Account: 7}, nil
	case bearer == ReadKey:
		return apikey.Key{}, &task.Error{Code: task.Forbidden, Detail: "The key lacks the scope " + string(scope) + "."}
	default:
		return apikey.Key{}, &task.Error{Code: task.Unauthorized, Detail: "Send a known key as Authorization: Bearer."}
	}
}

// AccessSecret is the secret key that belongs to the access key "key_7".
const AccessSecret = "a secret key of the tests"

// AdmitSigned accepts the access key of account 7.
func (g *Gateway) AdmitSigned(ctx context.Context, access string, scope apikey.Scope, verify func(secret []byte) error) (apikey.Key, error) {
	if access != "key_7" {
		return apikey.Key{}, &task.Error{Code: task.Unauthorized, Detail: "The access key is not known."}
	}
	if err := verify([]byte(AccessSecret)); err != nil {
		return apikey.Key{}, err
	}
	return g.Admit(ctx, Key, scope)
}

// Submit stores a queued task with the id 00000000-0000-4000-8000-00000000000n, n counting from 1, and the seed 42
// if the request has none. The stored copy of a picture is datasets/<field>.jpg, that of a video datasets/<field>.mp4, that of
// a recording datasets/<field>.mp3.
func (g *Gateway) Submit(_ context.Context, who apikey.Key, r task.Request) (task.Task, error) {
	if g.Fail != nil {
		return task.Task{}, g.Fail
	}
	if r.Seed == nil {
		seed := uint32(42)
		r.Seed = &seed
	}
	for _, img := range r.Pictures() {
		img.Source, img.Key, img.Type = "", "datasets/"+img.Field+".jpg", "image/jpeg"
	}
	for i := range r.ReferenceAudio {
		a := &r.ReferenceAudio[i]
		a.Source, a.Key, a.Type = "", "datasets/"+a.Field+".mp3", "audio/mpeg"
	}
	if v := r.Video; v != nil {
		v.Source, v.Key, v.Type = "", "datasets/"+v.Field+".mp4", "video/mp4"
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	t := task.Task{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", len(g.tasks)+1), Account: who.Account, Version: 1,
		Request: r, State: task.Queued, Created: g.Time, Updated: g.Time}
	g.tasks = append(g.tasks, t)
	return t, nil
}

// once is the record of an idempotency key.
type once struct {
	fingerprint string
	first       task.Task
}

// SubmitOnce submits with an idempotency key, as Submit does. A request with the key "busy" is always in progress.
func (g *Gateway) SubmitOnce(ctx context.Context, who apikey.Key, r task.Request, key, fingerprint string) (task.Task, bool, error) {
	return g.under(who, key, fingerprint, func() (task.Task, error) { return g.Submit(ctx, who, r) })
}

// under makes a task for an idempotency key, or returns the task that was made for it before.
func (g *Gateway) under(who apikey.Key, key, fingerprint string, make func() (task.Task, error)) (task.Task, bool, error) {
	name := fmt.Sprint(who.Account, " ", key)
	g.mu.Lock()
	first, ok := g.once[name]
	g.mu.Unlock()
	switch {
	case key == "busy":
		return task.Task{}, false, &task.Error{Code: task.Conflict, Detail: "A request with this Idempotency-Key is still under way."}
	case ok && first.fingerprint != fingerprint:
		return task.Task{}, false, &task.Error{Code: task.Unreadable, Detail: "This Idempotency-Key was used for another request."}
	case ok:
		return first.first, true, nil
	}
	t, err := make()
	if err != nil {
		return task.Task{}, false, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.once == nil {
		g.once = map[string]once{}
	}
	g.once[name] = once{fingerprint, t}
	return t, false, nil
}

// Read returns a task of the account.
func (g *Gateway) Read(_ context.Context, who apikey.Key, id string) (task.Task, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, t := range g.tasks {
		if t.ID == id && t.Account == who.Account {
			return t, nil
		}
	}
	return task.Task{}, task.NoSuchTask()
}

// Await returns a task that has ended as it is, and another one as if it began to run meanwhile.
func (g *Gateway) Await(ctx context.Context, who apikey.Key, id string, _ time.Duration) (task.Task, error) {
	t, err := g.Read(ctx, who, id)
	if err == nil && !t.State.Terminal() {
		t.State, t.Started, t.QueueWait = task.Running, g.Time, 0
		g.Put(t)
	}
	return t, err
}

// States returns the states of a task that are told by its times.
func (g *Gateway) States(ctx context.Context, who apikey.Key, id string) ([]task.Reached, error) {
	t, err := g.Read(ctx, who, id)
	if err != nil {
		return nil, err
	}
	return task.StatesOf(t, nil), nil
}

// FollowTask tells what Told holds after an id, as news of the task. The greatest id is 9.
func (g *Gateway) FollowTask(ctx context.Context, who apikey.Key, id string, after int64, tell func(task.Told) error) error {
	t, err := g.Read(ctx, who, id)
	if err == nil && after > 9 {
		err = &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "Last-Event-ID", Detail: "is not the id of an event of this stream"}}}
	}
	for _, news := range g.Told {
		if news.ID > 0 && news.ID <= after {
			continue
		}
		if news.Task = t; err == nil {
			err = tell(news)
		}
	}
	return err
}

// FollowAccount tells what Told holds after an id, as news of the account's tasks; nothing after a negative one. The greatest id is 9.
func (g *Gateway) FollowAccount(_ context.Context, _ apikey.Key, after int64, tell func(task.Told) error) error {
	if after > 9 {
		return &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "Last-Event-ID", Detail: "is not the id of an event of this stream"}}}
	}
	if after < 0 {
		return tell(task.Told{ID: 9})
	}
	for _, news := range g.Told {
		if news.ID > after {
			if err := tell(news); err != nil {
				return err
			}
		}
	}
	return nil
}

// Cancel ends a task.
func (g *Gateway) Cancel(ctx context.Context, who apikey.Key, id string) (task.Task, error) {
	t, err := g.Read(ctx, who, id)
	if err != nil {
		return task.Task{}, err
	}
	if t.State.Terminal() {
		return task.Task{}, &task.Error{Code: task.Conflict, Detail: "The task has ended."}
	}
	t.State, t.QueueWait = task.Cancelled, 0
	g.Put(t)
	return t, nil
}

// Token returns a token that contains what it signs: "<key>~<unix seconds>".
func (g *Gateway) Token(key string, until time.Time) string {
	return fmt.Sprintf("%s~%d", key, until.Unix())
}

// Models returns two models: default, which no other dialect has, and gen3a_turbo, for which Offers has engines.
func (*Gateway) Models() []string { return []string{"default", "gen3a_turbo"} }

// RoutedModels returns one model, which no dialect has.
func (*Gateway) RoutedModels() []string { return []string{"house-model"} }

// Offers returns two engines for gen3a_turbo: one with every limit, and one without limits.
func (g *Gateway) Offers(model string) []task.Offer {
	if model != "gen3a_turbo" {
		return nil
	}
	return []task.Offer{{
		Engine: "team", Model: "gen4_turbo", Weight: 3, Modes: []string{"first_frame"},
		Limits:     task.Limits{Seconds: []int{5, 10}, AspectRatios: []string{"16:9", "9:16"}, Resolutions: []string{"720p"}, PromptLimit: 1000},
		PromptUnit: "utf16_units",
		Images:     task.InputImageLimits{Types: []string{"image/jpeg"}, Bytes: 16 << 20, MinSide: 300, MaxSide: 6000, MaxRatio: 2.5},
		Video:      &task.InputVideoLimits{Types: []string{"video/mp4"}, Bytes: 32 << 20, MinSeconds: 0.5, MaxSeconds: 30, MaxFrameRate: 30, FreeLength: true, KeepsShape: true},
		ByMode: []task.ModeLimits{
			{Mode: "text", Limits: task.Limits{MaxSeconds: 12, PromptLimit: 3500, NeedsPrompt: true}},
			{Mode: "first_frame", Limits: task.Limits{Seconds: []int{2}, AspectRatios: []string{"1:1"}, Resolutions: []string{"1080p"}}},
		},
		Caption: true, Seed: true, Cancel: true, Idempotent: true, LookUp: true, Callbacks: true,
		ResultLife: 24 * time.Hour, Price: task.Price{PerSecond: 0.05, PerClip: 0.01, Currency: "USD"}, Until: time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC), Successor: "gen4.5",
	}, {Engine: "animatic", Model: "animatic", Limits: task.Limits{MaxSeconds: 60}, PromptUnit: "characters"}}
}

// Now is the time of the gateway's clock, which stands.
func (g *Gateway) Now() time.Time { return g.Time }

// Put stores a task as the next version of the one with its id.
func (g *Gateway) Put(t task.Task) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range g.tasks {
		if g.tasks[i].ID == t.ID {
			t.Version = g.tasks[i].Version + 1
			g.tasks[i] = t
			return
		}
	}
	g.tasks = append(g.tasks, t)
}

// Last returns the task that was submitted last. It is an error if there is none.
func (g *Gateway) Last() (task.Task, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.tasks) == 0 {
		return task.Task{}, errors.New("nothing was submitted")
	}
	return g.tasks[len(g.tasks)-1], nil
}
