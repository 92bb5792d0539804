package dialect_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

// creation reads the field "text" as the prompt.
func creation(check func(*task.Request) error) dialect.Creation {
	return dialect.Creation{Limit: 100, Check: check, Names: map[string]string{"prompt": "text"},
		Decode: func(f *dialect.Fields) task.Request {
			f.Require("text")
			return task.Request{Prompt: f.String("text", "", 10)}
		}}
}

func TestCreate(t *testing.T) {
	refused := &task.Error{Code: task.Invalid, Fields: []task.FieldError{{Field: "prompt", Detail: "no"}}}
	for _, c := range []struct {
		name, body string
		check      func(*task.Request) error
		gateway    error
		made       string // the prompt; "" = an error
		says       string // the error says
	}{
		{name: "submits the request", body: `{"text":"a lake"}`, made: "a lake"},
		{name: "submits what the check has added", body: `{"text":"a"}`, check: func(r *task.Request) error { r.Prompt += " lake"; return nil }, made: "a lake"},
		{name: "refuses what is no JSON", body: `{`, says: "JSON"},
		{name: "refuses a body that is too large", body: `{"text":"` + strings.Repeat("a", 100) + `"}`, says: "100 bytes"},
		{name: "refuses wrong fields before it checks", body: `{}`, check: func(*task.Request) error { return errors.New("checked") }, says: "text: "},
		{name: "refuses what the check finds", body: `{"text":"a"}`, check: func(*task.Request) error { return errors.New("checked") }, says: "checked"},
		{name: "gives the gateway's error the names of the wire", body: `{"text":"a"}`, gateway: refused, says: "text: no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			gw := &dialecttest.Gateway{Fail: c.gateway}
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json")
			made, err := dialect.Create(httptest.NewRecorder(), r, gw, apikey.Key{}, creation(c.check))
			if c.made != "" && (err != nil || made.Request.Prompt != c.made) {
				t.Errorf("made %q, error %v; want %q", made.Request.Prompt, err, c.made)
			}
			if c.made == "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("the error is %v, want %s", err, c.says)
			}
		})
	}
}

func TestCreateNamesIgnoredFields(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"text":"a","colour":"red"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	if _, err := dialect.Create(w, r, &dialecttest.Gateway{}, apikey.Key{}, creation(nil)); err != nil || w.Header().Get(dialect.IgnoredHeader) != "colour" {
		t.Errorf("ignored %q, error %v", w.Header().Get(dialect.IgnoredHeader), err)
	}
}

func TestForKeyCallsOnlyWithAGoodKey(t *testing.T) {
	call := func(w http.ResponseWriter, _ *http.Request, who apikey.Key) error {
		if who.Account == 0 {
			return errors.New("no account")
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	refuse := func(w http.ResponseWriter, _ *http.Request, err error) {
		w.WriteHeader(dialect.Status(task.CodeOf(err)))
	}
	h := dialect.ForKey(&dialecttest.Gateway{}, apikey.Write, call, refuse)
	for key, want := range map[string]int{dialecttest.Key: 204, dialecttest.ReadKey: 403, "nobody's": 401} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header.Set("Authorization", "Bearer "+key)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%s: %d, want %d", key, w.Code, want)
		}
	}
}
