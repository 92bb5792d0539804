package main

import (
	"slices"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

func TestAModelOfTheFileMakesVideos(t *testing.T) {
	t.Parallel()
	fake := vendors(t, time.Second, `
engines:
  - name: market
    type: fal
    base_url: "{url}/fal"
    {here}
    keys: [{key: "{key}"}]
    serves: [{name: films, modes: [text], paths: {text: me/films/make}, seconds: [5, 10], price: {per_second: 0.5}}]
  - name: makers
    type: replicate
    base_url: "{url}/replicate"
    {here}
    keys: [{key: "{key}"}]
    serves: [{name: me/films, modes: [text], seconds: [5, 10]}]
models: {gen3a_turbo: [market/films, makers/me/films]}
`)
	p := fake.run(t)
	id := p.create(t, `{"seconds":5,"text_prompt":"a boat"}`)
	p.until(t, id, hasSucceeded)
	got := p.whole(t, id)
	if a := got.Attempts[0]; a.Engine != "market" || a.Model != "films" || a.Cost != 2.5 || a.Currency != "USD" {
		t.Errorf("%+v", got.Attempts)
	}
	second := p.create(t, `{"seconds":5,"text_prompt":"401:1 a boat"}`)
	p.until(t, second, hasSucceeded)
	if got := p.whole(t, second); got.Engine != "makers" || got.Attempts[len(got.Attempts)-1].Model != "me/films" {
		t.Errorf("%+v", got.Attempts)
	}
	for _, path := range []string{"/fal/me/films/make", "/replicate/models/me/films/predictions"} {
		if !slices.ContainsFunc(fake.Seen(), func(s fakevendor.Seen) bool { return s.Path == path && s.Status < 300 }) {
			t.Errorf("nobody called %s", path)
		}
	}
}
