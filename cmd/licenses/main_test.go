package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func TestTheFileIsUpToDate(t *testing.T) {
	text, err := document(root)
	if err != nil {
		t.Fatal(err)
	}
	there, err := os.ReadFile(root + "/cmd/filmgate/licenses.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(there) != text {
		t.Errorf("cmd/filmgate/licenses.txt is stale; write it with `go generate ./cmd/filmgate`")
	}
}

func TestEveryLicenceInTheTreeIsInTheFile(t *testing.T) {
	known := []string{studioLicence}
	for _, f := range ownFiles() {
		known = append(known, f.path)
	}
	err := filepath.WalkDir(root+"/internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "node_modules" {
			return fs.SkipDir
		}
		name := strings.TrimPrefix(filepath.ToSlash(path), root+"/")
		if !d.IsDir() && (strings.HasPrefix(d.Name(), "LICENSE") || d.Name() == "OFL.txt") && !slices.Contains(known, name) {
			t.Errorf("%s is not in ownFiles", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheSameTextIsWrittenOnce(t *testing.T) {
	text, err := write([]part{{"b v1", "\nMay be used. \r\n", "MIT"}, {"c v1", "By C.", "BSD-2-Clause"}, {"a v2", "May be used.", "MIT"}, {"a v2", "A. Author\n", ""}})
	if err != nil {
		t.Fatal(err)
	}
	rule := "\n" + strings.Repeat("=", 80) + "\n"
	want := introduction + rule + "BSD-2-Clause: c v1\n\nBy C.\n" + rule + "MIT: a v2, b v1\n\nMay be used.\n" + rule + "Notice: a v2\n\nA. Author\n"
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

func TestAPartWithoutALicenceIsAnError(t *testing.T) {
	for name, parts := range map[string][]part{
		"no file":                  {{"a v1", "", ""}},
		"only the authors' names":  {{"a v1", "A. Author", ""}},
		"another's licence beside": {{"a v1", "A. Author", ""}, {"b v1", "May be used.", "MIT"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := write(parts); err == nil || !strings.Contains(err.Error(), "a v1") {
				t.Errorf("%v, want an error that names the part", err)
			}
		})
	}
}

func TestLicencesAreNamedByTheirText(t *testing.T) {
	mit, err := os.ReadFile(root + "/internal/web/reference/LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	apache, err := os.ReadFile(root + "/LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{string(mit): "MIT", string(apache): "Apache-2.0", "See https://opensource.org/licenses/MIT": "", "A. Author\n": ""} {
		if got := licence(text); got != want {
			t.Errorf("%.40q is %q, want %q", text, got, want)
		}
	}
}

func TestFilesOfLicenceAreKnownByTheirNames(t *testing.T) {
	for name, want := range map[string]bool{
		"LICENSE": true, "LICENSE.md": true, "license.txt": true, "LICENSE-3RD-PARTY.md": true, "LICENSE.libyaml": true, "COPYING": true, "NOTICE.txt": true,
		"UNLICENSE": true, "PATENTS": true, "AUTHORS": true, "license.go": false, "license_test.go": false, "notices.go": false, "README.md": false,
	} {
		if got := isLicence(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
