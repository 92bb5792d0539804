package browser_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func worksByKeyboard(t *testing.T, p *studioPage) {
	p.open(t, "")
	p.Find(t, "#prompt")
	p.reaches(t, 40, "Skip to the page", "Takes", "Prompt", "First frame", "Model", "Length", "As the picture", "Make a take")
	p.Find(t, "#prompt").MustFocus()
	p.typed(t, "a calm sea")
	p.keys(t, "Control+Enter")
	p.says(t, ".notice", "on its way")
	id, _ := p.newest(t)["id"].(string)
	p.server.Call(t, http.MethodPost, "/api/v1/tasks/"+id+"/cancel", "")
	p.choosesByKeyboard(t)
	p.open(t, places[slices.IndexFunc(places, func(place string) bool { return strings.HasPrefix(place, "#/storyboards/") })])
	p.Find(t, ".shot")
	p.reaches(t, 45, "Name of the storyboard", "Move shot 1 down", "Retake shot 1", "Change… and retake shot 1", "Delete shot 2", "Prompt", "Add the shot", "Render the video", "Save the picture")
}

// reaches presses the tab key n times from the top of the page, which must reach all of these.
func (p *studioPage) reaches(t *testing.T, n int, wanted ...string) {
	t.Helper()
	seen := p.tabs(t, n)
	for _, want := range wanted {
		if !strings.Contains(seen, want) {
			t.Errorf("the tab key does not reach %q:\n%s", want, seen)
		}
	}
	if strings.Contains(seen, "no box: ") {
		t.Errorf("something that can't be seen has the focus:\n%s", seen)
	}
}

// choosesByKeyboard chooses a take of the gallery, and opens it.
func (p *studioPage) choosesByKeyboard(t *testing.T) {
	t.Helper()
	p.open(t, "#/takes")
	p.Find(t, ".card")
	p.reaches(t, 14, "Search in prompts", "Which takes", "State", "Model", "Choose several", "a calm sea")
	p.focus(t, ".takes > header button.push")
	p.keys(t, "Enter")
	p.focus(t, ".choose input")
	p.keys(t, "Space")
	p.says(t, ".many b", "1 chosen")
	p.focus(t, ".card a")
	p.keys(t, "Enter")
	p.says(t, ".take h1", "a calm sea")
}

// focus moves the focus to the first element of a selector.
func (p *studioPage) focus(t *testing.T, selector string) {
	t.Helper()
	if err := p.Find(t, selector).Focus(); err != nil {
		t.Fatal(err)
	}
}
