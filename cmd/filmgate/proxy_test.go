package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// snippets returns the two nginx configurations in docs/proxy.md: one removes the path, and one keeps it.
func snippets(t *testing.T) (removed, kept string) {
	t.Helper()
	page, err := os.ReadFile(servertest.InTree(t, "docs/proxy.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```nginx\n(.*?)```").FindAllSubmatch(page, -1)
	if len(found) != 2 {
		t.Fatalf("%d snippets in docs/proxy.md, want 2", len(found))
	}
	return string(found[0][1]), string(found[1][1])
}

// freePort returns a port of the loopback address that was just free.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// nginx starts nginx with the snippet before the server at upstream, on a port of the loopback address.
func nginx(t *testing.T, snippet, upstream, port string) {
	t.Helper()
	path, err := exec.LookPath("nginx")
	if err != nil {
		path = "/usr/sbin/nginx" // not in the path of people who are not root
	}
	dir := t.TempDir()
	config := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	server { listen 127.0.0.1:%[2]s; server_name _; %[3]s }
}
`, dir, port, strings.ReplaceAll(snippet, "127.0.0.1:8080", upstream))
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	errs := &servertest.Log{}
	cmd := exec.Command(path, "-p", dir, "-c", file)
	cmd.Stderr = errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("nginx said:\n%s", errs)
		}
	})
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("nginx does not start:\n%s", errs)
		case <-tick.C:
		}
	}
}

func TestEverythingWorksBehindNginx(t *testing.T) {
	t.Parallel()
	servertest.Need(t, "nginx-light")
	removed, kept := snippets(t)
	for _, c := range []struct {
		name, snippet string
		setting       func(public string) string
	}{
		{"the path removed", removed, func(string) string { return "FILMGATE_TRUSTED_PROXIES=127.0.0.1" }},
		{"the path kept", kept, func(public string) string { return "FILMGATE_PUBLIC_URL=" + public }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			port := freePort(t)
			public := "http://127.0.0.1:" + port + "/video"
			p := run(t, t.TempDir(), c.setting(public))
			nginx(t, c.snippet, strings.TrimPrefix(p.base, "http://"), port)
			p.base, p.Base = public, public
			v := behind{p}
			v.tellsWhere(t)
			v.makesAVideo(t)
			v.takesUploads(t)
			v.showsItself(t)
		})
	}
}

// behind is a server behind a proxy. base is its public URL.
type behind struct{ *process }

// ours fails the test unless the URL begins with the public one.
func (v behind) ours(t *testing.T, what, link string) {
	t.Helper()
	if !strings.HasPrefix(link, v.base+"/") {
		t.Errorf("%s: %q is not under %s", what, link, v.base)
	}
}

// links returns all URLs in a document.
var links = regexp.MustCompile(`https?://[^"\s]+`)

// allOurs fails the test unless every URL of this machine in the answer begins with the public one.
func (v behind) allOurs(t *testing.T, what string, answer []byte) {
	t.Helper()
	found := links.FindAllString(string(answer), -1)
	if len(found) == 0 {
		t.Errorf("%s: no link in %s", what, answer)
	}
	for _, link := range found {
		v.ours(t, what, link)
	}
}

// tellsWhere checks the headers of an answer to a create of Filmgate's own API.
func (v behind) tellsWhere(t *testing.T) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.base+"/api/v1/tasks", strings.NewReader(`{"prompt":"a lake","seconds":2}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	v.ours(t, "Location", resp.Header.Get("Location"))
}

func (v behind) makesAVideo(t *testing.T) {
	t.Helper()
	id := v.createShort(t)
	done := v.until(t, id, hasSucceeded)
	_, whole := v.call(t, http.MethodGet, "/api/v1/get_runway/"+id, "")
	v.allOurs(t, "the task", whole)
	video := done.Task.Artifacts[0].URL
	part, err := http.NewRequestWithContext(t.Context(), http.MethodGet, video, nil)
	if err != nil {
		t.Fatal(err)
	}
	part.Header.Set("Range", "bytes=4-7")
	got, err := http.DefaultClient.Do(part)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if b, err := io.ReadAll(got.Body); err != nil || got.StatusCode != http.StatusPartialContent || string(b) != "ftyp" {
		t.Errorf("a range of the video: %d %q, %v", got.StatusCode, b, err)
	}
	wantStatus(t, "a preview", done.Task.Artifacts[0].Previews[0], http.StatusOK)
	v.sharesIt(t, id)
}

func (v behind) sharesIt(t *testing.T, id string) {
	t.Helper()
	_, b := v.call(t, http.MethodGet, "/api/v1/assets?task_id="+id, "")
	v.allOurs(t, "the asset", b)
	var list struct{ Assets []wireAsset }
	if err := json.Unmarshal(b, &list); err != nil || len(list.Assets) != 1 {
		t.Fatalf("%s, %v", b, err)
	}
	shared := v.asset(t, http.MethodPost, "/api/v1/assets/"+list.Assets[0].ID+"/share", "")
	v.ours(t, "the share page", *shared.Share)
	resp, page := fetch(t, *shared.Share)
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(page), v.base+"/cdn/") {
		t.Errorf("the share page: %d %s", resp.StatusCode, page)
	}
	v.allOurs(t, "the share page", page)
	sealed := v.asset(t, http.MethodPatch, "/api/v1/assets/"+list.Assets[0].ID, `{"private":true}`)
	v.ours(t, "the private video", sealed.URL)
	wantStatus(t, "the private video", sealed.URL, http.StatusOK)
}

func (v behind) takesUploads(t *testing.T) {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 640, 384))); err != nil {
		t.Fatal(err)
	}
	code, b := v.call(t, http.MethodPost, "/v1/uploads", `{"filename":"a.png","numberOfParts":1,"type":"DATASET"}`)
	var begun struct {
		ID         string
		UploadURLs []string `json:"uploadUrls"`
	}
	if err := json.Unmarshal(b, &begun); err != nil || code != http.StatusOK {
		t.Fatalf("%d %s", code, b)
	}
	v.ours(t, "where the part goes", begun.UploadURLs[0])
	code, tag := putPart(t, begun.UploadURLs[0], picture.String())
	if code != http.StatusOK {
		t.Fatalf("the part: %d", code)
	}
	code, b = v.call(t, http.MethodPost, "/v1/uploads/"+begun.ID+"/complete", fmt.Sprintf(`{"parts":[{"PartNumber":1,"ETag":%q}]}`, tag))
	var done struct{ URL string }
	if err := json.Unmarshal(b, &done); err != nil || code != http.StatusOK {
		t.Fatalf("%d %s", code, b)
	}
	v.ours(t, "the dataset", done.URL)
	wantStatus(t, "the dataset", done.URL, http.StatusOK)
	code, b = v.call(t, http.MethodPost, "/api/v1/tasks", fmt.Sprintf(`{"prompt":"a lake","seconds":2,"first_frame":%q}`, done.URL))
	if code/100 != 2 || !strings.Contains(string(b), begun.ID) {
		t.Errorf("our own link as a picture: %d %s", code, b)
	}
}

func (v behind) showsItself(t *testing.T) {
	t.Helper()
	_, b := fetch(t, v.base+"/openapi.json")
	var doc struct{ Servers []struct{ URL string } }
	if err := json.Unmarshal(b, &doc); err != nil || len(doc.Servers) != 1 || doc.Servers[0].URL != "/video" {
		t.Errorf("servers %+v, %v", doc.Servers, err)
	}
	page, err := url.Parse(v.base + "/reference")
	if err != nil {
		t.Fatal(err)
	}
	_, b = fetch(t, page.String())
	for _, m := range regexp.MustCompile(`(?:src|data-url)="([^"]+)"`).FindAllSubmatch(b, -1) {
		link, err := page.Parse(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		v.ours(t, "a part of the reference page", link.String())
		wantStatus(t, "a part of the reference page", link.String(), http.StatusOK)
	}
	for _, path := range []string{"/nowhere", "/api/v1/tasks/none"} { // the server answers the first, and a call the second
		v.explains(t, path)
	}
	v.wantCall(t, http.MethodGet, "/healthz", "", http.StatusOK, "ok")
}

// explains checks that the type of the error at a path leads to the page about it.
func (v behind) explains(t *testing.T, path string) {
	t.Helper()
	code, b := v.call(t, http.MethodGet, path, "")
	var problem struct{ Type string }
	if err := json.Unmarshal(b, &problem); err != nil || code != http.StatusNotFound || problem.Type == "" {
		t.Fatalf("%s: %d %s, %v", path, code, b, err)
	}
	asked, err := url.Parse(v.base + path)
	if err != nil {
		t.Fatal(err)
	}
	page, err := asked.Parse(problem.Type)
	if err != nil {
		t.Fatal(err)
	}
	v.ours(t, "the type of a problem", page.String())
	if resp, text := fetch(t, page.String()); resp.StatusCode != http.StatusOK || !strings.Contains(string(text), "<h1") {
		t.Errorf("%s: %d %s", page, resp.StatusCode, text)
	}
}

func TestPagesOfNamedOriginsMayReadFilesAndCall(t *testing.T) {
	t.Parallel()
	p := run(t, t.TempDir(), "FILMGATE_CORS_ORIGINS=https://app.example")
	for _, path := range []string{"/api/v1/tasks", "/cdn/20261124/QjuCC61ArJToRPixJsdoziwalcwLtU.mp4", "/v1/uploads"} {
		for _, method := range []string{http.MethodOptions, http.MethodGet} {
			req, err := http.NewRequestWithContext(t.Context(), method, p.base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Origin", "https://app.example")
			req.Header.Set("Access-Control-Request-Method", http.MethodPost)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.Header.Get("Access-Control-Allow-Origin") != "https://app.example" || (resp.StatusCode == http.StatusNoContent) != (method == http.MethodOptions) {
				t.Errorf("%s %s: %d %v", method, path, resp.StatusCode, resp.Header)
			}
		}
	}
}
