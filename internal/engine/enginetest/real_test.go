package enginetest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReadNeeds(t *testing.T) {
	v := Vendor{Real: &Real{Needs: []Need{{Name: "PROJECT", Placeholder: "p"}, {Name: "FOLDER", Placeholder: "out"}, {Name: "WORKFLOW"}}}}
	cases := []struct {
		name  string
		env   map[string]string
		fault string
	}{
		{"all", map[string]string{"PROJECT": "theirs-4711", "FOLDER": "folder", "WORKFLOW": "w"}, ""},
		{"nothing", nil, "the environment has no PROJECT; the environment has no FOLDER; the environment has no WORKFLOW"},
		{"a word too short to be found again", map[string]string{"PROJECT": "theirs-4711", "FOLDER": "a", "WORKFLOW": "w"},
			"FOLDER has under 6 characters, and can't be hidden in a file"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := v.readNeeds(func(name string) string { return c.env[name] })
			switch {
			case c.fault == "" && (err != nil || got["WORKFLOW"] != "w"):
				t.Errorf("%v, %v", got, err)
			case c.fault != "" && (err == nil || err.Error() != c.fault):
				t.Errorf("error %v, want %s", err, c.fault)
			}
		})
	}
	if got, err := (Vendor{}).readNeeds(nil); err != nil || len(got) != 0 {
		t.Errorf("an engine without needs: %v, %v", got, err)
	}
}

func TestScrubber(t *testing.T) {
	s := newScrubber("AK:SECRET", "https://api.invalid/v1", "projects/123456789/operations/abc", []string{"theirs-4711", "p"})
	cases := []struct{ name, in, out string }{
		{"a project by name", "/projects/theirs-4711/locations", "/projects/p/locations"},
		{"a project by number", "/projects/123456789/locations", "/projects/1111/locations"},
		{"both halves of a key", "AK SECRET", "{key} {key}"},
		{"a signed link", `"https://cdn.invalid/f.mp4?X-Signature=0abc&n=1"`, `"{base}/f.mp4?X-Signature=hidden&n=1"`},
		{"the address", "https://api.invalid/v1/jobs", "{base}/jobs"},
		{"a time", "2026-03-04T05:06:07.8Z", "2026-01-01T00:00:00Z"},
	}
	for _, c := range cases {
		if got := s.text(c.in, true); got != c.out {
			t.Errorf("%s: %s, want %s", c.name, got, c.out)
		}
	}
}

func TestRecorderSendsNoKeyIfNoneIsNeeded(t *testing.T) {
	for key, want := range map[string]string{"": "", "theirs": "Bearer theirs"} {
		sent := "never asked"
		r := &recorder{key: key, base: "http://server", next: roundTrip(func(req *http.Request) (*http.Response, error) {
			sent = req.Header.Get("Authorization")
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
		})}
		req := httptest.NewRequest(http.MethodPost, "http://server/video", strings.NewReader("{}"))
		req.Header.Set("Authorization", "Bearer "+Key)
		resp, err := r.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if said := r.take(); sent != want || len(said) != 1 || !strings.Contains(said[0].request, "POST /video\nAuthorization: Bearer {key}") {
			t.Errorf("with key %q the server got %q; recorded %+v", key, sent, said)
		}
	}
}
