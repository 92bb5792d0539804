package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	stderrors "errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	judging "github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/errors"

	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/dialect/exchange"
	"github.com/filmgate/filmgate/internal/dialect/openapi"
	"github.com/filmgate/filmgate/internal/node/routes"
	"github.com/filmgate/filmgate/internal/task"
)

// documentValidator checks requests and answers against the checked-in document. A field, a header or a status that is not in the document
// is an error.
func documentValidator(t *testing.T) validator.Validator {
	t.Helper()
	v, err := sharedValidator()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// sharedValidator makes the validator once for all tests, because it compiles every schema of the document.
var sharedValidator = sync.OnceValues(newDocumentValidator)

func newDocumentValidator() (validator.Validator, error) {
	raw, err := os.ReadFile(documentFile)
	if err != nil {
		return nil, err
	}
	var tree any
	if err = json.Unmarshal(raw, &tree); err != nil {
		return nil, err
	}
	bare(tree)
	callable(tree)
	if raw, err = json.Marshal(tree); err != nil {
		return nil, err
	}
	doc, err := libopenapi.NewDocument(raw)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc, judging.WithStrictMode(), judging.WithFormatAssertions(),
		judging.WithStrictIgnoredHeadersExtra("X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Vary",
			"Content-Security-Policy", "X-Robots-Tag"),
		// The members of the document itself, which OpenAPI describes.
		judging.WithStrictIgnorePaths("$.body.openapi", "$.body.info", "$.body.servers", "$.body.tags", "$.body.paths", "$.body.webhooks", "$.body.components"))
	return v, stderrors.Join(errs...)
}

// callable makes paths of the webhooks, because the validator looks at paths alone.
func callable(tree any) {
	doc := tree.(map[string]any)
	for name, item := range doc["webhooks"].(map[string]any) {
		doc["paths"].(map[string]any)["/webhook/"+name] = item
	}
}

// bare removes the descriptions beside references: the validator's strict mode does not follow a reference that has
// siblings.
func bare(tree any) {
	switch v := tree.(type) {
	case map[string]any:
		if ref, ok := v["$ref"]; ok {
			clear(v)
			v["$ref"] = ref
		}
		for _, in := range v {
			bare(in)
		}
	case []any:
		for _, in := range v {
			bare(in)
		}
	}
}

// violations returns the errors of a validator, one a line.
func violations(errs []*errors.ValidationError) string {
	var b strings.Builder
	for _, e := range errs {
		b.WriteString(e.Message + ": " + e.Reason + "\n")
		for _, s := range e.SchemaValidationErrors {
			b.WriteString("  " + s.FieldPath + ": " + s.Reason + "\n")
		}
	}
	return b.String()
}

func TestOpenAPIDocumentIsValid(t *testing.T) {
	doc, err := libopenapi.NewDocument(rawDocument(t))
	if err != nil {
		t.Fatal(err)
	}
	// Without a cache of schemas: filling it writes the whole document once for each.
	v, errs := validator.NewValidator(doc, judging.WithSchemaCache(nil))
	if errs != nil {
		t.Fatal(errs)
	}
	defer v.Release()
	if ok, errs := v.ValidateDocument(); !ok {
		t.Error(violations(errs))
	}
}

// TestEveryExchangeIsWhatTheDocumentSays sends no requests: the dialects' own tests check that the handlers answer so.
func TestEveryExchangeIsWhatTheDocumentSays(t *testing.T) {
	const root = "../../"
	v := documentValidator(t)
	for _, pattern := range []string{"*/testdata/*.http", "*/testdata/*/*.http"} {
		files, err := filepath.Glob(root + "internal/dialect/" + pattern)
		if err != nil || files == nil {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			for _, x := range dialecttest.Exchanges(t, file) {
				if x.Status == http.StatusMethodNotAllowed || strings.HasSuffix(x.Target, "/lip_sync") {
					continue // there is no such call
				}
				t.Run(strings.TrimPrefix(file, root)+"/"+x.Name, func(t *testing.T) {
					if x.Status < 300 { // a refused request need not be one that the document allows
						r := dialecttest.Request(x)
						if len(x.Body) > 0 && r.Header.Get("Content-Type") == "" {
							r.Header.Set("Content-Type", "application/json") // what the server takes it for
						}
						if ok, errs := v.ValidateHttpRequestSync(r); !ok {
							t.Errorf("the request: %s", violations(errs))
						}
					}
					if ok, errs := v.ValidateHttpResponse(dialecttest.Request(x), answerOf(x)); !ok {
						t.Errorf("the answer: %s", violations(errs))
					}
				})
			}
		}
	}
}

// answerOf returns the answer that an exchange expects, with a media type if the file has none.
func answerOf(x exchange.Exchange) *http.Response {
	w := &http.Response{StatusCode: x.Status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(x.Want))}
	for name, values := range x.WantHeader {
		if values[0] != "-" {
			w.Header[name] = values
		}
	}
	if len(x.Want) > 0 && w.Header.Get("Content-Type") == "" {
		w.Header.Set("Content-Type", "application/json")
		if x.Status >= 400 && bytes.Contains(x.Want, []byte(`"type"`)) && !bytes.HasPrefix(x.Want, []byte(`{"error"`)) {
			w.Header.Set("Content-Type", "application/problem+json")
		}
	}
	return w
}

// TestEveryExampleIsWhatTheDocumentSays checks the published files, and all others that routes name, against the schemas.
func TestEveryExampleIsWhatTheDocumentSays(t *testing.T) {
	v := documentValidator(t)
	for _, r := range routes.Documented() {
		if r.Undocumented {
			continue
		}
		method, path := openapi.Call(r)
		path = strings.NewReplacer("{id}", "00000000-0000-4000-8000-000000000001").Replace(path)
		if b := r.Doc.Body; b != nil {
			for _, e := range b.Examples {
				t.Run(r.Doc.ID+"/request "+e.Name, func(t *testing.T) {
					q := request(t, method, path, bodyOf(t, e.File, false))
					for _, p := range r.Doc.Params {
						if p.In == "header" && p.Required {
							q.Header.Set(p.Name, fmt.Sprint(p.Example))
						}
					}
					if ok, errs := v.ValidateHttpRequestSync(q); !ok {
						t.Error(violations(errs))
					}
				})
			}
		}
		for _, a := range r.Doc.Answers {
			for _, e := range a.Examples {
				t.Run(r.Doc.ID+"/answer "+e.Name, func(t *testing.T) {
					w := httptest.NewRecorder()
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(cmp.Or(a.Status, http.StatusOK))
					_, _ = w.Write(bodyOf(t, e.File, true))
					if ok, errs := v.ValidateHttpResponse(request(t, method, path, nil), w.Result()); !ok {
						t.Error(violations(errs))
					}
				})
			}
		}
	}
}

// TestEveryEventIsWhatTheDocumentSays checks what webhooks are sent against the document's webhooks.
func TestEveryEventIsWhatTheDocumentSays(t *testing.T) {
	v := documentValidator(t)
	var types []string
	for _, e := range routes.Events() {
		types = append(types, e.Name)
		send := func(body string) (bool, []*errors.ValidationError) {
			q := request(t, "post", "/webhook/"+e.Name, []byte(body))
			q.Header.Del("Authorization")
			for _, p := range e.Headers {
				q.Header.Set(p.Name, fmt.Sprint(p.Example))
			}
			return v.ValidateHttpRequestSync(q)
		}
		for _, x := range e.Examples {
			body := string(bodyOf(t, x.File, true))
			if ok, errs := send(body); !ok {
				t.Errorf("%s: %s", e.Name, violations(errs))
			}
			for name, bad := range map[string]string{
				"another type": strings.Replace(body, e.Name, "task.eaten", 1), "a field more": strings.Replace(body, "{", `{"more": 1,`, 1),
				"no time": strings.Replace(body, `"timestamp"`, `"at"`, 1),
			} {
				if ok, _ := send(bad); ok {
					t.Errorf("%s with %s was let pass", e.Name, name)
				}
			}
		}
	}
	var want []string
	for _, kind := range append(task.WebhookTypes(), task.EventTest) {
		want = append(want, string(kind))
	}
	if !slices.Equal(types, want) {
		t.Errorf("described are %q, want %q", types, want)
	}
}

func bodyOf(t *testing.T, file string, answer bool) []byte {
	t.Helper()
	b, err := exchange.Side("../..", file, answer)
	if err != nil || !json.Valid(b) {
		t.Fatalf("%s: %v", file, err)
	}
	return b
}

func request(t *testing.T, method, path string, body []byte) *http.Request {
	t.Helper()
	r := httptest.NewRequest(strings.ToUpper(method), "http://films.example"+path, bytes.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// TestTheValidatorFindsViolations checks documentValidator: each case differs from a published answer in one thing.
func TestTheValidatorFindsViolations(t *testing.T) {
	v := documentValidator(t)
	good := string(bodyOf(t, "internal/dialect/makevid/testdata/get_runway.succeeded.json", true))
	for name, change := range map[string][2]string{
		"a field more":           {`"name": null`, `"name": null, "surname": null`},
		"a field less":           {`"name": null,`, ``},
		"another type":           {`"seconds": 10`, `"seconds": "10"`},
		"an unknown word":        {`"SUCCEEDED"`, `"DONE"`},
		"no time":                {`"2024-09-09T06:50:55.123Z"`, `"yesterday"`},
		"too long a list":        {`"dimensions": [`, `"dimensions": [1,`},
		"what is always null":    {`"image": null`, `"image": {}`},
		"null where none can be": {`"status": "SUCCEEDED"`, `"status": null`},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, change[0], change[1], 1)
			if bad == good || !json.Valid([]byte(bad)) {
				t.Fatal("the change is none")
			}
			w := httptest.NewRecorder()
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.WriteString(bad)
			if ok, _ := v.ValidateHttpResponse(request(t, "get", "/api/v1/get_runway/x", nil), w.Result()); ok {
				t.Error("it was let pass")
			}
		})
	}
}
