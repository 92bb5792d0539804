package examples_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/cmd/filmgate/servertest"
)

// withKey starts a proxy that adds the key to each request, because the conformance suite sends none. The host stays the caller's.
func withKey(t *testing.T, base string) string {
	t.Helper()
	to, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	next := httputil.NewSingleHostReverseProxy(to)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+servertest.Key)
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// The suite fails for a scenario that fails and is not in expected-failures.yaml, and for one that is there and passes.
func TestMCPPassesTheOfficialConformanceSuite(t *testing.T) {
	servertest.Need(t, "nodejs npm")
	s := programs.Start(t, t.TempDir())
	suite := exec.CommandContext(t.Context(), servertest.Node(t), filepath.Join("typescript", "node_modules", "@modelcontextprotocol", "conformance", "dist", "index.js"),
		"server", "--suite", "all", "--url", withKey(t, s.Base)+"/mcp", "--expected-failures", filepath.Join("typescript", "mcp", "expected-failures.yaml"))
	if out, err := suite.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The program lists the tools, makes a video, prints its progress, and saves the file that the answer links to.
func TestMCPClientMakesAVideo(t *testing.T) {
	servertest.Need(t, "nodejs npm ffmpeg")
	s := programs.Start(t, t.TempDir())
	filmgate, err := programs.Filmgate()
	if err != nil {
		t.Fatal(err)
	}
	program, err := filepath.Abs(filepath.Join("typescript", "mcp", "client.ts"))
	if err != nil {
		t.Fatal(err)
	}
	for transport, setting := range map[string]string{"HTTP": "", "standard input and output": "FILMGATE_PROGRAM=" + filmgate} {
		t.Run(transport, func(t *testing.T) {
			c := exec.CommandContext(t.Context(), servertest.Node(t), program, "a lighthouse in a storm, slow push in", "1")
			c.Dir = t.TempDir()
			c.Env = append(os.Environ(), "FILMGATE_URL="+s.Base, "FILMGATE_API_KEY="+servertest.Key, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1", "NODE_NO_WARNINGS=1")
			var text bytes.Buffer
			c.Stdout, c.Stderr = &text, &text
			if setting != "" {
				c.Env = append(c.Env, setting)
			}
			if err := c.Run(); err != nil {
				t.Fatalf("%v\n%s", err, &text)
			}
			want := `(?s)^tools: cancel_video, get_video, list_models, list_videos, make_video, share_video\n.*progress: [A-Z]+, \d+ %\n.*status: SUCCEEDED\nsaved mcp\.mp4 from \w+\.mp4\n$`
			if !regexp.MustCompile(want).MatchString(text.String()) {
				t.Errorf("it printed\n%s", &text)
			}
			probe, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0",
				filepath.Join(c.Dir, "mcp.mp4")).CombinedOutput()
			if err != nil || !strings.HasPrefix(string(probe), "h264,") {
				t.Errorf("mcp.mp4: %s, %v", probe, err)
			}
		})
	}
}
