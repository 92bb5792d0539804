package gateway_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

func TestTaskIsReadByItsAccountOnly(t *testing.T) {
	h := newHarness(t)
	id := h.submit(t, "a cat").ID
	other := apikey.Key{Account: 8}
	for _, c := range []struct {
		name string
		who  apikey.Key
		id   string
		want task.Code
	}{
		{"its owner", h.who, id, ""},
		{"another account", other, id, task.NotFound},
		{"an unknown id", h.who, "00000000-0000-4000-8000-000000000000", task.NotFound},
		{"no UUID", h.who, "abc", task.NotFound},
		{"a UUID in another form", h.who, "urn:uuid:" + id, task.NotFound},
		{"nothing", h.who, "", task.NotFound},
		{"a long text", h.who, strings.Repeat("a", 1<<16), task.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, read := h.Read(t.Context(), c.who, c.id)
			if c.want == "" {
				if read != nil {
					t.Fatal(read)
				}
				return
			}
			_, cancel := h.Cancel(t.Context(), c.who, c.id)
			if task.CodeOf(read) != c.want || task.CodeOf(cancel) != c.want {
				t.Errorf("read: %v, cancel: %v, want %s", read, cancel, c.want)
			}
		})
	}
	if list, err := h.List(t.Context(), other, task.Query{}); err != nil || len(list) != 0 {
		t.Errorf("another account lists %d tasks, %v", len(list), err)
	}
	if list, err := h.List(t.Context(), h.who, task.Query{}); err != nil || len(list) != 1 {
		t.Errorf("its owner lists %d tasks, %v", len(list), err)
	}
}

func TestAdmit(t *testing.T) {
	h := newHarness(t)
	put := func(name string, scopes ...apikey.Scope) string {
		plain, k, err := apikey.New(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		k.Account, k.Name, k.Scopes, k.Created = 7, name, scopes, h.now()
		if name == "revoked" {
			k.Revoked = h.now()
		}
		if err := h.store.PutKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		return string(plain)
	}
	reader := put("reader", apikey.Read)
	for _, c := range []struct {
		name, bearer string
		scope        apikey.Scope
		want         task.Code
	}{
		{"with the scope", reader, apikey.Read, ""},
		{"without the scope", reader, apikey.Write, task.Forbidden},
		{"revoked", put("revoked", apikey.Read), apikey.Read, task.Unauthorized},
		{"missing", "", apikey.Read, task.Unauthorized},
		{"unknown", "fg_0000000000000000000000000000000000000000000000000", apikey.Read, task.Unauthorized},
		{"altered", reader[:len(reader)-1] + "~", apikey.Read, task.Unauthorized},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, err := h.Admit(t.Context(), c.bearer, c.scope)
			switch {
			case c.want == "" && (err != nil || k.Account != 7):
				t.Errorf("key %+v, %v", k, err)
			case c.want != "" && task.CodeOf(err) != c.want:
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestAdmitSigned(t *testing.T) {
	h := newHarness(t)
	put := func(id string, change func(*apikey.Key)) {
		k := apikey.Key{ID: id, Hash: "hash of " + id, Account: 7, Scopes: []apikey.Scope{apikey.Read}, Created: h.now()}
		if change(&k); h.store.PutKey(t.Context(), k) != nil {
			t.Fatal("PutKey")
		}
	}
	put("key_reader", func(*apikey.Key) {})
	put("key_revoked", func(k *apikey.Key) { k.Revoked = h.now() })
	bad := &task.Error{Code: task.Unauthorized, Detail: "a bad token"}
	for _, c := range []struct {
		name, access string
		scope        apikey.Scope
		verify       error
		want         task.Code
		checked      bool // the token is checked with a secret
	}{
		{"with the scope", "key_reader", apikey.Read, nil, "", true},
		{"without the scope", "key_reader", apikey.Write, nil, task.Forbidden, true},
		{"a bad token", "key_reader", apikey.Read, bad, task.Unauthorized, true},
		{"revoked", "key_revoked", apikey.Read, nil, task.Unauthorized, false},
		{"missing", "", apikey.Read, nil, task.Unauthorized, false},
		{"unknown", "key_none", apikey.Read, nil, task.Unauthorized, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var secret string
			k, err := h.AdmitSigned(t.Context(), c.access, c.scope, func(s []byte) error { secret = string(s); return c.verify })
			switch want := string(apikey.AccessSecret(h.config.AccessSecret, c.access)); {
			case c.want == "" && (err != nil || k.Account != 7), c.want != "" && task.CodeOf(err) != c.want:
				t.Errorf("key %+v, %v, want %s", k, err, c.want)
			case c.checked && secret != want, !c.checked && secret != "":
				t.Errorf("checked with %q", secret)
			}
		})
	}
}

func TestImpossibleRequestsAreRefused(t *testing.T) {
	h := newHarness(t)
	for field, change := range map[string]func(*task.Request){
		"prompt":  func(r *task.Request) { r.Prompt = "  " },
		"seconds": func(r *task.Request) { r.Seconds = 61 },
	} {
		r := request("a cat")
		change(&r)
		_, err := h.Submit(t.Context(), h.who, r)
		if task.CodeOf(err) != task.Invalid || !strings.Contains(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestQueueWait(t *testing.T) {
	h := newHarness(t)
	h.fake.Caps.Lane = task.Local
	var waits []time.Duration
	for range 4 {
		made := h.submit(t, "a cat")
		waits = append(waits, made.QueueWait)
		h.pass(time.Millisecond)
	}
	// Two workers; a second of video is taken to cost 0.8 s before any was made.
	want := []time.Duration{0, 0, 4 * time.Second, 6 * time.Second}
	for i, w := range waits {
		if w != want[i] {
			t.Errorf("task %d waits %v, want %v", i, w, want[i])
		}
	}
	low := request("a cat")
	low.LowPriority = true
	explored, err := h.Submit(t.Context(), h.who, low)
	if err != nil {
		t.Fatal(err)
	}
	h.pass(time.Millisecond)
	h.submit(t, "a later one")
	if got := h.read(t, explored.ID).QueueWait; got != 10*time.Second {
		t.Errorf("the low one waits %v, want 10s: whoever comes later goes first", got)
	}
	if list, err := h.List(t.Context(), h.who, task.Query{}); err != nil || list[1].QueueWait != 10*time.Second {
		t.Errorf("the list has %v, %v", list[1].QueueWait, err)
	}
}

func TestOneAssetGroupPerAccountAndName(t *testing.T) {
	h := newHarness(t)
	group := func(name string, who apikey.Key) string {
		r := request("a cat")
		r.AssetGroup = name
		made, err := h.Submit(t.Context(), who, r)
		if err != nil {
			t.Fatal(err)
		}
		before := h.who
		h.who = who
		defer func() { h.who = before }()
		return h.run(t, made.ID).Artifacts[0].Group
	}
	other := apikey.Key{Account: 8}
	a, again, b, theirs := group("A", h.who), group("A", h.who), group("B", h.who), group("A", other)
	if a != again || a == b || a == theirs || a == "" {
		t.Errorf("groups %q %q %q %q", a, again, b, theirs)
	}
}
