package kling

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/task"
)

func now() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) }

func handler(gw *dialecttest.Gateway) http.Handler {
	return dialecttest.Mux(Routes(gw, Options{Log: slog.New(slog.DiscardHandler)}))
}

func TestExchanges(t *testing.T) {
	dialecttest.Run(t, "testdata/*.http", func() http.Handler { return handler(&dialecttest.Gateway{Time: now()}) })
}

// finished returns a task that has SUCCEEDED.
func finished() task.Task {
	return task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: 7, Created: now(), Updated: now(), State: task.Succeeded,
		Request:  task.Request{Dialect: "kling/text2video", Model: "kling-v2-6", Prompt: "a lake", Seconds: 5, ExternalID: "order 5"},
		Attempts: []task.Attempt{{Engine: "team", Cost: 0.35, Currency: "USD"}},
		Artifacts: []task.Artifact{{ID: "10000000-0000-4000-8000-000000000001", Duration: 5100 * time.Millisecond, Files: []task.File{
			{Role: task.Video, Key: "cdn/20261128/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.mp4"}}}}}
}

func links() dialect.Links {
	return dialect.Links{Base: "https://films.example", Token: new(dialecttest.Gateway).Token, Now: now()}
}

func TestEveryStateIsAnsweredAsItsFileSays(t *testing.T) {
	dialecttest.States(t, map[string]func(task.State) []byte{"kling": func(s task.State) []byte {
		return Callback(dialecttest.InState(finished(), s), links())
	}})
}

func TestDeletedVideoIsNotListed(t *testing.T) {
	tk := finished()
	tk.Artifacts[0].Deleted = true
	if got := string(Callback(tk, links())); !strings.Contains(got, `"task_result":{"videos":[]}`) {
		t.Errorf("got %s", got)
	}
}

func TestEveryErrorHasItsCode(t *testing.T) {
	want := map[task.Code][2]int{task.Invalid: {400, 1200}, task.Unauthorized: {401, 1000}, task.BudgetSpent: {429, 1102}, task.Forbidden: {403, 1103}, task.NotFound: {404, 1203},
		task.NotAllowed: {405, 1202}, task.Conflict: {400, 1200}, task.Changed: {412, 1200}, task.TooLarge: {413, 1200}, task.Unsupported: {415, 1200}, task.Unreadable: {400, 1200},
		task.RateLimited: {429, 1302}, task.Unavailable: {503, 5001}, task.NoSpace: {503, 5001}, task.InternalError: {500, 5000}}
	for _, code := range task.Codes() {
		var body envelope
		form := ErrorForm()
		if err := json.Unmarshal(form.Encode(&task.Error{Code: code, Detail: "why"}, "id"), &body); err != nil || body.RequestID != "id" || body.Message == "" {
			t.Errorf("%s: %+v, %v", code, body, err)
		}
		if got := [2]int{form.Status(code), body.Code}; got != want[code] {
			t.Errorf("%s is %v, want %v", code, got, want[code])
		}
	}
}

// sign returns a token as Kling's clients make it.
func sign(t *testing.T, method jwt.SigningMethod, secret any, claims jwt.MapClaims) string {
	t.Helper()
	s, err := jwt.NewWithClaims(method, claims).SignedString(secret)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTokensAreCheckedWithTheSecretKey(t *testing.T) {
	at := func(d time.Duration) int64 { return now().Add(d).Unix() }
	secret := []byte(dialecttest.AccessSecret)
	good := jwt.MapClaims{"iss": "key_7", "exp": at(30 * time.Minute), "nbf": at(-5 * time.Second)}
	with := func(name string, value any) jwt.MapClaims {
		c := jwt.MapClaims{}
		for k, v := range good {
			c[k] = v
		}
		if c[name] = value; value == nil {
			delete(c, name)
		}
		return c
	}
	for name, c := range map[string]struct {
		token        string
		status, code int
	}{
		"a good one":                {sign(t, jwt.SigningMethodHS256, secret, good), 404, 1203},
		"without nbf":               {sign(t, jwt.SigningMethodHS256, secret, with("nbf", nil)), 404, 1203},
		"of another secret key":     {sign(t, jwt.SigningMethodHS256, []byte("another"), good), 401, 1002},
		"of an unknown access key":  {sign(t, jwt.SigningMethodHS256, secret, with("iss", "key_9")), 401, 1000},
		"without an access key":     {sign(t, jwt.SigningMethodHS256, secret, with("iss", nil)), 401, 1000},
		"expired":                   {sign(t, jwt.SigningMethodHS256, secret, with("exp", at(-time.Second))), 401, 1004},
		"without an expiry":         {sign(t, jwt.SigningMethodHS256, secret, with("exp", nil)), 401, 1002},
		"not yet valid":             {sign(t, jwt.SigningMethodHS256, secret, with("nbf", at(time.Minute))), 401, 1003},
		"by another method":         {sign(t, jwt.SigningMethodHS512, secret, good), 401, 1002},
		"not signed at all":         {sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good), 401, 1002},
		"cut off":                   {sign(t, jwt.SigningMethodHS256, secret, good)[:40] + "..", 401, 1000},
		"longer than any":           {strings.Repeat("a", maxToken) + ".b.c", 401, 1000},
		"a plain key with two dots": {"a.b.c", 401, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/v1/videos/text2video/none", nil)
			r.Header.Set("Authorization", "Bearer "+c.token)
			w := httptest.NewRecorder()
			handler(&dialecttest.Gateway{Time: now()}).ServeHTTP(w, r)
			var body envelope
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != c.status || body.Code != c.code {
				t.Errorf("%d %s, want %d and %d", w.Code, w.Body, c.status, c.code)
			}
		})
	}
}

func TestModelsHaveTheirOwnLengths(t *testing.T) {
	for _, c := range []struct {
		name, body string
		kind       kind
		seconds    int
		fault      string
	}{
		{"ten seconds", `{"prompt":"x","model_name":"kling-v2-6","duration":"10"}`, fromText, 10, ""},
		{"none", `{"prompt":"x","model_name":"kling-v1-6"}`, fromText, 5, ""},
		{"a number", `{"prompt":"x","model_name":"kling-v2-master","duration":10}`, fromText, 10, ""},
		{"the default model", `{"prompt":"x","duration":"7"}`, fromText, 0, `duration: "7" is not possible with kling-v1; allowed: "5", "10"`},
		{"the old name of the field", `{"prompt":"x","model":"kling-v2-1","duration":"3"}`, fromText, 0, `duration: "3" is not possible with kling-v2-1; allowed: "5", "10"`},
		{"from a picture", `{"image":"https://a.example/b.jpg","model_name":"kling-v2-5-turbo","duration":"15"}`, fromPicture, 0,
			`duration: "15" is not possible with kling-v2-5-turbo; allowed: "5", "10"`},
		{"a newer model", `{"prompt":"x","model_name":"kling-v3","duration":"3"}`, fromText, 3, ""},
		{"the newest", `{"prompt":"x","model_name":"kling-v3-omni","duration":"15"}`, fromText, 15, ""},
		{"beyond a newer model", `{"prompt":"x","model_name":"kling-v3","duration":"16"}`, fromText, 0, `duration: "16" is not possible; allowed: "3", "4"`},
		{"the operator's own model", `{"prompt":"x","model_name":"house-model","duration":"12"}`, fromText, 12, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := dialect.ParseFields([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r := decode(f, c.kind, []string{"house-model"})
			if err := f.Err(); c.fault == "" && (err != nil || r.Seconds != c.seconds) || c.fault != "" && (task.CodeOf(err) != task.Invalid || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("%d seconds, %v", r.Seconds, err)
			}
		})
	}
}

func TestShotsMakeAPromptIfThereIsNone(t *testing.T) {
	for name, c := range map[string]struct{ body, prompt, fault string }{
		"shots":                       {`{"prompt":"","multi_shot":true,"shot_type":"customize","multi_prompt":[{"index":1,"prompt":"a lake","duration":"3"},{"index":2,"prompt":"a hill","duration":"2"}]}`, "a lake\na hill", ""},
		"shots and no prompt":         {`{"multi_shot":true,"multi_prompt":[{"prompt":"a lake"}]}`, "a lake", ""},
		"shots and a prompt":          {`{"prompt":"a day","multi_shot":true,"multi_prompt":[{"prompt":"a lake"}]}`, "a day", ""},
		"intelligence":                {`{"prompt":"a day","multi_shot":true,"shot_type":"intelligence"}`, "a day", ""},
		"shots without multi_shot":    {`{"prompt":"","multi_prompt":[{"prompt":"a lake"}]}`, "", "prompt"},
		"multi_shot without shots":    {`{"prompt":" ","multi_shot":true}`, "", "prompt"},
		"a shot without a prompt":     {`{"multi_shot":true,"multi_prompt":[{"index":1}]}`, "", "multi_prompt/0/prompt"},
		"seven shots":                 {`{"multi_shot":true,"multi_prompt":[` + strings.Repeat(`{"prompt":"x"},`, 6) + `{"prompt":"x"}]}`, "", "multi_prompt"},
		"a shot's prompt is too long": {`{"multi_shot":true,"multi_prompt":[{"prompt":"` + strings.Repeat("x", shotLimit+1) + `"}]}`, "", "multi_prompt/0/prompt"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := dialect.ParseFields([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r := decode(f, fromText, nil)
			if err := f.Err(); c.fault == "" && (err != nil || r.Prompt != c.prompt) || c.fault != "" && !strings.Contains(faults(err), " "+c.fault+" ") {
				t.Errorf("prompt %q, faults %q, want %q and %q", r.Prompt, faults(err), c.prompt, c.fault)
			}
		})
	}
}

// faults returns the names of the fields that an error names, each between spaces.
func faults(err error) string {
	out := " "
	var e *task.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			out += f.Field + " "
		}
	}
	return out
}

// FuzzDecode checks that any body is decoded or refused, and that each decoded request is within the limits.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{`{"prompt":"x","duration":15,"camera_control":{"type":"simple","config":{"pan":-10}}}`, `{"image_list":[{"image":"AAAA"},{}],"multi_shot":"true"}`,
		`{"image":"data:image/png;base64,AAAA","image_tail":null,"watermark_info":[]}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, k := range kinds() {
			fields, err := dialect.ParseFields([]byte(body))
			if err != nil {
				return
			}
			r := decode(fields, k, nil)
			if err := fields.Err(); err == nil && (r.Model == "" || r.Seconds < shortestClip || r.Seconds > longestClip) {
				t.Errorf("%s is read as %+v", body, r)
			} else if err != nil && task.CodeOf(err) != task.Invalid {
				t.Errorf("%s: %v", body, err)
			}
		}
	})
}

func FuzzToken(f *testing.F) {
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.eyJpc3MiOiJrZXlfNyJ9.")
	f.Fuzz(func(t *testing.T, bearer string) {
		r := httptest.NewRequest(http.MethodGet, "/v1/videos/text2video/none", nil)
		r.Header = http.Header{"Authorization": {"Bearer " + bearer}}
		w := httptest.NewRecorder()
		if handler(&dialecttest.Gateway{Time: now()}).ServeHTTP(w, r); w.Code != http.StatusUnauthorized && dialect.Bearer(r) != dialecttest.Key &&
			dialect.Bearer(r) != dialecttest.ReadKey && dialect.Bearer(r) != dialecttest.OtherKey {
			t.Errorf("%q: %d %s", bearer, w.Code, w.Body)
		}
	})
}

func BenchmarkEncodeTask(b *testing.B) {
	tk, l := finished(), links()
	b.ReportAllocs()
	for b.Loop() {
		dialect.Marshal(taskAnswer{Message: succeed, Data: dataOf(tk, l, true)})
	}
}

func TestCallbackURLIsKeptWithTheTask(t *testing.T) {
	f, err := dialect.ParseFields([]byte(`{"prompt":"x","callback_url":"HTTPS://example.com/told?a=b"}`))
	if err != nil {
		t.Fatal(err)
	}
	if r := decode(f, fromText, nil); r.CallbackURL != "https://example.com/told?a=b" || f.Err() != nil {
		t.Errorf("%q, %v", r.CallbackURL, f.Err())
	}
}
