package gateway_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/engine/runway"
	"github.com/filmgate/filmgate/internal/fakevendor"
	"github.com/filmgate/filmgate/internal/task"
)

// vendorHarness returns a harness whose engine calls a fake vendor over HTTP, through the guarded client.
func vendorHarness(t *testing.T) (*harness, *fakevendor.Vendor) {
	t.Helper()
	h := newHarness(t)
	fake := fakevendor.New(fakevendor.Options{Now: h.now, Takes: 10 * time.Second})
	s := httptest.NewServer(fake)
	t.Cleanup(s.Close)
	h.use(runway.New(runway.Options{
		Key: fakevendor.Key, BaseURL: s.URL + "/runway", Now: h.now, HTTP: newFetch(t, "127.0.0.0/8").HTTP(),
	}))
	return h, fake
}

func TestVendorsResults(t *testing.T) {
	whole, err := os.ReadFile("../fakevendor/video.mp4")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, words string
		state       task.State
		reason      task.Reason
	}{
		{"a video", "", task.Succeeded, ""},
		{"an expired link, and a new one in the next poll", "expired-url:1", task.Succeeded, ""},
		{"a connection that breaks a few times", "cut:40%", task.Succeeded, ""},
		{"a connection that breaks too often", "cut:5%", task.Failed, task.BadOutput},
		{"a file that changes during the download", "changes:1", task.Succeeded, ""},
		{"a video whose frames are noise", "video-scrambled", task.Failed, task.BadOutput},
		{"an HTML page", "video-html", task.Failed, task.BadOutput},
		{"an HTML page with a video's type", "video-lie", task.Failed, task.BadOutput},
		{"ten gigabytes", "huge", task.Failed, task.BadOutput},
		{"a redirect to a private address", "redirect-private", task.Failed, task.VendorUnavailable},
		{"nothing", "nofile", task.Failed, task.BadOutput},
		{"only expired links", "expired-url", task.Failed, task.VendorUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, fake := vendorHarness(t)
			prompt := "a cat " + c.words
			got := h.run(t, h.submit(t, prompt).ID)
			if got.State != c.state {
				t.Fatalf("ended %s: %+v", got.State, got.Failure)
			}
			if n := fake.Tasks()[prompt].Accepted; n != 1 {
				t.Errorf("submitted %d times", n)
			}
			if c.state == task.Failed {
				if got.Failure.Reason != c.reason || len(got.Artifacts) != 0 {
					t.Errorf("failure %+v, %d artifacts", got.Failure, len(got.Artifacts))
				}
				return
			}
			video, ok := got.Artifacts[0].FirstFile(task.Video)
			body := h.stored(t, video.Key)
			sum := sha256.Sum256(body)
			if !bytes.Equal(body, whole) {
				t.Error("what is stored is not the vendor's file")
			}
			if !ok || int64(len(body)) != video.Size || hex.EncodeToString(sum[:]) != video.SHA256 || got.Artifacts[0].Width != 192 {
				t.Errorf("stored %d bytes for %+v", len(body), video)
			}
			if a := got.Attempts[0]; a.Credits != 25 || a.Cost != 0.6 || a.Currency != "USD" {
				t.Errorf("it cost %+v", a)
			}
		})
	}
}

func TestBadResultFailsSoonerThanSilence(t *testing.T) {
	after := map[string]time.Duration{}
	for _, words := range []string{"video-html", "redirect-private"} {
		h, _ := vendorHarness(t)
		got := h.run(t, h.submit(t, "a cat "+words).ID)
		after[words] = got.Finished.Sub(got.Created)
	}
	if page, silent := after["video-html"], after["redirect-private"]; page >= silent || page > 3*time.Minute {
		t.Errorf("a page fails after %v, silence after %v", page, silent)
	}
}
