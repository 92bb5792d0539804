package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestTheEnginesPageNamesEverySetting(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "engines.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, like := range []any{File{}, Engine{}, Key{}, Server{}, Model{}, ServedModel{}, Workflow{}, Price{}, Target{}} {
		for name := range settingsIn(reflect.TypeOf(like)) {
			if !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(string(page), name+":") {
				t.Errorf("%T: %s is not on the page", like, name)
			}
		}
	}
}
