package terminal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/client"
)

func TestSuccessiveLengthsAreARange(t *testing.T) {
	for want, o := range map[string]client.Offer{
		"5":           {Seconds: []int{5}},
		"5, 10":       {Seconds: []int{5, 10}},
		"5, 6":        {Seconds: []int{5, 6}},
		"2-10":        {Seconds: []int{2, 3, 4, 5, 6, 7, 8, 9, 10}},
		"3-5, 9, 12":  {Seconds: []int{3, 4, 5, 9, 12}},
		"up to 60":    {MaxSeconds: 60},
		"4, 6-8, 100": {Seconds: []int{4, 6, 7, 8, 100}},
	} {
		if got := lengths(o); got != want {
			t.Errorf("%v: %q, want %q", o.Seconds, got, want)
		}
	}
}

func TestAPipeGetsALineForEachChange(t *testing.T) {
	var out strings.Builder
	p := NewProgress(&out, false, client.Status{})
	for _, s := range []client.Status{{State: "QUEUED"}, {State: "QUEUED"}, {State: "RUNNING", Progress: 0.4}, {State: "RUNNING", Progress: 0.401}, {State: "SUCCEEDED"}} {
		s.ID = "a"
		p.Show(s)
	}
	p.Close()
	if got := out.String(); got != "task a QUEUED\ntask a RUNNING 40%\ntask a SUCCEEDED\n" {
		t.Errorf("printed %q", got)
	}
}

func TestALongPromptIsOneShortLine(t *testing.T) {
	if got := shorten("a  b\nc", 60); got != "a b c" {
		t.Errorf("%q", got)
	}
	if got := shorten("äbcdef", 4); got != "äbc…" {
		t.Errorf("%q", got)
	}
}

func TestAFileIsNoTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if Is(f) {
		t.Error("a file is a terminal")
	}
}
