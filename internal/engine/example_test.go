package engine_test

import (
	"context"
	"fmt"
	"time"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/engine/fake"
	"github.com/filmgate/filmgate/internal/task"
)

// Two keys of one vendor become one engine. A job is submitted, polled until it has ended, and its video opened.
func Example() {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	video := []byte("\x00\x00\x00\x18ftypmp42")
	first, second := fake.New(video, clock), fake.New(video, clock)
	first.Takes, second.Takes = time.Second, time.Second
	vendor, err := engine.Wrap(engine.Policy{Now: clock},
		engine.Key{Name: "first", Engine: first, InFlight: 1}, engine.Key{Name: "second", Engine: second, InFlight: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	model := vendor.Capabilities().Models[0]
	sub, err := vendor.Submit(ctx, engine.Job{Task: "task-1", Model: model.Name, Request: task.Request{Prompt: "a cat walks", Seconds: 5}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("handle:", sub.Handle)
	for {
		st, err := vendor.Poll(ctx, sub.Handle)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(st.State)
		if st.State.Terminal() {
			break
		}
		now = now.Add(vendor.Capabilities().PollEvery)
	}
	content, err := vendor.Open(ctx, sub.Handle, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = content.Body.Close() }()
	fmt.Println(content.Size, "bytes of", content.Type)
	// Output:
	// handle: first/fake-1
	// RUNNING
	// SUCCEEDED
	// 12 bytes of video/mp4
}

// A request that a model can't do is refused by the names of its fields.
func ExampleModel_Check() {
	m := engine.Model{Name: "gen4", Limits: task.Limits{Seconds: []int{5, 10}, AspectRatios: []string{"16:9", "9:16"}}}
	for _, f := range m.Check(task.Request{Prompt: "a cat walks", Seconds: 7, AspectRatio: "1:1"}) {
		fmt.Printf("%s: %s\n", f.Field, f.Detail)
	}
	// Output:
	// seconds: 7 is not possible with model gen4; allowed: 5, 10
	// aspect_ratio: "1:1" is not possible with model gen4; allowed: 16:9, 9:16
}

// A vendor's own words are in a table; usual words need no entry.
func ExampleStateOf() {
	table := map[string]task.State{"hatching": task.Running}
	for _, word := range []string{"hatching", "IN_PROGRESS", "completed", "whatever"} {
		state, err := engine.StateOf(word, table)
		fmt.Println(word, state, err != nil)
	}
	// Output:
	// hatching RUNNING false
	// IN_PROGRESS RUNNING false
	// completed SUCCEEDED false
	// whatever  true
}
