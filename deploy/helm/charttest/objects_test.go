package charttest_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// pod returns the specification of an object's pods; nil if it has none.
func pod(o object) map[string]any { return at[map[string]any](o, "spec", "template", "spec") }

// podLabels returns the labels of an object's pods.
func podLabels(o object) map[string]any {
	return at[map[string]any](o, "spec", "template", "metadata", "labels")
}

// matches reports whether labels have all of selector.
func matches(selector, labels map[string]any) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return len(selector) > 0
}

// Every pod has no rights, can write to its volumes only, and says how it does.
func TestPodsHaveNoRights(t *testing.T) {
	t.Parallel()
	for _, file := range variants(t) {
		pods := 0
		for _, o := range render(t, file) {
			spec := pod(o)
			if spec == nil {
				continue
			}
			pods++
			checkPod(t, file+": "+o.String(), spec, o.kind() != "Job")
		}
		if pods == 0 {
			t.Errorf("%s has no pod", file)
		}
	}
}

func checkPod(t *testing.T, what string, spec map[string]any, serves bool) {
	t.Helper()
	if !at[bool](spec, "securityContext", "runAsNonRoot") || at[int](spec, "securityContext", "runAsUser") != 65532 || at[int](spec, "securityContext", "fsGroup") != 65532 {
		t.Errorf("%s runs as %v", what, spec["securityContext"])
	}
	if at[string](spec, "securityContext", "seccompProfile", "type") != "RuntimeDefault" {
		t.Errorf("%s: any system call is allowed", what)
	}
	if v, ok := spec["automountServiceAccountToken"].(bool); !ok || v {
		t.Errorf("%s gets a token of the cluster", what)
	}
	volumes := map[string]bool{}
	for _, v := range items(spec, "volumes") {
		volumes[at[string](v, "name")] = true
	}
	for _, c := range items(spec, "containers") {
		s := at[map[string]any](c, "securityContext")
		if !at[bool](s, "readOnlyRootFilesystem") || s["allowPrivilegeEscalation"] != false || !reflect.DeepEqual(at[[]any](s, "capabilities", "drop"), []any{"ALL"}) {
			t.Errorf("%s has the rights %v", what, s)
		}
		mounted := map[string]bool{}
		for _, m := range items(c, "volumeMounts") {
			mounted[at[string](m, "mountPath")] = true
			if name := at[string](m, "name"); !volumes[name] && name != "data" {
				t.Errorf("%s mounts %s, which is no volume of its", what, name)
			}
		}
		if !mounted["/data"] || !mounted["/tmp"] {
			t.Errorf("%s can write to %v; the program writes to /data and /tmp", what, mounted)
		}
		for probe, path := range map[string]string{"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"} {
			if got := at[string](c, probe, "httpGet", "path"); serves && got != path {
				t.Errorf("%s: %s asks for %q, want %s", what, probe, got, path)
			}
		}
		if at[int](spec, "terminationGracePeriodSeconds") < 10+30 && serves {
			t.Errorf("%s is killed before it has stopped", what)
		}
	}
}

// What one object names, another is, or somebody has made it before.
func TestReferences(t *testing.T) {
	t.Parallel()
	outside := []string{"Secret films", "Secret registry", "PersistentVolumeClaim films", "ConfigMap database-ca", "ServiceAccount default", "Secret films-example"}
	for _, file := range variants(t) {
		all := render(t, file)
		for _, o := range all {
			for _, ref := range slices.Concat(podReferences(o), targets(o)) {
				known := slices.Contains(outside, ref) || slices.ContainsFunc(all, func(other object) bool { return other.String() == ref && early(o, other) })
				if !known {
					t.Errorf("%s: %s names %s, which there is not", file, o, ref)
				}
			}
		}
	}
}

// early reports whether other is there when o is made: a hook comes before all that is no hook.
func early(o, other object) bool {
	return at[string](o, "metadata", "annotations", "helm.sh/hook") == "" || at[string](other, "metadata", "annotations", "helm.sh/hook") != ""
}

// podReferences returns "KIND NAME" of what an object's pods use.
func podReferences(o object) []string {
	spec := pod(o)
	if spec == nil {
		return nil
	}
	var out []string
	add := func(kind, name string) {
		if name != "" {
			out = append(out, kind+" "+name)
		}
	}
	add("ServiceAccount", at[string](spec, "serviceAccountName"))
	for _, s := range items(spec, "imagePullSecrets") {
		add("Secret", at[string](s, "name"))
	}
	for _, v := range items(spec, "volumes") {
		add("ConfigMap", at[string](v, "configMap", "name"))
		add("PersistentVolumeClaim", at[string](v, "persistentVolumeClaim", "claimName"))
	}
	for _, c := range items(spec, "containers") {
		for _, e := range items(c, "env") {
			add("Secret", at[string](e, "valueFrom", "secretKeyRef", "name"))
		}
		for _, e := range items(c, "envFrom") {
			add("Secret", at[string](e, "secretRef", "name"))
		}
	}
	return out
}

// targets returns "KIND NAME" of what an object that is no pod is about.
func targets(o object) []string {
	var out []string
	if name := at[string](o, "spec", "scaleTargetRef", "name"); name != "" {
		out = append(out, "Deployment "+name)
	}
	for _, rule := range items(o, "spec", "rules") {
		for _, p := range items(rule, "http", "paths") {
			out = append(out, "Service "+at[string](p, "backend", "service", "name"))
		}
	}
	for _, s := range items(o, "spec", "tls") {
		out = append(out, "Secret "+at[string](s, "secretName"))
	}
	if name := at[string](o, "spec", "serviceName"); name != "" {
		out = append(out, "Service "+name)
	}
	return out
}

// What selects by labels selects the pods of one workload, and what is scaled and protected is each of them.
func TestSelectors(t *testing.T) {
	t.Parallel()
	for _, file := range variants(t) {
		all := render(t, file)
		for _, o := range all {
			var selector map[string]any
			switch o.kind() {
			case "Service":
				selector = at[map[string]any](o, "spec", "selector")
			case "PodDisruptionBudget", "Deployment", "StatefulSet":
				selector = at[map[string]any](o, "spec", "selector", "matchLabels")
			case "NetworkPolicy":
				selector = at[map[string]any](o, "spec", "podSelector", "matchLabels")
			case "ServiceMonitor":
				checkMonitor(t, file, o, all)
				continue
			default:
				continue
			}
			selected := 0
			for _, other := range all {
				if matches(selector, podLabels(other)) {
					selected++
				}
			}
			if selected != 1 {
				t.Errorf("%s: %s selects the pods of %d workloads by %v", file, o, selected, selector)
			}
		}
	}
}

// checkMonitor checks that all servers' metrics are read.
func checkMonitor(t *testing.T, file string, monitor object, all []object) {
	t.Helper()
	read := map[string]bool{}
	for _, o := range all {
		if o.kind() != "Service" || !matches(at[map[string]any](monitor, "spec", "selector", "matchLabels"), at[map[string]any](o, "metadata", "labels")) {
			continue
		}
		for _, other := range all {
			if matches(at[map[string]any](o, "spec", "selector"), podLabels(other)) {
				read[other.name()] = true
			}
		}
	}
	for _, o := range all {
		if (o.kind() == "Deployment" || o.kind() == "StatefulSet") && !read[o.name()] {
			t.Errorf("%s: nobody reads the metrics of %s", file, o)
		}
	}
}

// The tables are migrated before an install and an upgrade, by a job whose Secret is there before it.
func TestMigrationsComeFirst(t *testing.T) {
	t.Parallel()
	all := render(t, "scaled.yaml")
	job := find(t, all, "Job", "films-filmgate-migrate")
	secret := find(t, all, "Secret", "films-filmgate-migrate")
	for _, o := range []object{job, secret} {
		if got := at[string](o, "metadata", "annotations", "helm.sh/hook"); got != "pre-install,pre-upgrade" {
			t.Errorf("%s is a hook of %q", o, got)
		}
	}
	if a, b := at[string](secret, "metadata", "annotations", "helm.sh/hook-weight"), at[string](job, "metadata", "annotations", "helm.sh/hook-weight"); a != "-10" || b != "0" {
		t.Errorf("the Secret's weight is %s, the job's %s", a, b)
	}
	if got := items(pod(job), "containers")[0]["args"]; !reflect.DeepEqual(got, []any{"migrate"}) {
		t.Errorf("it runs %v", got)
	}
	for _, o := range render(t, "single.yaml") {
		if o.kind() == "Job" {
			t.Errorf("%s would open the database of a server that runs", o)
		}
	}
}

// A server of each role gets what it needs, and no number of replicas where another sets it.
func TestRoles(t *testing.T) {
	t.Parallel()
	all := render(t, "scaled.yaml")
	for role, renders := range map[string]string{"api": "", "worker": "4"} {
		o := find(t, all, "Deployment", "films-filmgate-"+role)
		env := variables(o)
		want := map[string]string{"FILMGATE_ROLE": role, "FILMGATE_WORKERS": renders, "FILMGATE_PUBLIC_URL": "https://films.example", "FILMGATE_CONFIG": "/etc/filmgate/filmgate.yaml", "AWS_REGION": "eu-central-1"}
		for name, value := range want {
			if env[name] != value {
				t.Errorf("%s: %s is %q, want %q", o, name, env[name], value)
			}
		}
		if _, set := at[map[string]any](o, "spec")["replicas"]; set {
			t.Errorf("%s sets the replicas that its autoscaler sets", o)
		}
	}
	metric := items(find(t, all, "HorizontalPodAutoscaler", "films-filmgate-worker"), "spec", "metrics")[0]
	if at[string](metric, "external", "metric", "name") != "filmgate_render_tasks" || at[string](metric, "external", "target", "averageValue") != "4" {
		t.Errorf("the workers follow %v", metric)
	}
	trigger := items(find(t, render(t, "keda.yaml"), "ScaledObject", "films-filmgate-worker"), "spec", "triggers")[0]
	if query := at[string](trigger, "metadata", "query"); !strings.Contains(query, `namespace="studio"`) || at[string](trigger, "metadata", "threshold") != "3" {
		t.Errorf("KEDA asks %v", trigger)
	}
	single := find(t, render(t, "single.yaml"), "StatefulSet", "films-filmgate")
	if env := variables(single); env["FILMGATE_ROLE"] != "all" || env["FILMGATE_PUBLIC_URL"] != "https://films.example/video" || env["FILMGATE_TEMP_SPACE"] != "16" {
		t.Errorf("%s has %v", single, env)
	}
}

// variables returns the variables of an object's first container that have a value.
func variables(o object) map[string]string {
	out := map[string]string{}
	for _, e := range items(items(pod(o), "containers")[0], "env") {
		out[at[string](e, "name")] = at[string](e, "value")
	}
	return out
}

// A change of the settings file or of the secret starts the servers anew, and no other change of the values does.
func TestChangesRestart(t *testing.T) {
	t.Parallel()
	sums := func(more ...string) map[string]any {
		return at[map[string]any](find(t, render(t, "single.yaml", more...), "StatefulSet", "films-filmgate"), "spec", "template", "metadata", "annotations")
	}
	before := sums()
	for what, change := range map[string]string{"checksum/config": "config.deadline=1h", "checksum/secret": "secret.values.RUNWAY_KEY=other"} {
		after := maps.Clone(sums("--set", change))
		if after[what] == before[what] {
			t.Errorf("%s does not change %s", change, what)
		}
		if after[what] = before[what]; !maps.Equal(after, before) {
			t.Errorf("%s changes %v to %v", change, before, after)
		}
	}
	if after := sums("--set", "service.port=81"); !maps.Equal(after, before) {
		t.Errorf("another port changes %v to %v", before, after)
	}
}

// The chart's alerts are those of the tree, whose names and labels another test compares with what the program exports.
func TestAlerts(t *testing.T) {
	t.Parallel()
	var want map[string]any
	if err := yaml.Unmarshal([]byte(read(t, "../../prometheus/alerts.yaml")), &want); err != nil {
		t.Fatal(err)
	}
	rule := find(t, render(t, "single.yaml"), "PrometheusRule", "films-filmgate")
	if !reflect.DeepEqual(at[map[string]any](rule, "spec"), want) {
		t.Error("they differ: cp deploy/prometheus/alerts.yaml deploy/helm/filmgate/alerts.yaml")
	}
}
