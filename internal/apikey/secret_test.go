package apikey_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	const text = "hunter2hunter2hunter2"
	secret := apikey.Secret(text)
	type settings struct {
		Name string
		Key  apikey.Secret
	}
	inside := settings{Name: "runway", Key: secret}
	logged := func(handler func(*strings.Builder) slog.Handler) string {
		var out strings.Builder
		slog.New(handler(&out)).Info("start", "key", secret, "settings", inside)
		return out.String()
	}
	marshal := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	cases := map[string]string{
		"String":       secret.String(),
		"JSON":         marshal(secret),
		"JSON, inside": marshal(inside),
		"text log":     logged(func(b *strings.Builder) slog.Handler { return slog.NewTextHandler(b, nil) }),
		"JSON log":     logged(func(b *strings.Builder) slog.Handler { return slog.NewJSONHandler(b, nil) }),
		"error":        fmt.Errorf("refused: %v", secret).Error(),
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s"} {
		cases[verb] = fmt.Sprintf(verb, secret)
		cases[verb+", inside"] = fmt.Sprintf(verb, inside)
	}
	for name, got := range cases {
		if strings.Contains(got, text) || strings.Contains(got, fmt.Sprintf("%x", text)) || !strings.Contains(got, "***") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestSecretConvertsToItsText(t *testing.T) {
	if got := string(apikey.Secret("plain")); got != "plain" {
		t.Errorf("got %q", got)
	}
}
