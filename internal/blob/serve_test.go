package blob_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/blob"
	"github.com/filmgate/filmgate/internal/blob/file"
)

const (
	video   = "cdn/20240909/PXM1k9NUg4paxT7eirUVfbHYiK5lsW.mp4"
	private = "cdn/20240909/n0tdLRRqIqE3Hm1zNkPPuw4J1mpcmQ.jpg"
	upload  = "datasets/00000000-04bf-4ab8-a6b0-21f60efb3a21.jpg" // claims to be HTML
)

var (
	videoBytes = bytes.Repeat([]byte("0123456789"), 20_000)
	videoETag  = fmt.Sprintf(`"%x"`, sha256.Sum256(videoBytes))
)

// bucket returns a file bucket with a video, a private picture, a dataset and an upload with a false media type.
func bucket(t *testing.T) *file.Bucket {
	t.Helper()
	b, err := file.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	for _, c := range []struct {
		key, mediaType string
		data           []byte
	}{{video, "video/mp4", videoBytes}, {private, "image/jpeg", []byte("private")}, {dataset, "image/jpeg", []byte("dataset")}, {upload, "text/html", []byte("<script>")}} {
		if _, err := b.Put(t.Context(), c.key, bytes.NewReader(c.data), c.mediaType); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// testOptions returns options by which private needs a token. They discard the log.
func testOptions() blob.HandlerOptions {
	return blob.HandlerOptions{
		Signer: signer(noon), NeedsToken: func(key string) bool { return key == private }, Log: slog.New(slog.DiscardHandler),
	}
}

func serve(t *testing.T, b blob.Bucket) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(blob.Handler(b, testOptions()))
	t.Cleanup(server.Close)
	return server
}

type response struct {
	status int
	header http.Header
	body   []byte
}

// send sends one request. headers are pairs of a name and a value. It follows no redirect.
func send(t *testing.T, server *httptest.Server, method, target string, headers ...string) response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/"+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := server.Client().Transport.RoundTrip(r)
	return readResponse(t, res, err)
}

// readResponse reads a response to its end.
func readResponse(t *testing.T, res *http.Response, err error) response {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response{res.StatusCode, res.Header, body}
}

// wantProblem checks that the answer is a problem document with this status that may not be cached.
func wantProblem(t *testing.T, got response, status int) {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(got.body, &doc); err != nil {
		t.Fatalf("%d with a body that is not JSON: %q", got.status, got.body)
	}
	if got.status != status || doc["status"] != float64(status) || doc["title"] != http.StatusText(status) {
		t.Errorf("status %d, document %v; want %d", got.status, doc, status)
	}
	if detail, _ := doc["detail"].(string); detail == "" || doc["type"] != "about:blank" || len(doc) != 4 {
		t.Errorf("document %v; want type, title, status and detail", doc)
	}
	for name, want := range map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store", "ETag": "", "Last-Modified": "", "Content-Disposition": ""} {
		if v := got.header.Get(name); v != want {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
}

func TestProblemHasTheRequestID(t *testing.T) {
	h := blob.Handler(bucket(t), testOptions())
	w := httptest.NewRecorder()
	w.Header().Set("X-Request-Id", "r1")
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/nothing", nil))
	if !strings.Contains(w.Body.String(), `"request_id":"r1"`) {
		t.Errorf("%s", w.Body)
	}
}

func wantHeaders(t *testing.T, got response, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if v := got.header.Get(name); v != value {
			t.Errorf("%s is %q, want %q", name, v, value)
		}
	}
}

func TestHeadersOfAVideo(t *testing.T) {
	server := serve(t, bucket(t))
	for _, method := range []string{"GET", "HEAD"} {
		got := send(t, server, method, video)
		if got.status != http.StatusOK {
			t.Fatalf("%s: %d", method, got.status)
		}
		wantHeaders(t, got, map[string]string{
			"Content-Type": "video/mp4", "Content-Length": "200000", "ETag": videoETag, "Accept-Ranges": "bytes",
			"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff", "Content-Disposition": "",
		})
		if got.header.Get("Last-Modified") == "" {
			t.Errorf("%s has no Last-Modified", method)
		}
		if want := map[string]int{"GET": len(videoBytes), "HEAD": 0}[method]; len(got.body) != want {
			t.Errorf("%s: %d bytes, want %d", method, len(got.body), want)
		}
	}
}

func TestRangesAndConditions(t *testing.T) {
	files := bucket(t)
	for kind, server := range map[string]*httptest.Server{"file": serve(t, files), "stream": serve(t, &streamBucket{Bucket: files})} {
		for name, c := range map[string]struct {
			headers []string
			status  int
			rng     string // Content-Range
			body    string
		}{
			"the first bytes":           {[]string{"Range", "bytes=0-4"}, 206, "bytes 0-4/200000", "01234"},
			"in the middle":             {[]string{"Range", "bytes=100003-100005"}, 206, "bytes 100003-100005/200000", "345"},
			"from an offset":            {[]string{"Range", "bytes=199998-"}, 206, "bytes 199998-199999/200000", "89"},
			"the last bytes":            {[]string{"Range", "bytes=-3"}, 206, "bytes 199997-199999/200000", "789"},
			"reaching past the end":     {[]string{"Range", "bytes=199999-300000"}, 206, "bytes 199999-199999/200000", "9"},
			"another unit":              {[]string{"Range", "seconds=1-2"}, 416, "", ""},
			"after the end":             {[]string{"Range", "bytes=200000-"}, 416, "bytes */200000", ""},
			"last before first":         {[]string{"Range", "bytes=5-1"}, 416, "", ""},
			"not numbers":               {[]string{"Range", "bytes=x-y"}, 416, "", ""},
			"several ranges":            {[]string{"Range", "bytes=0-1,5-6"}, 200, "", string(videoBytes)},
			"the same tag":              {[]string{"If-None-Match", videoETag}, 304, "", ""},
			"one tag of a list":         {[]string{"If-None-Match", `"x", ` + videoETag}, 304, "", ""},
			"any tag":                   {[]string{"If-None-Match", "*"}, 304, "", ""},
			"another tag":               {[]string{"If-None-Match", `"x"`}, 200, "", string(videoBytes)},
			"if it has changed since":   {[]string{"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"}, 304, "", ""},
			"if the tag is another":     {[]string{"If-Match", `"x"`}, 412, "", ""},
			"a range of the same":       {[]string{"Range", "bytes=0-4", "If-Range", videoETag}, 206, "bytes 0-4/200000", "01234"},
			"a range of another":        {[]string{"Range", "bytes=0-4", "If-Range", `"x"`}, 200, "", string(videoBytes)},
			"a range of a weak tag":     {[]string{"Range", "bytes=0-4", "If-Range", "W/" + videoETag}, 200, "", string(videoBytes)},
			"a range, but not modified": {[]string{"Range", "bytes=0-4", "If-None-Match", videoETag}, 304, "", ""},
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				got := send(t, server, "GET", video, c.headers...)
				if c.status >= 400 {
					wantProblem(t, got, c.status)
				} else if got.status != c.status || string(got.body) != c.body {
					t.Errorf("status %d, %d bytes %.20q; want %d, %d bytes", got.status, len(got.body), got.body, c.status, len(c.body))
				}
				wantHeaders(t, got, map[string]string{"Content-Range": c.rng})
				head := send(t, server, "HEAD", video, c.headers...)
				if head.status != c.status || len(head.body) != 0 || head.header.Get("Content-Range") != c.rng {
					t.Errorf("HEAD: %d, %q, %d bytes; want %d", head.status, head.header.Get("Content-Range"), len(head.body), c.status)
				}
			})
		}
	}
}

func TestInvalidPathsAreNotFound(t *testing.T) {
	server := serve(t, bucket(t))
	name := strings.TrimPrefix(video, "cdn/20240909/")
	for _, path := range []string{
		"/", "/cdn", "/cdn/", "/cdn/20240909/", "/cdn/20240909", "/files/" + video, "/" + video + "/", "//" + video, "/cdn//20240909/" + name,
		"/cdn/20240909//" + name, "/cdn/./20240909/" + name, "/cdn/../" + video, "/datasets/../" + video, "/%2e%2e/" + video, "/cdn/%2e/20240909/" + name,
		"/cdn/%2e%2e/" + dataset, "/cdn/..%2f" + dataset, "/cdn/20240909%2f" + name, "/cdn%2F20240909/" + name, "/cdn/20240909/%50" + name[1:],
		`/cdn\20240909\` + name, `/cdn/..\` + dataset, "/cdn/20240909/" + name + "%00", "/cdn/20240909/" + name + "%0a", "/cdn/20240909/" + name + ";x",
		"/cdn/20240909/" + name + ".html", "/cdn/20240909/" + strings.TrimSuffix(name, "mp4") + "MP4", "/CDN/20240909/" + name,
		"/cdn/2024-909/" + name, "/cdn/20240909/" + name[1:], "/cdn/20240909/x" + name, "/cdn/20240909/..............................mp4",
		"/datasets/54102233-04bf-4ab8-a6b0-21f60efb3a21.JPG", "/DATASETS/54102233-04bf-4ab8-a6b0-21f60efb3a21.jpg",
		"/datasets/54102233-04bf-4ab8-a6b0-21f60efb3a21", "/etc/passwd", "/../../../../etc/passwd",
		"/cdn/20240909/../../../../../../etc/passwd", "/cdn/20240909/" + strings.Repeat("A", 30) + ".mp4", "/" + strings.Repeat("a", 8000),
	} {
		t.Run(path[:min(len(path), 80)], func(t *testing.T) { wantProblem(t, sendRawPath(t, server, path), http.StatusNotFound) })
	}
	if got := sendRawPath(t, server, "/"+video); got.status != http.StatusOK {
		t.Errorf("the valid path: %d", got.status)
	}
}

func TestUUIDMayBeInCapitals(t *testing.T) {
	name := strings.TrimPrefix(strings.TrimSuffix(dataset, ".jpg"), "datasets/")
	path := "datasets/" + strings.ToUpper(name) + ".jpg"
	server := serve(t, bucket(t))
	got := send(t, server, "GET", path+"?_jwt="+signer(noon).Sign(dataset, noon.Add(time.Hour)))
	if got.status != http.StatusOK || string(got.body) != "dataset" {
		t.Errorf("%d %q", got.status, got.body)
	}
	wantProblem(t, send(t, server, "GET", path), http.StatusForbidden)
}

// sendRawPath sends path unchanged, as curl --path-as-is does. http.Client would clean it.
func sendRawPath(t *testing.T, server *httptest.Server, path string) response {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	return readResponse(t, res, err)
}

func TestOtherMethodsAreRefused(t *testing.T) {
	server := serve(t, bucket(t))
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		got := send(t, server, method, video)
		wantProblem(t, got, http.StatusMethodNotAllowed)
		wantHeaders(t, got, map[string]string{"Allow": "GET, HEAD"})
	}
}

func TestSignedFiles(t *testing.T) {
	server := serve(t, bucket(t))
	token := func(key string, life time.Duration) string { return "?_jwt=" + signer(noon).Sign(key, noon.Add(life)) }
	const missing = "datasets/99999999-04bf-4ab8-a6b0-21f60efb3a21.jpg"
	for name, c := range map[string]struct {
		target string
		status int
		cache  string
	}{
		"a dataset":                        {dataset + token(dataset, 90*time.Minute), 200, "private, max-age=5400"},
		"a private picture":                {private + token(private, time.Hour), 200, "private, max-age=3600"},
		"a token of ten years":             {dataset + token(dataset, 87600*time.Hour), 200, "private, max-age=31536000"},
		"a public video, by a signed link": {video + token(video, time.Hour), 200, "private, max-age=3600"},
		"a public video with a bad token":  {video + "?_jwt=x", 403, ""},
		"a public video, its link expired": {video + token(video, -time.Second), 403, ""},
		"a dataset without a token":        {dataset, 403, ""},
		"a dataset with an empty token":    {dataset + "?_jwt=", 403, ""},
		"a private picture, no token":      {private, 403, ""},
		"an expired token":                 {dataset + token(dataset, -time.Second), 403, ""},
		"another dataset's token":          {dataset + token(upload, time.Hour), 403, ""},
		"a token in another parameter":     {dataset + strings.Replace(token(dataset, time.Hour), "_jwt", "jwt", 1), 403, ""},
		"an unknown dataset, no token":     {missing, 403, ""}, // as for one that exists, so callers learn nothing
		"an unknown dataset, with a token": {missing + token(missing, time.Hour), 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, server, "GET", c.target)
			if c.status != http.StatusOK {
				wantProblem(t, got, c.status)
				return
			}
			if got.status != c.status {
				t.Errorf("status %d, %s", got.status, got.body)
			}
			wantHeaders(t, got, map[string]string{"Cache-Control": c.cache})
		})
	}
}

func TestZeroOptionsRefuseDatasets(t *testing.T) {
	server := httptest.NewServer(blob.Handler(bucket(t), blob.HandlerOptions{}))
	defer server.Close()
	if got := send(t, server, "GET", video); got.status != http.StatusOK {
		t.Errorf("a video: %d", got.status)
	}
	wantProblem(t, send(t, server, "GET", dataset+"?_jwt="+signer(noon).Sign(dataset, noon.Add(time.Hour))), http.StatusForbidden)
}

func TestFalseMediaTypeIsNotServed(t *testing.T) {
	got := send(t, serve(t, bucket(t)), "GET", upload+"?_jwt="+signer(noon).Sign(upload, noon.Add(time.Hour)))
	if got.status != http.StatusOK {
		t.Fatalf("status %d", got.status)
	}
	wantHeaders(t, got, map[string]string{"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff"})
}

func TestDownloadNames(t *testing.T) {
	server := serve(t, bucket(t))
	for name, c := range map[string]struct{ query, want string }{
		"no download":               {"", ""},
		"a plain name":              {"?download=take1.mp4", "attachment; filename=take1.mp4"},
		"spaces":                    {"?download=my+take.mp4", `attachment; filename="my take.mp4"`},
		"an empty name":             {"?download=", "attachment; filename=PXM1k9NUg4paxT7eirUVfbHYiK5lsW.mp4"},
		"no extension":              {"?download=take1", "attachment; filename=take1.mp4"},
		"its extension in capitals": {"?download=take1.MP4", "attachment; filename=take1.mp4"},
		"another extension":         {"?download=take1.exe", "attachment; filename=take1.exe.mp4"},
		"folders":                   {"?download=../../etc/passwd", "attachment; filename=passwd.mp4"},
		"folders of Windows":        {"?download=C:%5Ctemp%5Ca.mp4", "attachment; filename=a.mp4"},
		"dots only":                 {"?download=..", "attachment; filename=PXM1k9NUg4paxT7eirUVfbHYiK5lsW.mp4"},
		"a header inside":           {"?download=a%0d%0aSet-Cookie:+x=y.mp4", `attachment; filename="aSet-Cookie x=y.mp4"`},
		"a quotation mark":          {"?download=a%22%3B+filename=b.mp4", `attachment; filename="a; filename=b.mp4"`},
		"letters of any script":     {"?download=%D1%84.mp4", "attachment; filename*=utf-8''%D1%84.mp4"},
		"a right-to-left override":  {"?download=a%E2%80%AE4pm.exe.mp4", "attachment; filename=a4pm.exe.mp4"},
		"not UTF-8":                 {"?download=a%ff.mp4", "attachment; filename=a.mp4"},
		"very long":                 {"?download=" + strings.Repeat("x", 4000), "attachment; filename=" + strings.Repeat("x", 150) + ".mp4"},
		"very long, not ASCII":      {"?download=" + strings.Repeat("%E6%98%A0", 51), "attachment; filename*=utf-8''" + strings.Repeat("%E6%98%A0", 50) + ".mp4"},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, server, "GET", video+c.query)
			if got.status != http.StatusOK {
				t.Errorf("status %d", got.status)
			}
			wantHeaders(t, got, map[string]string{"Content-Disposition": c.want, "Set-Cookie": ""})
		})
	}
}

func TestWithdrawnFilesAreNotFound(t *testing.T) {
	b, options := bucket(t), testOptions()
	token := options.Signer.Sign(video, noon.Add(time.Hour))
	for _, c := range []struct {
		name                      string
		plain, signed             bool // which of its URLs are withdrawn
		plainStatus, signedStatus int
	}{
		{"none", false, false, http.StatusOK, http.StatusOK},
		{"the plain URL", true, false, http.StatusNotFound, http.StatusOK},
		{"all URLs", true, true, http.StatusNotFound, http.StatusNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			options.Withdrawn = func(key string, signed bool) bool { return key == video && (signed && c.signed || !signed && c.plain) }
			server := httptest.NewServer(blob.Handler(b, options))
			defer server.Close()
			if got := send(t, server, http.MethodGet, video); got.status != c.plainStatus {
				t.Errorf("its plain URL: %d, want %d", got.status, c.plainStatus)
			}
			if got := send(t, server, http.MethodGet, video+"?_jwt="+token); got.status != c.signedStatus {
				t.Errorf("its signed URL: %d, want %d", got.status, c.signedStatus)
			}
			if got := send(t, server, http.MethodGet, dataset+"?_jwt="+options.Signer.Sign(dataset, noon.Add(time.Hour))); got.status != http.StatusOK {
				t.Errorf("another file: %d", got.status)
			}
		})
	}
}
