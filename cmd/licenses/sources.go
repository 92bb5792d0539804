package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ownFile is a licence of what is not ours in the source tree.
type ownFile struct {
	path, name string
	kind       string // in SPDX's form
}

func ownFiles() []ownFile {
	return []ownFile{
		{"internal/render/cutout/LICENSE.fluent-emoji", "Fluent Emoji (drawings of the animatic)", "MIT"},
		{"internal/render/cutout/LICENSE.unicode", "Unicode CLDR (words of the drawings)", "Unicode-3.0"},
		{"internal/render/directions/LICENSE.scowl", "SCOWL (words of the animatic's camera)", "LicenseRef-SCOWL"},
		{"internal/render/vision/LICENSE.mediapipe", "MediaPipe (the networks that find faces and people)", "Apache-2.0"},
		{"internal/render/typeset/fonts/OFL.txt", "Noto Sans (fonts of titles)", "OFL-1.1"},
		{"internal/web/reference/LICENSE", "Scalar API Reference (/reference)", "MIT"},
	}
}

// ownParts returns the parts in the source tree but the studio's.
func ownParts(root string) ([]part, error) {
	var all []part
	for _, f := range ownFiles() {
		text, err := os.ReadFile(filepath.Join(root, f.path))
		if err != nil {
			return nil, err
		}
		all = append(all, part{f.name, string(text), f.kind})
	}
	return all, nil
}

// studioLicence is the licence of the packages of npm in the studio, with their names.
const studioLicence = "internal/web/studio/LICENSE"

// studioParts returns the studio's packages of npm. It fails if one is not named in their file of licence.
func studioParts(root string) ([]part, error) {
	text, err := os.ReadFile(filepath.Join(root, studioLicence))
	if err != nil {
		return nil, err
	}
	page, err := os.ReadFile(filepath.Join(root, "internal/web/studio/page/package.json"))
	if err != nil {
		return nil, err
	}
	var packages struct{ Dependencies map[string]string }
	if err := json.Unmarshal(page, &packages); err != nil {
		return nil, err
	}
	var all []part
	for _, name := range slices.Sorted(maps.Keys(packages.Dependencies)) {
		if !bytes.Contains(text, []byte("\n"+name+": Copyright")) {
			return nil, fmt.Errorf("%s has no line for %s, which the studio uses", studioLicence, name)
		}
		all = append(all, part{name + " " + packages.Dependencies[name] + " (npm)", string(text), "MIT"})
	}
	return all, nil
}

// isLicence reports whether the name is that of a file that says what one may do with the files beside it, or who made them.
func isLicence(name string) bool { return licenceName.MatchString(name) && filepath.Ext(name) != ".go" }

var licenceName = regexp.MustCompile(`(?i)^(licen[sc]e|copying|unlicen[sc]e|notice|patents|authors)([-.][^.]*)?(\.(md|txt))?$`)

// goParts returns Go's own library and runtime.
func goParts(root string) ([]part, error) {
	out, err := golist(root, nil, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	return partsIn("The Go standard library and runtime", strings.TrimSpace(out))
}

// platforms are those for which the program is released. Some modules are used on one only.
var platforms = []string{"linux", "darwin", "windows"}

// moduleParts returns the Go modules of which the program has a package.
func moduleParts(root string) ([]part, error) {
	folders := map[string]string{} // a folder's module
	for _, platform := range platforms {
		out, err := golist(root, []string{"GOOS=" + platform, "CGO_ENABLED=0"}, "list", "-deps",
			"-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", "./cmd/filmgate")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(out) {
			f := strings.Split(strings.TrimSpace(line), "\t")
			if len(f) != 3 {
				continue // a package of ours or of Go
			}
			for dir := f[2]; strings.HasPrefix(dir, f[1]); dir = filepath.Dir(dir) {
				folders[dir] = f[0]
			}
		}
	}
	var all []part
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		parts, err := partsIn(folders[dir], dir)
		if err != nil {
			return nil, err
		}
		if len(parts) == 0 {
			parts = []part{{name: folders[dir]}} // write fails unless another folder has it
		}
		all = append(all, parts...)
	}
	return all, nil
}

// partsIn returns what the files of licence in the folder say, as parts of the name.
func partsIn(name, dir string) ([]part, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []part
	for _, f := range files {
		if f.IsDir() || !isLicence(f.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, part{name, string(text), licence(string(text))})
	}
	return all, nil
}

// golist runs the go command in the source tree and returns what it printed.
func golist(root string, env []string, args ...string) (string, error) {
	cmd := exec.Command("go", args...) //nolint:gosec,noctx // the arguments are those above; it ends by itself
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, errs.String())
	}
	return string(out), nil
}
