package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/render"
)

// readArgs reads settings from "--name", "value" pairs and variables as a command of the parts would.
func readArgs(args []string, env map[string]string, parts ...Part) (Settings, error) {
	flags := map[string]string{}
	for pair := range slices.Chunk(args, 2) {
		flags[strings.TrimPrefix(pair[0], "--")] = pair[1]
	}
	return Read(Source{
		Flag:   func(name string) (string, bool) { value, ok := flags[name]; return value, ok },
		Getenv: func(name string) string { return env[name] },
		CheckPrefix: func(path string) error {
			if strings.ContainsAny(path, "%.") || strings.Contains(path, "//") {
				return errors.New("not a prefix")
			}
			return nil
		},
		CheckBlob: func(url string) error {
			if !strings.HasPrefix(url, "s3://") {
				return errors.New("the URL does not begin with s3://")
			}
			return nil
		},
	}, parts...)
}

func TestAFlagWinsOverAVariableOverTheDefault(t *testing.T) {
	tests := []struct {
		name string
		args []string
		env  map[string]string
		got  func(Settings) any
		want any
	}{
		{"default", nil, nil, func(s Settings) any { return s.Addr }, "127.0.0.1:8080"},
		{"variable", nil, map[string]string{"FILMGATE_ADDR": ":1"}, func(s Settings) any { return s.Addr }, ":1"},
		{"flag over variable", []string{"--addr", ":2"}, map[string]string{"FILMGATE_ADDR": ":1"}, func(s Settings) any { return s.Addr }, ":2"},
		{"an empty variable is none", nil, map[string]string{"FILMGATE_DATA": ""}, func(s Settings) any { return s.Data }, "./data"},
		{"port 0", []string{"--addr", "127.0.0.1:0"}, nil, func(s Settings) any { return s.Addr }, "127.0.0.1:0"},
		{"address of version 6", []string{"--addr", "[::1]:80"}, nil, func(s Settings) any { return s.Addr }, "[::1]:80"},
		{"no profiles", nil, nil, func(s Settings) any { return s.DebugAddr }, ""},
		{"profiles on this machine", []string{"--debug-addr", "127.0.0.1:6060"}, nil, func(s Settings) any { return s.DebugAddr }, "127.0.0.1:6060"},
		{"profiles on this machine, version 6", []string{"--debug-addr", "[::1]:0"}, nil, func(s Settings) any { return s.DebugAddr }, "[::1]:0"},
		{"profiles by name", nil, map[string]string{"FILMGATE_DEBUG_ADDR": "localhost:6060"}, func(s Settings) any { return s.DebugAddr }, "localhost:6060"},
		{"profiles at a socket", []string{"--debug-addr", "unix:/run/filmgate/debug.sock"}, nil, func(s Settings) any { return s.DebugAddr }, "unix:/run/filmgate/debug.sock"},
		{"a Unix socket", []string{"--addr", "unix:/run/filmgate/filmgate.sock"}, nil, func(s Settings) any { return s.Addr }, "unix:/run/filmgate/filmgate.sock"},
		{"permissions of the socket", nil, nil, func(s Settings) any { return s.SocketMode }, fs.FileMode(0o660)},
		{"other permissions", []string{"--socket-mode", "666"}, nil, func(s Settings) any { return s.SocketMode }, fs.FileMode(0o666)},
		{"TLS", []string{"--tls-cert", "a.pem"}, map[string]string{"FILMGATE_TLS_KEY": "b.pem"}, func(s Settings) any { return s.TLSCert + s.TLSKey }, "a.pemb.pem"},
		{"workers by cores", nil, nil, func(s Settings) any { return s.Workers }, runtime.GOMAXPROCS(0)},
		{"workers", []string{"--workers", "3"}, nil, func(s Settings) any { return s.Workers }, 3},
		{"encoder", nil, nil, func(s Settings) any { return s.Encoder }, render.Encoder{Codec: "libx264", Preset: "veryfast", CRF: 18, Threads: 8}},
		{"an encoder by flags", []string{"--encoder", "auto", "--encoder-preset", "slow", "--encoder-quality", "30", "--encoder-threads", "4"}, nil,
			func(s Settings) any { return s.Encoder }, render.Encoder{Codec: "auto", Preset: "slow", CRF: 30, Threads: 4}},
		{"level", nil, map[string]string{"FILMGATE_LOG": "warn"}, func(s Settings) any { return s.Log }, slog.LevelWarn},
		{"public URL without slash", []string{"--public-url", "https://films.example/"}, nil, func(s Settings) any { return s.PublicURL }, "https://films.example"},
		{"public URL with a path", []string{"--public-url", "https://films.example/tools/video/"}, nil, func(s Settings) any { return s.PublicURL }, "https://films.example/tools/video"},
		{"proxies", []string{"--trusted-proxies", "10.0.0.0/8, 127.0.0.1,::1"}, nil, func(s Settings) any { return s.TrustedProxies },
			[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("::1/128")}},
		{"a proxy at the socket", []string{"--trusted-proxies", "unix, 10.0.0.0/8"}, nil, func(s Settings) any { return fmt.Sprint(s.TrustUnix, s.TrustedProxies) }, "true [10.0.0.0/8]"},
		{"no proxies", nil, nil, func(s Settings) any { return len(s.TrustedProxies) }, 0},
		{"origins as browsers write them", []string{"--cors-origins", "https://App.example:443/, http://localhost:3000,capacitor://localhost"}, nil,
			func(s Settings) any { return s.CORSOrigins }, []string{"https://app.example", "http://localhost:3000", "capacitor://localhost"}},
		{"all origins", []string{"--cors-origins", "*"}, nil, func(s Settings) any { return s.CORSOrigins }, []string{"*"}},
		{"database", nil, map[string]string{"FILMGATE_DATABASE_URL": "postgres://me:hunter2@db/films?sslmode=require"},
			func(s Settings) any { return string(s.DatabaseURL) }, "postgres://me:hunter2@db/films?sslmode=require"},
		{"database on a socket", nil, map[string]string{"FILMGATE_DATABASE_URL": "postgresql:///films?host=/run/postgresql"},
			func(s Settings) any { return string(s.DatabaseURL) }, "postgresql:///films?host=/run/postgresql"},
		{"bucket", nil, map[string]string{"FILMGATE_BLOB_URL": "s3://films?region=eu-central-1"},
			func(s Settings) any { return string(s.BlobURL) }, "s3://films?region=eu-central-1"},
		{"no bucket", nil, nil, func(s Settings) any { return string(s.BlobURL) }, ""},
		{"no database", nil, nil, func(s Settings) any { return string(s.DatabaseURL) }, ""},
		{"no public URL", nil, nil, func(s Settings) any { return s.PublicURL }, ""},
		{"key", nil, map[string]string{"FILMGATE_API_KEY": "sixteen letters!"}, func(s Settings) any { return string(s.APIKey) }, "sixteen letters!"},
		{"networks", []string{"--allow-networks", "127.0.0.0/8, 10.1.2.3/16"}, nil, func(s Settings) any { return s.AllowNetworks },
			[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.1.0.0/16")}},
		{"no networks", nil, nil, func(s Settings) any { return len(s.AllowNetworks) }, 0},
		{"idempotency keys for a day", nil, nil, func(s Settings) any { return s.KeepKeys }, 24 * time.Hour},
		{"idempotency keys for a week", []string{"--keep-idempotency-keys", "7d"}, nil, func(s Settings) any { return s.KeepKeys }, 7 * 24 * time.Hour},
		{"tasks for ever", nil, nil, func(s Settings) any { return s.KeepTasks }, time.Duration(0)},
		{"tasks as long as files", []string{"--keep-tasks", "90d", "--keep-files", "2160h"}, nil, func(s Settings) any { return s.KeepTasks }, 90 * 24 * time.Hour},
		{"files for ever", nil, nil, func(s Settings) any { return s.KeepFiles }, time.Duration(0)},
		{"events for 30 days", nil, nil, func(s Settings) any { return s.KeepEvents }, 30 * 24 * time.Hour},
		{"events for ever", []string{"--keep-events", "forever"}, nil, func(s Settings) any { return s.KeepEvents }, time.Duration(0)},
		{"days", nil, map[string]string{"FILMGATE_KEEP_FILES": "90d"}, func(s Settings) any { return s.KeepFiles }, 90 * 24 * time.Hour},
		{"hours", nil, map[string]string{"FILMGATE_KEEP_FILES": "720h"}, func(s Settings) any { return s.KeepFiles }, 720 * time.Hour},
		{"days and hours", nil, map[string]string{"FILMGATE_KEEP_FILES": "1d12h"}, func(s Settings) any { return s.KeepFiles }, 36 * time.Hour},
		{"server", nil, map[string]string{"FILMGATE_URL": "http://films.example:81"}, func(s Settings) any { return s.Server }, "http://films.example:81"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := readArgs(tt.args, tt.env, PartServer, PartClient)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.got(s); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestErrorsNameTheSettingAndWhatIsAllowed(t *testing.T) {
	tests := map[string]struct{ value, fault, allowed string }{
		"FILMGATE_DEBUG_ADDR":            {"0.0.0.0:6060", "not this machine alone", "localhost or a loopback address"},
		"FILMGATE_ADDR":                  {"localhost", "not HOST:PORT", "port 0 takes a free one"},
		"FILMGATE_SOCKET_MODE":           {"rw-rw----", "no permissions", "0660"},
		"FILMGATE_DATABASE_URL":          {"mysql://me:hunter2@db/films", `"mysql://" is not supported`, "SQLite in the data folder"},
		"FILMGATE_BLOB_URL":              {"gs://hunter2", "the URL does not begin with s3://", "files in the data folder"},
		"FILMGATE_PUBLIC_URL":            {"https://films.example/a//b", "the path is not a prefix", "with a path"},
		"FILMGATE_API_KEY":               {"hunter2", "has 7", "16 printable characters"},
		"FILMGATE_KEEP_FILES":            {"30m", "no number of days and hours", "30d or 720h"},
		"FILMGATE_KEEP_IDEMPOTENCY_KEYS": {"forever", "no number of days", "24h or 7d"},
		"FILMGATE_KEEP_TASKS":            {"47h", "less than 48h", "from 2d"},
		"FILMGATE_KEEP_EVENTS":           {"0h", "less than 1h", "or forever"},
		"FILMGATE_LOG":                   {"loud", "no level", "debug, info, warn or error"},
		"FILMGATE_WORKERS":               {"many", "no number", "1 to 1024"},
		"FILMGATE_ALLOW_NETWORKS":        {"10.0.0.0/8,home", `"home" is no network prefix`, "127.0.0.0/8"},
		"FILMGATE_TRUSTED_PROXIES":       {"10.0.0.0/8,nginx", `"nginx" is no network prefix`, "127.0.0.1"},
		"FILMGATE_CORS_ORIGINS":          {"https://app.example/page", "is no origin", "or * for all"},
		"FILMGATE_BLOCKED_WORDS":         {"/nowhere/words.txt", "no such file", "a word or a phrase on each line"},
		"FILMGATE_ENCODER":               {"libx265", "no encoder that is known here", "h264_nvenc"},
		"FILMGATE_ENCODER_PRESET":        {"placebo", "no preset of libx264", "veryslow"},
		"FILMGATE_ENCODER_QUALITY":       {"0", "out of range", "1 (best, largest) to 51"},
		"FILMGATE_ENCODER_THREADS":       {"x", "no number", "1 to 128"},
		"FILMGATE_URL":                   {"films.example:80", "no http or https URL", "with the path"},
	}
	env := map[string]string{}
	for name, tt := range tests {
		env[name] = tt.value
	}
	_, err := readArgs([]string{"--data", ""}, env, PartServer, PartClient)
	if err == nil {
		t.Fatal("all bad settings were taken")
	}
	lines := map[string]string{} // by variable
	for line := range strings.Lines(err.Error()) {
		name, _, _ := strings.Cut(line, " ")
		lines[name] = line
	}
	tests["FILMGATE_DATA"] = struct{ value, fault, allowed string }{"", "empty", "a folder"}
	for name, tt := range tests {
		for _, want := range []string{tt.fault, tt.allowed, "(--" + flagOf(name) + ")"} {
			if !strings.Contains(lines[name], want) {
				t.Errorf("%s: %q does not say %q", name, lines[name], want)
			}
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a secret is shown: %v", err)
	}
}

func TestNothingOutlivesItsTask(t *testing.T) {
	for flag, name := range map[string]string{"--keep-files": "FILMGATE_KEEP_FILES", "--keep-idempotency-keys": "FILMGATE_KEEP_IDEMPOTENCY_KEYS"} {
		_, err := readArgs([]string{"--keep-tasks", "30d", flag, "721h"}, nil, PartServer)
		if usage := (*UsageError)(nil); !errors.As(err, &usage) || !strings.Contains(err.Error(), name+" ("+flag+") is longer than FILMGATE_KEEP_TASKS") {
			t.Errorf("%s for longer than the tasks: %v", flag, err)
		}
	}
}

func TestAFileOfBlockedWordsTakesThePlaceOfTheList(t *testing.T) {
	file := filepath.Join(t.TempDir(), "words.txt")
	for _, c := range []struct{ text, blocked, fault string }{
		{"# ours\nfoo\n", "foo", ""}, {"", "", ""}, {"\xff", "", "not in UTF-8"}, {strings.Repeat("a", 1<<20+1), "", "larger than 1 MiB"},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := readArgs([]string{"--blocked-words", file}, nil, PartServer)
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%.9q: %v", c.text, err)
			}
			continue
		}
		if err != nil || s.Blocked == nil || s.Blocked.Find("a foo and sex") != c.blocked {
			t.Errorf("%q: %v, %v", c.text, s.Blocked, err)
		}
	}
	if s, err := readArgs(nil, nil, PartServer); err != nil || s.Blocked != nil {
		t.Errorf("without the setting: %v, %v", s.Blocked, err)
	}
}

func TestTLSNeedsBothFiles(t *testing.T) {
	for args, want := range map[[2]string]string{
		{"--tls-cert", "a.pem"}: "FILMGATE_TLS_CERT (--tls-cert) is given without FILMGATE_TLS_KEY (--tls-key)",
		{"--tls-key", "a.pem"}:  "FILMGATE_TLS_KEY (--tls-key) is given without FILMGATE_TLS_CERT (--tls-cert)",
	} {
		if _, err := readArgs(args[:], nil, PartServer); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func flagOf(env string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(env, "FILMGATE_"), "_", "-"))
}

func TestOutOfRangeValuesAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{"--keep-files", "30"}, {"--keep-files", "d"}, {"--keep-files", "h"}, {"--keep-files", "-1d"}, {"--keep-files", "1h1d"}, {"--keep-files", "0d"},
		{"--keep-files", "3 d"}, {"--keep-files", "1.5d"}, {"--keep-files", "never"}, {"--keep-files", ""}, {"--keep-files", "99999999d"},
		{"--keep-files", "99999999999999999999h"}, {"--addr", "127.0.0.1:65536"}, {"--addr", "127.0.0.1:http"}, {"--addr", "unix:"}, {"--debug-addr", ":6060"}, {"--debug-addr", "10.0.0.1:6060"}, {"--debug-addr", "[::]:6060"}, {"--debug-addr", "example.org:6060"}, {"--debug-addr", "6060"}, {"--debug-addr", "unix:x"}, {"--addr", "unix:filmgate.sock"}, {"--addr", "unix:/" + strings.Repeat("a", 103)},
		{"--socket-mode", "0o660"}, {"--socket-mode", "1777"}, {"--socket-mode", "888"}, {"--workers", "0"}, {"--workers", "1025"},
		{"--public-url", "ftp://films.example"}, {"--public-url", "https://me@films.example"}, {"--public-url", "https://films.example?a"}, {"--public-url", "https://films.example/a/../b"}, {"--public-url", "https://films.example/a%2Fb"},
		{"--trusted-proxies", "fe80::1%eth0"}, {"--cors-origins", "*,https://app.example"}, {"--cors-origins", "app.example"}, {"--cors-origins", "null"}, {"--cors-origins", "https://a@b"},
		{"--api-key", "sixteen letters!\x00"}, {"--api-key", " sixteen letters"}, {"--allow-networks", "10.0.0.1"}, {"--url", ""},
		{"--database-url", "/var/films.db"}, {"--database-url", "postgres://db"}, {"--database-url", "postgres://db/?sslmode=off"}, {"--database-url", "postgres://me:p@ss/w%@db/films"}, {"--encoder-quality", "52"}, {"--encoder-threads", "129"}, {"--encoder-threads", "0"},
	} {
		if _, err := readArgs(args, nil, PartServer, PartClient); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

func TestACommandReadsOnlyTheSettingsOfItsParts(t *testing.T) {
	var flags []string
	for _, s := range Of(PartClient) {
		flags = append(flags, s.Flag())
	}
	if got := strings.Join(flags, " "); got != "api-key url" {
		t.Errorf("a client's flags are %s", got)
	}
	if _, err := readArgs(nil, map[string]string{"FILMGATE_WORKERS": "many"}, PartClient); err != nil {
		t.Errorf("a client refuses a server's setting: %v", err)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	s := Settings{APIKey: apikey.Secret("sixteen letters!")}
	asJSON, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "settings", s)
	for _, shown := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), string(asJSON), log.String()} {
		if strings.Contains(shown, "sixteen") || !strings.Contains(shown, "***") {
			t.Errorf("shown as %s", shown)
		}
	}
}
