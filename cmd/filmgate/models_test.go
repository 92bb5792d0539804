package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// modelsAnswer returns the answer in the exchange file, so that the client is tested with what the server answers.
func modelsAnswer(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "internal", "dialect", "filmgate", "testdata", "models.http"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "\n\n{")
	body, _, _ := strings.Cut("{"+rest, "\n\n==")
	return body
}

func TestModelsPrintsATable(t *testing.T) {
	s := newScript(t, map[string][]answer{"GET /api/v1/models": bodies(modelsAnswer(t))})
	run := s.session().run(t, "models")
	run.expect(t, 0)
	want := `MODEL        ENGINE    ITS MODEL   WEIGHT  FROM                                                 SECONDS   RATIOS      RESOLUTIONS  PRICE                    RESULT KEPT
default      none
gen3a_turbo  team      gen4_turbo  3       first_frame                                          5, 10     16:9, 9:16  720p         0.05 USD/s + 0.01 USD    1 d
             animatic  animatic    -       text, first_frame, last_frame, first_and_last_frame  up to 60  any         any          -                        -
ray-v1       none
`
	if got := strings.Join(strings.Fields(run.out), " "); got != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got\n%swant\n%s", run.out, want)
	}
}

func TestModelsAsJSONIsTheWholeAnswer(t *testing.T) {
	s := newScript(t, map[string][]answer{"GET /api/v1/models": bodies(modelsAnswer(t))})
	run := s.session().run(t, "models", "--json")
	run.expect(t, 0, `"prompt_limit": 1000`, `"result_seconds": 86400`, `"callbacks": true`)
}
