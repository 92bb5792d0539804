package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/config"
)

// The directives with which __complete ends: what the shell does besides.
const (
	onlyThese   = ":4"  // no files
	inThisOrder = ":36" // no files, and no sorting
	files       = ":0"
	folders     = ":16"
)

// completed returns what the shell is told may follow the words.
func completed(t *testing.T, s *session, words ...string) []string {
	t.Helper()
	s.run(t, append([]string{"__complete"}, words...)...).expect(t, 0)
	return strings.Split(strings.TrimSuffix(s.out, "\n"), "\n")
}

func TestWordsAreCompleted(t *testing.T) {
	tests := []struct {
		words string // the last one is what is begun
		want  []string
	}{
		{"config ", []string{"check\tRead the settings file, report every error in it, and show where its engines are and which models end soon", onlyThese}},
		{"serve --role ", []string{"all", "api", "worker", onlyThese}},
		{"serve --log ", []string{"debug", "info", "warn", "error", onlyThese}},
		{"serve --addr ", []string{onlyThese}},
		{"serve --config ", []string{files}},
		{"serve ", []string{onlyThese}},
		{"backup ", []string{folders}},
		{"backup there ", []string{onlyThese}},
		{"storyboard create ", []string{files}},
		{"generate --image ", []string{files}},
		{"generate --output ", []string{files}},
		{"generate --prompt ", []string{onlyThese}},
		{"key create --name ", []string{onlyThese}},
		{"key revoke ", []string{onlyThese}},
	}
	for _, tt := range tests {
		t.Run(tt.words, func(t *testing.T) {
			if got := completed(t, new(session), strings.Split(tt.words, " ")...); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestIDsAndModelsAreThoseOfTheServer(t *testing.T) {
	server := newScript(t, map[string][]answer{
		"GET /api/v1/tasks":       bodies(`{"tasks":[{"id":"T1","status":"running","prompt":"a boat\nat sea"},{"id":"T2","status":"failed","prompt":"rain"}]}`),
		"GET /api/v1/storyboards": bodies(`{"storyboards":[{"id":"S1","name":"The harbour"}]}`),
		"GET /api/v1/webhooks":    bodies(`{"webhooks":[{"id":"W1","url":"https://a.example/hook"}]}`),
		"GET /api/v1/models":      bodies(`{"models":[{"name":"gen4"},{"name":"gen4_turbo"}]}`),
	})
	tests := []struct {
		words string
		want  []string
	}{
		{"task get ", []string{"T1\trunning: a boat", "T2\tfailed: rain", inThisOrder}},
		{"task watch T1 ", []string{onlyThese}},
		{"storyboard sheet ", []string{"S1\tThe harbour", inThisOrder}},
		{"webhook replay ", []string{"W1\thttps://a.example/hook", inThisOrder}},
		{"generate --model ", []string{"gen4", "gen4_turbo", inThisOrder}},
	}
	for _, tt := range tests {
		t.Run(tt.words, func(t *testing.T) {
			if got := completed(t, server.session(), strings.Split(tt.words, " ")...); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWithoutAServerNothingIsOffered(t *testing.T) {
	server := newScript(t, nil)
	server.Close()
	for _, env := range []map[string]string{server.session().env, {"FILMGATE_URL": "no URL"}} {
		if got := completed(t, &session{env: env}, "task", "get", ""); !slices.Equal(got, []string{onlyThese}) {
			t.Errorf("got %q", got)
		}
	}
}

// A choice that the setting does not take would be offered, and refused.
func TestChoicesOfSettingsAreAllowed(t *testing.T) {
	for _, s := range config.Table() {
		for _, choice := range s.Choices {
			if !strings.Contains(s.Allowed, choice) {
				t.Errorf("%s: %q is not among what is allowed: %s", s.Name, choice, s.Allowed)
			}
		}
		if strings.HasPrefix(s.Allowed, "the path of") && !s.Path {
			t.Errorf("%s is a path, and is not completed by files", s.Name)
		}
	}
}

func TestThereAreScriptsForTheShells(t *testing.T) {
	script := new(session).run(t, "completion", "bash")
	script.expect(t, 0, "complete -o default -F __start_filmgate filmgate")
	cmd := exec.CommandContext(t.Context(), "bash", "-n")
	cmd.Stdin = strings.NewReader(script.out)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
	for _, shell := range []string{"zsh", "fish"} {
		new(session).run(t, "completion", shell).expect(t, 0, "__complete", "filmgate")
	}
}
