package dialect

import (
	"fmt"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

// read reads the fields of a small call.
func read(f *Fields) {
	f.String("first_frame", "", 0)
	f.Int("seconds", 5, 1, 60)
	f.Object("camera").Float("zoom", 0, -1, 1)
	for _, one := range f.Objects("parts", 3) {
		one.String("ETag", "", 0)
	}
}

func TestCloseRefusesFieldsThatNobodyAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"none":                         {`{"seconds": 5, "camera": {"zoom": 1}, "parts": [{"ETag": "x"}]}`, nil},
		"one of null, which is absent": {`{"image": null}`, nil},
		"another API's word":           {`{"image": "x"}`, []string{"image: there is no such field; did you mean first_frame?"}},
		"one in an object":             {`{"camera": {"zoon": 1}}`, []string{"camera/zoon: there is no such field; did you mean zoom?"}},
		"one in a list":                {`{"parts": [{"etag": "x"}]}`, []string{"parts/0/etag: there is no such field; did you mean ETag?"}},
		"one that is like none":        {`{"lens": 1}`, []string{"lens: there is no such field; there are camera, first_frame, parts, seconds"}},
		"all in order": {`{"second": 5, "duration": 5}`, []string{"duration: there is no such field; did you mean seconds?",
			"second: there is no such field; did you mean seconds?"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := mustParse(t, c.body)
			read(f)
			f.Close()
			if got := faultsOf(f.Err()); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	t.Run("many are counted", func(t *testing.T) {
		f := mustParse(t, `{`+many(100)+`"seconds": 5}`)
		read(f)
		f.Close()
		if got := faultsOf(f.Err()); len(got) != maxUnknown+1 || got[maxUnknown] != ": has 80 more fields that are not known" {
			t.Errorf("%d faults, the last %q", len(got), got[len(got)-1])
		}
	})
}

// many returns n fields with a comma after each.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"unknown %d": 1, `, i)
	}
	return b.String()
}

func TestClosedObjectsAreDescribedAsSuch(t *testing.T) {
	s := Describe(func(f *Fields) {
		read(f)
		f.Close()
	}, nil)
	if !s.Closed || !s.field("camera").Closed || !s.field("parts").Items.Closed || s.field("seconds").Closed {
		t.Errorf("%+v", s)
	}
	if Describe(read, nil).Closed {
		t.Error("a body that nobody closed is closed")
	}
}

func TestNearestKnowsOtherAPIsWordsAndMistakes(t *testing.T) {
	create := []string{"prompt", "negative_prompt", "model", "seconds", "aspect_ratio", "resolution", "first_frame", "last_frame", "video", "camera",
		"seed", "cfg_scale", "mode", "caption", "name", "asset_group", "expand_prompt", "low_priority"}
	list := []string{"status", "model", "created_from", "created_to", "limit", "cursor"}
	for name, want := range map[string]string{
		"image": "first_frame", "init_image": "first_frame", "image_url": "first_frame", "start_frame": "first_frame", "promptImage": "first_frame",
		"firstFrame": "first_frame", "end_frame": "last_frame", "image_tail": "last_frame", "duration": "seconds", "length": "seconds", "second": "seconds",
		"text": "prompt", "text_prompt": "prompt", "promptText": "prompt", "promt": "prompt", "PROMPT": "prompt", "aspect": "aspect_ratio", "ratio": "aspect_ratio",
		"aspectRatio": "aspect_ratio", "size": "aspect_ratio", "quality": "resolution", "negativePrompt": "negative_prompt", "guidance_scale": "cfg_scale",
		"camera_control": "camera", "enhance_prompt": "expand_prompt", "exploreMode": "low_priority", "assetGroupName": "asset_group", "sede": "seed",
		"mdoel": "model", "n": "", "lens": "", "": "", "é": "", strings.Repeat("prompt", 1000): "",
	} {
		if got := Nearest(name, create); got != want {
			t.Errorf("%.40q: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"state": "status", "page": "cursor", "per_page": "limit", "since": "created_from", "until": "created_to", "image": ""} {
		if got := Nearest(name, list); got != want {
			t.Errorf("of a list, %q: %q, want %q", name, got, want)
		}
	}
}

func TestSynonymsMeanNoTwoThings(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range synonyms() {
		for _, word := range s.words {
			if seen[word] || word != plainName(word) {
				t.Errorf("%q is there twice, or is not as plainName writes it", word)
			}
			seen[word] = true
		}
	}
}

func TestWhatIsIgnoredIsNamedInAHeader(t *testing.T) {
	for name, c := range map[string]struct{ query, body, want string }{
		"nothing":                     {"", `{"seconds": 5}`, ""},
		"nothing, of null":            {"", `{"b": null}`, ""},
		"fields, sorted":              {"", `{"b": 1, "a": {"c": 1}}`, "a, b"},
		"fields of objects and lists": {"", `{"parts": [{"x": 1}], "camera": {"zoom": 1, "speed": 2}}`, "camera/speed, parts/0/x"},
		"parameters":                  {"?debug=1&a%20b", `{"seconds": 5, "z": 1}`, "?a%20b, ?debug, z"},
		"tricks":                      {"", `{"a,b": 1, "c/d": 1, "e\r\nSet-Cookie: x": 1, "": 1, "é": 1, "%": 1}`, "%00, %25, %C3%A9, a%2Cb, c%2Fd, e%0D%0ASet-Cookie%3A%20x"},
	} {
		t.Run(name, func(t *testing.T) {
			f := mustParse(t, c.body)
			read(f)
			w := httptest.NewRecorder()
			ReportIgnored(w, httptest.NewRequest("POST", "/"+c.query, nil), f)
			if got := w.Header().Get(IgnoredHeader); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	t.Run("and it stays short", func(t *testing.T) {
		f := mustParse(t, `{`+many(1000)+`"`+strings.Repeat("é", 10_000)+`": 1}`)
		w := httptest.NewRecorder()
		ReportIgnored(w, httptest.NewRequest("POST", "/", nil), f)
		if got := w.Header().Get(IgnoredHeader); len(got) > ignoredLimit+10 || !strings.HasSuffix(got, ", ...") {
			t.Errorf("%d bytes: %s", len(got), got)
		}
	})
}

func TestAQueryIsHeldToItsParameters(t *testing.T) {
	for query, want := range map[string]string{
		"":                         "",
		"limit=1&status=A&status=": "",
		"limt=1":                   "?limt: there is no such parameter; did you mean limit?",
		"state=A":                  "?state: there is no such parameter; did you mean status?",
		"lens=1":                   "?lens: there is no such parameter; there are limit, status",
		"limit=1&limit=2":          "?limit: is there 2 times; send it once",
	} {
		err := CheckQuery(httptest.NewRequest("GET", "/?"+query, nil), []string{"limit", "status"}, "status")
		if got := strings.Join(faultsOf(err), "|"); got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
	if err := CheckQuery(httptest.NewRequest("GET", "/?a=%zz", nil), nil); err == nil || !strings.Contains(err.Error(), "can't be read") {
		t.Errorf("a query that can't be read: %v", err)
	}
}
