package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// modelEndings are the ends of the names of model files.
var modelEndings = []string{".gguf", ".safetensors", ".sft", ".ckpt", ".pth", ".pt", ".onnx"}

// problems returns why the model server may not start on this machine, each with the setting: its program, its folder, and the model files
// that its arguments name.
func (s *Server) problems() map[string]string {
	all := map[string]string{}
	if _, err := exec.LookPath(s.Command); err != nil {
		all["command"] = fmt.Sprintf("%s: %v", s.Command, plainError(err))
	}
	if info, err := os.Stat(s.Dir); err != nil {
		all["dir"] = fmt.Sprintf("%s: %v", s.Dir, plainError(err))
	} else if !info.IsDir() {
		all["dir"] = s.Dir + ": it is no folder"
	}
	for _, arg := range s.Args {
		if _, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(arg, "-") {
			arg = value
		}
		if !slices.ContainsFunc(modelEndings, func(end string) bool { return strings.HasSuffix(strings.ToLower(arg), end) }) {
			continue
		}
		path := arg
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.Dir, path)
		}
		if _, err := os.Stat(path); err != nil {
			all["args"] = fmt.Sprintf("the model file %s: %v", path, plainError(err))
		}
	}
	return all
}

// plainError returns the cause of an error about a file, without the path.
func plainError(err error) error {
	if e := (*exec.Error)(nil); errors.As(err, &e) {
		err = e.Err
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return err
}

// warnOfServers warns of model servers that can't be started on this machine.
func (c *File) warnOfServers(f *checker) {
	for i, e := range c.Engines {
		if e.Server == nil || e.Server.Command == "" {
			continue
		}
		found := e.Server.problems()
		for _, setting := range slices.Sorted(maps.Keys(found)) {
			f.warn([]any{"engines", i, "server", setting}, "the model server can't be started on this machine: %s", found[setting])
		}
	}
}

// ServerCheck is what was found on this machine about the model server of an engine.
type ServerCheck struct {
	Engine, Command string
	Problems        []string // why it can't be started; none = it can
}

// CheckServers looks for the programs and model files of all model servers of the file, in its order. It starts nothing.
func (l Loaded) CheckServers() []ServerCheck {
	var all []ServerCheck
	for _, e := range l.File.Engines {
		if e.Server == nil {
			continue
		}
		found, c := e.Server.problems(), ServerCheck{Engine: e.Name, Command: e.Server.Command}
		for _, setting := range slices.Sorted(maps.Keys(found)) {
			c.Problems = append(c.Problems, found[setting])
		}
		all = append(all, c)
	}
	return all
}
