package runway_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/dialect/runway"
	"github.com/filmgate/filmgate/internal/task"
)

func open() *dialecttest.Gateway {
	return &dialecttest.Gateway{Time: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
}

func routes(g *dialecttest.Gateway) http.Handler {
	all := runway.Routes(g, runway.Options{Log: slog.New(slog.DiscardHandler)})
	return dialecttest.Mux(append(all, dialect.Under("/runway", all)...))
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

// quoted returns the beginning of a JSON string.
func quoted(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(dialect.Marshal(s)), "\n"), `"`)
}

func TestTheTypeToSendIsThatOfTheFilesName(t *testing.T) {
	for name, want := range map[string]string{
		"a.jpg": "image/jpeg", "a.JPEG": "image/jpeg", "a.png": "image/png", "a.webp": "image/webp", "a.mp4": "video/mp4", "a.M4V": "video/mp4",
		"a.mov": "video/quicktime", "a.mkv": "application/octet-stream", "mov": "application/octet-stream",
	} {
		w := post(routes(open()), "/v1/uploads", `{"filename":"`+name+`","numberOfParts":1,"type":"DATASET"}`)
		if !strings.Contains(w.Body.String(), `"uploadHeaders":{"Content-Type":"`+want+`"}`) {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

func TestAPartKeepsItsBytesWhateverTypeIsDeclared(t *testing.T) {
	g := open()
	h := routes(g)
	post(h, "/v1/uploads", `{"filename":"a.webp","numberOfParts":1,"type":"DATASET"}`)
	token := g.Token(task.PartKey(g.Uploads[0].ID, 1), g.Time.Add(task.UploadLife))
	for _, kind := range []string{"", "image/jpeg", "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x"} {
		r := httptest.NewRequest(http.MethodPut, "/uploads/"+g.Uploads[0].ID+".1?_jwt="+token, strings.NewReader("\x00bytes"+kind))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if form := strings.HasPrefix(kind, "multipart"); form != (w.Code == http.StatusUnsupportedMediaType) || !form && (w.Header().Get("ETag") != `"sum1"` || g.Parts[token] != "\x00bytes"+kind) {
			t.Errorf("as %q: %d %q %s", kind, w.Code, w.Header().Get("ETag"), w.Body)
		}
	}
}

// Any body is answered with the call's answer or with an error in words.
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
	g.Fail = errors.New("disk /secret is full")
	w := post(routes(g), "/v1/uploads", `{"filename":"a.webp","numberOfParts":1,"type":"DATASET"}`)
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") || !strings.HasPrefix(w.Body.String(), `{"error":"Something went wrong`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
