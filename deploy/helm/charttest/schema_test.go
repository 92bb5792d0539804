package charttest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/yannh/kubeconform/pkg/validator"
	"go.yaml.in/yaml/v3"
)

// kubernetes is the module that has the schemas of Kubernetes' own kinds.
const kubernetes = "k8s.io/kubernetes@v1.37.2"

// keda is the module that has the definition of ScaledObject.
const keda = "github.com/kedacore/keda/v2@v2.21.0"

// Every object has only fields that are known, with values of their types: kubeconform compares them with the schemas of Kubernetes and
// KEDA. Those of the Prometheus operator are not to be had as a module, so its objects are decoded into its Go types.
func TestSchemas(t *testing.T) {
	t.Parallel()
	schemas := t.TempDir()
	v, err := validator.New([]string{filepath.Join(schemas, "{{ .ResourceKind }}.json")}, validator.Opts{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, file := range variants(t) {
		for _, o := range render(t, file) {
			if typed := prometheus[o.kind()]; typed != nil {
				if err := decode(o, typed()); err != nil {
					t.Errorf("%s: %s: %v", file, o, err)
				}
			} else {
				if !kinds[o.kind()] {
					writeSchema(t, schemas, o)
				}
				if err := valid(v, o); err != "" {
					t.Errorf("%s: %s: %s", file, o, err)
				}
			}
			kinds[o.kind()] = true
		}
	}
	if len(kinds) < 14 {
		t.Errorf("only the kinds %v were checked", kinds)
	}
	t.Run("what is wrong is found", func(t *testing.T) {
		monitor := object{"kind": "ServiceMonitor", "spec": object{"endpoint": []any{}}}
		if err := decode(monitor, prometheus["ServiceMonitor"]()); err == nil || !strings.Contains(err.Error(), "endpoint") {
			t.Errorf("%v: %v", monitor, err)
		}
		for what, spec := range map[string]object{
			"replica":  {"replica": 1, "selector": object{}, "template": object{}},
			"replicas": {"replicas": "two", "selector": object{}, "template": object{}},
			"selector": {"template": object{}},
		} {
			o := object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": "x"}, "spec": spec}
			if err := valid(v, o); !strings.Contains(err, what) {
				t.Errorf("%v: %q does not name %s", spec, err, what)
			}
		}
	})
}

// prometheus holds the types of the Prometheus operator's kinds.
var prometheus = map[string]func() any{
	"ServiceMonitor": func() any { return new(monitoring.ServiceMonitor) },
	"PrometheusRule": func() any { return new(monitoring.PrometheusRule) },
}

// decode decodes an object into its type, and returns an error if the type has no such field.
func decode(o object, into any) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// valid returns what kubeconform has to say against an object, "" if nothing.
func valid(v validator.Validator, o object) string {
	text, err := yaml.Marshal(o)
	if err != nil {
		return err.Error()
	}
	for _, r := range v.Validate(o.String(), io.NopCloser(strings.NewReader(string(text)))) {
		if r.Status != validator.Valid {
			out := "no schema was found"
			if r.Err != nil {
				out = r.Err.Error()
			}
			return out
		}
	}
	return ""
}

// writeSchema writes the schema of an object's kind to the folder.
func writeSchema(t *testing.T, folder string, o object) {
	t.Helper()
	var schema map[string]any
	if o.kind() == "ScaledObject" {
		schema = definition(t, filepath.Join(module(t, keda), "config", "crd", "bases", "keda.sh_scaledobjects.yaml"))
	} else {
		schema = builtin(t, o)
	}
	strict(schema)
	text, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, strings.ToLower(o.kind())+".json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// builtin returns the schema of a kind of Kubernetes' own.
func builtin(t *testing.T, o object) map[string]any {
	t.Helper()
	version := at[string](o, "apiVersion")
	document := "api__" + version
	if strings.Contains(version, "/") {
		document = "apis__" + strings.ReplaceAll(version, "/", "__")
	}
	path := filepath.Join(module(t, kubernetes), "api", "openapi-spec", "v3", document+"_openapi.json")
	var doc map[string]any
	if err := json.Unmarshal([]byte(read(t, path)), &doc); err != nil {
		t.Fatal(err)
	}
	short := version[strings.LastIndex(version, "/")+1:]
	for name := range at[map[string]any](doc, "components", "schemas") {
		if strings.HasPrefix(name, "io.k8s.api.") && strings.HasSuffix(name, "."+short+"."+o.kind()) {
			return map[string]any{"$ref": "#/components/schemas/" + name, "components": doc["components"]}
		}
	}
	t.Fatalf("%s has no schema in %s", o, path)
	return nil
}

// definition returns the schema in a CustomResourceDefinition.
func definition(t *testing.T, path string) map[string]any {
	t.Helper()
	var crd map[string]any
	if err := yaml.Unmarshal([]byte(read(t, path)), &crd); err != nil {
		t.Fatal(err)
	}
	return at[map[string]any](items(crd, "spec", "versions")[0], "schema", "openAPIV3Schema")
}

// module returns the folder of a Go module, which is fetched if it is not there.
func module(t *testing.T, version string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", version)
	cmd.Dir = t.TempDir() // it is no part of this module
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", version, err, text)
	}
	var got struct{ Dir string }
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	return got.Dir
}

// strict changes a schema of OpenAPI to one of JSON that allows no other fields.
func strict(in any) {
	switch v := in.(type) {
	case map[string]any:
		if v["format"] == "int-or-string" || v["x-kubernetes-int-or-string"] == true {
			delete(v, "type")
			delete(v, "format")
			v["anyOf"] = []any{map[string]any{"type": "integer"}, map[string]any{"type": "string"}}
		}
		_, has := v["properties"].(map[string]any)
		if _, more := v["additionalProperties"]; has && !more && v["x-kubernetes-preserve-unknown-fields"] != true {
			v["additionalProperties"] = false
		}
		for _, e := range v {
			strict(e)
		}
	case []any:
		for _, e := range v {
			strict(e)
		}
	}
}
