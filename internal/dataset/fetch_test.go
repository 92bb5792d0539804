package dataset_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/filmgate/filmgate/internal/task"
)

func TestAPictureIsFetchedAndKept(t *testing.T) {
	h := newHarness(t, "127.0.0.0/8")
	mux := http.NewServeMux()
	mux.HandleFunc("/a.png", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(pngOf(t, 64, 48)) })
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html><script>alert(1)</script>"))
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	kept, err := h.FetchDataset(t.Context(), h.who, srv.URL+"/a.png")
	if err != nil || kept.Width != 64 || kept.Height != 48 || kept.Account != h.who.Account || !h.exists(t, kept.Key) {
		t.Fatalf("%+v, %v", kept, err)
	}
	if again, err := h.FetchDataset(t.Context(), h.who, h.signed(kept.Key)); err != nil || again.ID != kept.ID {
		t.Errorf("the URL of a dataset gives %+v, %v", again, err)
	}
	for name, c := range map[string]struct {
		source string
		want   task.Code
	}{
		"a page":  {srv.URL + "/page", task.Unsupported},
		"nothing": {srv.URL + "/none.png", task.Unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := h.FetchDataset(t.Context(), h.who, c.source); task.CodeOf(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestAPrivateAddressIsNotFetched(t *testing.T) {
	h := newHarness(t)
	if _, err := h.FetchDataset(t.Context(), h.who, "http://127.0.0.1:9/a.png"); task.CodeOf(err) != task.Unreadable {
		t.Errorf("%v", err)
	}
}
