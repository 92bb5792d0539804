package node

import (
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/node/routes"
)

func TestEveryMountedRouteIsDocumentedAndNoOther(t *testing.T) {
	n := openTest(t, Options{
		Settings: config.Settings{Data: t.TempDir(), Workers: 1}, Getenv: asEnv(nil), Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	web, err := n.server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mounted := map[string]bool{}
	for _, p := range web.Patterns() {
		mounted[p] = true
	}
	documented := map[string]bool{} // routes that share a pattern each have a Doc
	for _, r := range routes.Documented() {
		if !mounted[r.Pattern] {
			t.Errorf("%q has a Doc and is not mounted", r.Pattern)
		}
		documented[r.Pattern] = true
		if !r.Undocumented && r.Doc.ID == "" {
			t.Errorf("%q has no Doc and is not Undocumented", r.Pattern)
		}
	}
	for p := range mounted {
		if documented[p] {
			continue
		}
		t.Errorf("%q is mounted and has no Doc: see dialect.Doc", p)
	}
}
