package main

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/filmgate/filmgate/internal/config"
)

func TestThePackagesSettingsAreKnown(t *testing.T) {
	var known []string
	for _, s := range config.Table() {
		known = append(known, s.Env())
	}
	for _, file := range []string{"filmgate.env", "filmgate.service", "filmgate.socket", "filmgate.yaml"} {
		text, err := os.ReadFile("../../deploy/packages/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`FILMGATE_[A-Z_]+`).FindAllString(string(text), -1) {
			if !slices.Contains(known, name) {
				t.Errorf("%s names %s, which is no setting", file, name)
			}
		}
	}
	new(session).run(t, "config", "check", "--config", "../../deploy/packages/filmgate.yaml").expect(t, 0, "no errors")
}
