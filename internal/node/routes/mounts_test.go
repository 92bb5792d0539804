package routes_test

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/dialect/dialecttest"
	"github.com/filmgate/filmgate/internal/node/routes"
	"github.com/filmgate/filmgate/internal/web/server"
)

// served returns the whole server over an empty gateway in memory.
func served(t *testing.T) *server.Server {
	t.Helper()
	return servedOver(t, &dialecttest.Gateway{})
}

// servedOver returns the whole server over a gateway in memory.
func servedOver(t *testing.T, gw *dialecttest.Gateway) *server.Server {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	all := routes.Served(gw, routes.Options{Log: log, Pages: routes.Pages{
		Files: http.NotFoundHandler(), Share: http.NotFoundHandler(), Document: http.NotFoundHandler(), Reference: http.NotFoundHandler(), Docs: http.NotFoundHandler(),
		Studio: http.NotFoundHandler()}})
	o := server.Options{Log: log, Random: rand.Reader, Errors: routes.Errors(all), Allowed: routes.Allowed(all)}
	for _, r := range all {
		o.Routes = append(o.Routes, server.Route{Pattern: r.Pattern, Handler: r.Handler})
	}
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestUnknownCallsAreRefusedInTheFormOfTheirDialect(t *testing.T) {
	s := served(t)
	for _, c := range []struct {
		request, mediaType, body string
		status                   int
	}{
		{"GET /api/v1/kling/text2video/create_kling", "application/json", `{"code":1202,"message":"Allowed here: POST.","request_id":"id"}`, 405},
		{"DELETE /makevid/api/v1/kling/image2video/get_kling/x", "application/json", `{"code":1202,"message":"Allowed here: GET, HEAD.","request_id":"id"}`, 405},
		{"POST /api/v1/kling/lip_sync", "application/json", `{"code":1202,"message":"There is nothing at this path.","request_id":"id"}`, 404},
		{"GET /v1/uploads/x/y/z", "application/json", `{"error":"There is nothing at this path."}`, 404},
		{"GET /runway/none", "application/json", `{"error":"There is nothing at this path."}`, 404},
		{"PUT /v1/videos/x", "application/json", `{"error":{"message":"Allowed here: DELETE, GET, HEAD.","type":"invalid_request_error","param":null,"code":"unknown_url"}}`, 405},
		{"DELETE /v1/videos/text2video", "application/json", `{"code":1202,"message":"Allowed here: GET, HEAD, POST.","request_id":"id"}`, 405},
		{"PUT /v1/videos/image2video", "application/json", `{"code":1202,"message":"Allowed here: GET, HEAD, POST.","request_id":"id"}`, 405},
		{"DELETE /kling/v1/videos/text2video", "application/json", `{"code":1202,"message":"Allowed here: GET, HEAD, POST.","request_id":"id"}`, 405},
		{"POST /v1/videos/multi-image2video/x", "application/json", `{"code":1202,"message":"Allowed here: GET, HEAD.","request_id":"id"}`, 405},
		{"POST /v1/videos/text2video/remix", "application/json", `{"code":1202,"message":"Allowed here: GET, HEAD.","request_id":"id"}`, 405},
		{"PATCH /v1/videos/x/none", "application/json", `{"error":{"message":"There is nothing at this path.","type":"invalid_request_error","param":null,"code":"unknown_url"}}`, 404},
		{"DELETE /openai/v1/videos/text2video", "application/json",
			`{"error":{"message":"There is no video with the id 'text2video'.","type":"invalid_request_error","param":null,"code":"not_found"}}`, 404},
		{"POST /healthz", "application/problem+json", `{"type":"/problems/method_not_allowed","title":"Method not allowed","status":405,"detail":"Allowed here: GET, HEAD.","request_id":"id"}`, 405},
		{"GET /v1/videos/", "application/json", `{"error":{"message":"There is nothing at this path.","type":"invalid_request_error","param":null,"code":"unknown_url"}}`, 404},
		{"GET /openai/chat/completions", "application/json", `{"error":{"message":"There is nothing at this path.","type":"invalid_request_error","param":null,"code":"unknown_url"}}`, 404},
		{"GET /api/v1/create_runway", "application/problem+json",
			`{"type":"/problems/method_not_allowed","title":"Method not allowed","status":405,"detail":"Allowed here: POST.","request_id":"id"}`, 405},
		{"GET /none", "application/problem+json", `{"type":"/problems/not_found","title":"Not found","status":404,"detail":"There is nothing at this path.","request_id":"id"}`, 404},
	} {
		t.Run(c.request, func(t *testing.T) {
			method, path, _ := strings.Cut(c.request, " ")
			r := httptest.NewRequest(method, path, nil)
			r.Header.Set("Authorization", "Bearer "+dialecttest.Key)
			r.Header.Set("X-Request-Id", "id")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != c.status || strings.TrimSpace(w.Body.String()) != c.body || w.Header().Get("Content-Type") != c.mediaType {
				t.Errorf("%d %s\n%s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
			if allow := w.Header().Get("Allow"); (c.status == http.StatusMethodNotAllowed) != (allow != "") || !strings.Contains(c.body, allow) {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
}
