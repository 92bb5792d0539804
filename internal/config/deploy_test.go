package config_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/filmgate/filmgate/internal/config"
)

// Read takes what the image and the compose files set, with values that people give.
func TestSettingsOfTheContainers(t *testing.T) {
	t.Parallel()
	image := map[string]string{}
	for _, m := range regexp.MustCompile(`(FILMGATE_\w+)=(\S+)`).FindAllStringSubmatch(readDeploy(t, "Dockerfile"), -1) {
		image[m[1]] = m[2]
	}
	if image["FILMGATE_DATA"] != "/data" {
		t.Fatalf("the image sets %v", image)
	}
	given := map[string]string{"FILMGATE_API_KEY": "0123456789abcdef", "FILMGATE_BLOB_URL": "s3://films?region=eu-central-1", "POSTGRES_PASSWORD": "secret"}
	for _, name := range []string{"compose.yaml", "compose.many.yaml"} {
		var file struct {
			Services map[string]struct {
				Image       string
				Environment map[string]string
				ReadOnly    bool `yaml:"read_only"`
			}
		}
		if err := yaml.NewDecoder(bytes.NewReader([]byte(readDeploy(t, name)))).Decode(&file); err != nil {
			t.Fatal(err)
		}
		for service, s := range file.Services {
			if s.Image != "filmgate" {
				continue
			}
			env := maps.Clone(image)
			for k, v := range s.Environment {
				env[k] = expand(v, given)
			}
			if !s.ReadOnly {
				t.Errorf("%s: %s can write outside of its volume", name, service)
			}
			if err := checkSettings(env); err != nil {
				t.Errorf("%s: %s: %v", name, service, err)
			}
		}
	}
}

// expand replaces ${NAME}, ${NAME:-default} and ${NAME:?text} as compose does.
func expand(text string, given map[string]string) string {
	return regexp.MustCompile(`\$\{(\w+)(?::([-?])(.*?))?\}`).ReplaceAllStringFunc(text, func(found string) string {
		m := regexp.MustCompile(`\$\{(\w+)(?::([-?])(.*?))?\}`).FindStringSubmatch(found)
		if v := given[m[1]]; v != "" || m[2] != "-" {
			return v
		}
		return m[3]
	})
}

// checkSettings returns an error if a server does not know a setting, or refuses its value.
func checkSettings(env map[string]string) error {
	for name := range env {
		known := slices.ContainsFunc(config.Table(), func(s config.Setting) bool { return s.Env() == name })
		if strings.HasPrefix(name, "FILMGATE_") && !known {
			return fmt.Errorf("there is no setting %s", name)
		}
	}
	_, err := config.Read(config.Source{
		Flag: func(string) (string, bool) { return "", false }, Getenv: func(name string) string { return env[name] },
		CheckPrefix: func(string) error { return nil }, CheckBlob: func(string) error { return nil },
	}, config.PartServer)
	return err
}

func readDeploy(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("../../deploy/docker/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
