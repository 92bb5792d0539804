package charttest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Wrong values are all named at once, in words, before anything is installed.
func TestWrongValues(t *testing.T) {
	t.Parallel()
	image := "image.repository=r,image.tag=t"
	key := "secret.values.FILMGATE_API_KEY=0123456789abcdef"
	for _, c := range []struct {
		name, set string
		want      []string
	}{
		{"nothing", "mode=single", []string{
			"to fix in the values:",
			"image.repository and image.tag: both are needed, since there is no public image yet",
			"secret: there is none; name a Secret of the namespace with the keys FILMGATE_API_KEY in secret.existingSecret, or give their values in secret.values",
		}},
		{"no secret of several servers", image + ",mode=scaled", []string{"with the keys FILMGATE_API_KEY, FILMGATE_DATABASE_URL, FILMGATE_BLOB_URL in secret.existingSecret"}},
		{"parts of the secret", image + ",mode=scaled,secret.values.FILMGATE_API_KEY=short", []string{
			"secret.values.FILMGATE_DATABASE_URL is missing: mode scaled needs postgres://", "secret.values.FILMGATE_BLOB_URL is missing: mode scaled needs s3://",
			"secret.values.FILMGATE_API_KEY is too short",
		}},
		{"two secrets", image + ",secret.existingSecret=films," + key, []string{"secret.existingSecret and secret.values: give one of them"}},
		{"a setting of the chart's own", image + "," + key + ",settings.FILMGATE_ROLE=api,settings.FILMGATE_DATABASE_URL=x", []string{
			"settings.FILMGATE_ROLE: the chart sets it; use mode", "settings.FILMGATE_DATABASE_URL: it belongs in the secret",
		}},
		{"an ingress without a host", image + "," + key + ",ingress.enabled=true", []string{"ingress.host is missing"}},
		{"several servers of SQLite", image + "," + key + ",worker.autoscaling.enabled=true", []string{"worker.autoscaling.enabled: needs mode scaled; SQLite is for one server"}},
		{"KEDA without Prometheus", image + ",mode=scaled,secret.existingSecret=films,worker.autoscaling.enabled=true,worker.autoscaling.type=keda,worker.autoscaling.minReplicas=9", []string{
			"worker.autoscaling.prometheusAddress is missing", "worker.autoscaling: minReplicas 9 is more than maxReplicas 8",
		}},
		// What the schema says.
		{"another mode", image + "," + key + ",mode=cluster", []string{"mode", "single", "scaled"}},
		{"an unknown value", image + "," + key + ",replicas=3", []string{"replicas"}},
		{"no worker", image + "," + key + ",worker.autoscaling.minReplicas=0", []string{"minReplicas"}},
		{"a size of words", image + "," + key + ",persistence.size=large", []string{"size"}},
		{"a setting's name in small letters", image + "," + key + ",settings.keep_files=30d", []string{"keep_files"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out, err := template(t, "--set", c.set)
			if err == nil {
				t.Fatalf("it was rendered:\n%s", out)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("it does not say %q:\n%v", want, err)
				}
			}
		})
	}
}

// An install reads the Secret that is named, and says which key it lacks.
func TestSecretThatLacksAKey(t *testing.T) {
	t.Parallel()
	cluster := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answers := map[string]any{
			"/version": object{"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
			"/api":     object{"kind": "APIVersions", "versions": []string{"v1"}},
			"/apis":    object{"kind": "APIGroupList", "apiVersion": "v1", "groups": []any{}},
			"/api/v1": object{"kind": "APIResourceList", "groupVersion": "v1", "resources": []any{
				object{"name": "secrets", "singularName": "secret", "namespaced": true, "kind": "Secret", "verbs": []string{"get"}}}},
			"/api/v1/namespaces/studio/secrets/films": object{"apiVersion": "v1", "kind": "Secret", "metadata": object{"name": "films", "namespace": namespace},
				"data": object{"FILMGATE_API_KEY": "a2V5", "FILMGATE_BLOB_URL": "czM="}},
		}
		answer, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			answer = object{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": http.StatusNotFound}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(cluster.Close)
	_, err := template(t, "--values", "testdata/keda.yaml", "--dry-run=server", "--kube-apiserver", cluster.URL)
	want := `secret.existingSecret: the Secret "films" has no key FILMGATE_DATABASE_URL: mode scaled needs postgres://`
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "FILMGATE_BLOB_URL") {
		t.Errorf("it says %v, want %s", err, want)
	}
}

// The program knows every setting that the chart gives it, or that the chart refuses.
func TestSettingsExist(t *testing.T) {
	t.Parallel()
	page := read(t, "../../../docs/settings.md")
	used := map[string]bool{}
	for _, file := range variants(t) {
		for _, o := range render(t, file) {
			for _, c := range items(pod(o), "containers") {
				for _, e := range items(c, "env") {
					used[at[string](e, "name")] = true
				}
			}
		}
	}
	for _, m := range regexp.MustCompile(`"(FILMGATE_\w+)"`).FindAllStringSubmatch(read(t, chart+"/templates/_validate.tpl"), -1) {
		used[m[1]] = true
	}
	for name := range used {
		if strings.HasPrefix(name, "FILMGATE_") && !strings.Contains(page, "| `"+name+"` |") {
			t.Errorf("docs/settings.md has no %s", name)
		}
	}
	if len(used) < 15 {
		t.Errorf("only %v were found", used)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
