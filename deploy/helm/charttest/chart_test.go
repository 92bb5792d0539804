// Package charttest_test renders the Helm chart by helm, whose path is in HELM, and checks what comes out of it: `make chart`.
package charttest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const (
	chart     = "../filmgate"
	release   = "films"
	namespace = "studio"
)

// helm runs helm and returns what it prints, and what it complains of as an error.
func helm(t *testing.T, args ...string) (string, error) {
	t.Helper()
	path := os.Getenv("HELM")
	if path == "" {
		t.Fatal("HELM names no program: run the test by make chart")
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	// Nobody's settings and no cluster.
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "KUBECONFIG=/dev/null"}
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%w: %s", err, errs.String())
	}
	return out.String(), nil
}

// template renders the chart with more arguments of helm template.
func template(t *testing.T, args ...string) (string, error) {
	t.Helper()
	return helm(t, append([]string{"template", release, chart, "--namespace", namespace}, args...)...)
}

// object is one document of Kubernetes.
type object map[string]any

func (o object) kind() string { return o["kind"].(string) }
func (o object) name() string { return at[string](o, "metadata", "name") }
func (o object) String() string {
	return o.kind() + " " + o.name()
}

// at returns what lies at the path, or the zero value if nothing does.
func at[T any](in any, path ...string) T {
	var zero T
	for _, step := range path {
		switch m := in.(type) {
		case object:
			in = m[step]
		case map[string]any:
			in = m[step]
		default:
			return zero
		}
	}
	if v, ok := in.(T); ok {
		return v
	}
	return zero
}

// items returns the list of maps at the path.
func items(in any, path ...string) []map[string]any {
	var out []map[string]any
	for _, e := range at[[]any](in, path...) {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func parse(t *testing.T, text string) []object {
	t.Helper()
	var out []object
	for d := yaml.NewDecoder(strings.NewReader(text)); ; {
		o := map[string]any{} // with an object, the decoder would make objects of what is in it
		if err := d.Decode(&o); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if len(o) > 0 {
			out = append(out, object(o))
		}
	}
}

// render returns the objects that the chart makes of the values in the file of testdata.
func render(t *testing.T, file string, more ...string) []object {
	t.Helper()
	out, err := template(t, append([]string{"--values", filepath.Join("testdata", file)}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, out)
}

// find returns the object of a kind and a name.
func find(t *testing.T, all []object, kind, name string) object {
	t.Helper()
	for _, o := range all {
		if o.kind() == kind && o.name() == name {
			return o
		}
	}
	t.Fatalf("there is no %s %s in %v", kind, name, all)
	return nil
}

// variants are the files of testdata, each with values that a test renders.
func variants(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(found) < 5 {
		t.Fatalf("%v, %v", found, err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

func TestLint(t *testing.T) {
	t.Parallel()
	for _, file := range variants(t) {
		if out, err := helm(t, "lint", "--strict", chart, "--values", filepath.Join("testdata", file)); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
}
