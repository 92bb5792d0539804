package runway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/apikey"
	"github.com/filmgate/filmgate/dialect"
	"github.com/filmgate/filmgate/dialect/dialecttest"
	"github.com/filmgate/filmgate/dialect/runway"
	"github.com/filmgate/filmgate/task"
)

// gateway keeps one upload after another in memory. A part's sum is "sum" and its number; completing needs them all.
type gateway struct {
	*dialecttest.Gateway
	all  []task.Dataset
	put  map[string]string // bytes by token and part
	fail error             // what BeginUpload answers
}

func (g *gateway) BeginUpload(_ context.Context, who apikey.Key, filename string, parts int) (task.Dataset, error) {
	if g.fail != nil {
		return task.Dataset{}, g.fail
	}
	d := task.Dataset{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", len(g.all)+1), Account: who.Account, Created: g.Time,
		Upload: &task.Upload{Filename: filename, Parts: parts}}
	g.all = append(g.all, d)
	return d, nil
}

func (g *gateway) PutPart(_ context.Context, token, id string, n int, body io.Reader) (string, error) {
	if want := g.Token(task.PartKey(id, n), g.Time.Add(task.UploadLife)); token != want {
		return "", &task.Error{Code: task.Forbidden, Detail: "A part is put through the signed URL of its upload."}
	}
	b, err := io.ReadAll(body)
	if g.put == nil {
		g.put = map[string]string{}
	}
	g.put[token] = string(b)
	return fmt.Sprint("sum", n), err
}

func (g *gateway) OwnUpload(_ context.Context, who apikey.Key, id string) (task.Dataset, error) {
	for _, d := range g.all {
		if d.ID == id && d.Account == who.Account {
			return d, nil
		}
	}
	return task.Dataset{}, &task.Error{Code: task.NotFound, Detail: "There is no upload with this id."}
}

func (g *gateway) CompleteUpload(ctx context.Context, who apikey.Key, id string, parts []task.Part) (task.Dataset, error) {
	d, err := g.OwnUpload(ctx, who, id)
	if err != nil {
		return d, err
	}
	for _, p := range parts {
		if p.ETag != fmt.Sprintf(`"sum%d"`, p.Number) {
			return d, &task.Error{Code: task.Invalid, Faults: []task.Fault{{Field: "parts", Detail: fmt.Sprintf("part %d: other bytes", p.Number)}}}
		}
	}
	d.Key = "datasets/" + id + ".jpg"
	for i := range g.all {
		if g.all[i].ID == id {
			g.all[i] = d
		}
	}
	return d, nil
}

func open() *gateway {
	return &gateway{Gateway: &dialecttest.Gateway{Time: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}}
}

func routes(g *gateway) http.Handler {
	return dialecttest.Mux(runway.Routes(g, runway.Options{Log: slog.New(slog.DiscardHandler)}))
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*.http", func() http.Handler { return routes(open()) })
}

func post(h http.Handler, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://films.example"+target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryLimitOfAnUpload(t *testing.T) {
	name := func(n int) string {
		return `{"filename":"` + strings.Repeat("é", n) + `","numberOfParts":1,"type":"DATASET"}`
	}
	parts := func(n string) string { return `{"filename":"a.jpg","numberOfParts":` + n + `,"type":"DATASET"}` }
	list := func(n int) string {
		one := `{"PartNumber":1,"ETag":"\"sum1\""}`
		return `{"parts":[` + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + `]}`
	}
	const begin, complete = "/v1/uploads", "/v1/uploads/00000000-0000-4000-8000-000000000001/complete"
	for _, c := range []struct {
		name, target, body string
		want               string // the error's beginning; "" = none
	}{
		{"a name of one character", begin, name(1), ""},
		{"a name of 255", begin, name(255), ""},
		{"a name of 256", begin, name(256), "filename: has 256 characters; at most 255 are allowed"},
		{"no name", begin, name(0), "filename: must not be empty"},
		{"1 part", begin, parts("1"), ""},
		{"100 parts", begin, parts("100"), ""},
		{"0 parts", begin, parts("0"), "numberOfParts: must be a whole number from 1 to 100"},
		{"101 parts", begin, parts("101"), "numberOfParts: must be a whole number from 1 to 100"},
		{"half a part", begin, parts("1.5"), "numberOfParts: must be a whole number from 1 to 100"},
		{"a preview", begin, `{"filename":"a.jpg","numberOfParts":1,"type":"DATASET_PREVIEW"}`, ""},
		{"a field of the app's that means nothing here", begin, `{"filename":"a.jpg","numberOfParts":1,"type":"DATASET","asTeamId":7}`, ""},
		{"another type", begin, `{"filename":"a.jpg","numberOfParts":1,"type":"VIDEO"}`, `type: "VIDEO" is not possible; allowed: "DATASET", "DATASET_PREVIEW"`},
		{"a list of one", complete, list(1), ""},
		{"a list of a hundred", complete, list(100), ""},
		{"an empty list", complete, `{"parts":[]}`, "parts: must be a list of 1 to 100 objects; it has 0"},
		{"a list of 101", complete, list(101), "parts: must be a list of 1 to 100 objects; it has 101"},
		{"no list", complete, `{"parts":"1"}`, "parts: must be a list of 1 to 100 objects, not a string"},
		{"a list of other things", complete, `{"parts":[1,null,{}]}`, "parts.0: must be an object, not a number; parts.1: must be an object, not null"},
		{"a part 0", complete, `{"parts":[{"PartNumber":0,"ETag":"x"}]}`, "parts.0.PartNumber: must be a whole number from 1 to 100"},
		{"more than 64 KB", begin, name(40000), "The body is larger than the 65536 bytes allowed here."},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := routes(open())
			if c.target == complete {
				post(h, begin, parts("1"))
			}
			w := post(h, c.target, c.body)
			if ok := w.Code == http.StatusOK; ok != (c.want == "") || !ok && !strings.HasPrefix(w.Body.String(), `{"error":`+quoted(c.want)) {
				t.Errorf("%d %s, want %q", w.Code, w.Body, c.want)
			}
		})
	}
}

// quoted is the beginning of a JSON string.
func quoted(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(dialect.Marshal(s)), "\n"), `"`)
}

func TestAPartKeepsItsBytesWhateverTypeIsDeclared(t *testing.T) {
	g := open()
	h := routes(g)
	post(h, "/v1/uploads", `{"filename":"a.webp","numberOfParts":1,"type":"DATASET"}`)
	token := g.Token(task.PartKey(g.all[0].ID, 1), g.Time.Add(task.UploadLife))
	for _, kind := range []string{"", "image/jpeg", "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x"} {
		r := httptest.NewRequest(http.MethodPut, "/uploads/"+g.all[0].ID+".1?_jwt="+token, strings.NewReader("\x00bytes"+kind))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if form := strings.HasPrefix(kind, "multipart"); form != (w.Code == http.StatusUnsupportedMediaType) || !form && (w.Header().Get("ETag") != `"sum1"` || g.put[token] != "\x00bytes"+kind) {
			t.Errorf("as %q: %d %q %s", kind, w.Code, w.Header().Get("ETag"), w.Body)
		}
	}
}

// Whatever the body, the answer is the call's own or an error in words.
func FuzzBodies(f *testing.F) {
	f.Fuzz(func(t *testing.T, call byte, body []byte) {
		h := routes(open())
		post(h, "/v1/uploads", `{"filename":"a.jpg","numberOfParts":2,"type":"DATASET"}`)
		target := []string{"/v1/uploads", "/v1/uploads/00000000-0000-4000-8000-000000000001/complete", "/v1/datasets"}[call%3]
		w := post(h, target, string(body))
		var answer struct {
			Error, ID, URL *string
			Dataset        *struct{}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%d %q", w.Code, w.Body)
		}
		good := answer.ID != nil || answer.URL != nil || answer.Dataset != nil
		if ok := w.Code == http.StatusOK; ok != good || !ok && (answer.Error == nil || *answer.Error == "" || w.Code >= 500) {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestAnInternalErrorIsNotTold(t *testing.T) {
	g := open()
	g.fail = errors.New("disk /secret is full")
	w := post(routes(g), "/v1/uploads", `{"filename":"a.webp","numberOfParts":1,"type":"DATASET"}`)
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") || !strings.HasPrefix(w.Body.String(), `{"error":"Something went wrong`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
