package doctor

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/listen/listentest"
)

func nobodyAnswers(context.Context, string) bool { return false }

func TestPrintShowsTheRemedyOfWhatIsMissing(t *testing.T) {
	var out strings.Builder
	err := Print(&out, []Finding{
		{OK: true, Text: "a works", Remedy: "unused"},
		{Text: "b is missing", Remedy: "install b"},
		{Text: "c is missing", Remedy: "install c", Optional: true},
	})
	if got := out.String(); got != "✓ a works\n✗ b is missing\n    install b\n- c is missing\n    install c\n" {
		t.Errorf("printed %q", got)
	}
	if err == nil || err.Error() != "1 of 3 needs are not met" {
		t.Errorf("error %v", err)
	}
}

func TestAddr(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	if f := checkAddr(t.Context(), config.Settings{Addr: "127.0.0.1:0"}, nobodyAnswers); !f.OK || !strings.HasSuffix(f.Text, "is free") {
		t.Errorf("a free address: %+v", f)
	}
	if f := checkAddr(t.Context(), config.Settings{Addr: addr}, nobodyAnswers); f.OK || !strings.Contains(f.Text, "address already in use") || !strings.Contains(f.Remedy, "FILMGATE_ADDR (--addr)") {
		t.Errorf("another program's: %+v", f)
	}
	if f := checkAddr(t.Context(), config.Settings{Addr: addr}, func(_ context.Context, base string) bool { return base == "http://"+addr }); !f.OK {
		t.Errorf("a filmgate's: %+v", f)
	}
	if f := checkAddr(t.Context(), config.Settings{Addr: addr, TLSCert: "cert.pem"}, func(_ context.Context, base string) bool { return base == "https://"+addr }); !f.OK {
		t.Errorf("a filmgate's with TLS: %+v", f)
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	s := config.Settings{Addr: "unix:" + path, SocketMode: 0o600}
	if f := checkAddr(t.Context(), s, nobodyAnswers); !f.OK || !strings.HasSuffix(f.Text, "is free") {
		t.Errorf("a free path: %+v", f)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if f := checkAddr(t.Context(), s, nobodyAnswers); !f.OK || !strings.HasSuffix(f.Text, "is used by a running server") {
		t.Errorf("a running server's: %+v", f)
	}
	s.Addr = "unix:" + path + ".d/s"
	if f := checkAddr(t.Context(), s, nobodyAnswers); f.OK || !strings.Contains(f.Text, "no such file") {
		t.Errorf("in a folder that is not there: %+v", f)
	}
}

func TestCertificate(t *testing.T) {
	f := checkCertificate(config.Settings{TLSCert: "cert.pem", TLSKey: "key.pem"})
	if f.OK || !strings.Contains(f.Text, "FILMGATE_TLS_CERT") || !strings.Contains(f.Text, "FILMGATE_TLS_KEY") {
		t.Errorf("files that are not there: %+v", f)
	}
	cert, key := listentest.Certificate(t, t.TempDir(), "localhost")
	if f := checkCertificate(config.Settings{TLSCert: cert, TLSKey: key}); !f.OK || !strings.Contains(f.Text, "expires on 2") {
		t.Errorf("a certificate: %+v", f)
	}
}

func TestDatabase(t *testing.T) {
	for name, c := range map[string]struct {
		url   apikey.Secret
		named string
		err   error
		want  []Finding
	}{
		"one that is still to be made": {},
		"one that can be used":         {"postgres://db/films", "films", nil, []Finding{{OK: true, Text: "films can be used"}}},
		"a PostgreSQL database that can't be used": {"postgres://db/films", "films", errors.New("it refuses"),
			[]Finding{{Text: "films: it refuses", Remedy: "start or repair it, complete its move, or correct FILMGATE_DATABASE_URL (--database-url)"}}},
		"an SQLite database that can't be used": {"", "filmgate.db", errors.New("it is damaged"),
			[]Finding{{Text: "filmgate.db: it is damaged", Remedy: "start or repair it, complete its move, or correct FILMGATE_DATA (--data)"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := config.Settings{DatabaseURL: c.url}
			found := checkDatabase(t.Context(), s, func(context.Context, config.Settings) (string, error) { return c.named, c.err })
			if !slices.Equal(found, c.want) {
				t.Errorf("%+v", found)
			}
		})
	}
}

func TestBucket(t *testing.T) {
	for name, c := range map[string]struct {
		usable error
		want   Finding
	}{
		"one that can be used": {nil, Finding{OK: true, Text: "the bucket of FILMGATE_BLOB_URL can be used"}},
		"one that can't be used": {errors.New("it refuses"),
			Finding{Text: "it refuses", Remedy: "correct FILMGATE_BLOB_URL (--blob-url), the AWS_… variables or the bucket's rights: docs/s3.md"}},
	} {
		t.Run(name, func(t *testing.T) {
			if f := checkBucket(t.Context(), "s3://films", func(context.Context, string) error { return c.usable }); f != c.want {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, folder string
		ok           bool
		text         string
	}{
		{"a folder", t.TempDir(), true, "can be written"},
		{"one to make", filepath.Join(t.TempDir(), "a", "b"), true, "can be made"},
		{"one that can't be made", filepath.Join("/proc", "films"), false, "data folder /proc/films: "},
		{"a file", file, false, "data folder " + file + ": "},
	} {
		if f := checkData(c.folder); f.OK != c.ok || !strings.Contains(f.Text, c.text) || !c.ok && !strings.Contains(f.Remedy, "FILMGATE_DATA (--data)") {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

func TestServerIsOptional(t *testing.T) {
	if f := checkServer(t.Context(), "http://x", nobodyAnswers); f.OK || !f.Optional {
		t.Errorf("%+v", f)
	}
}

func TestRunChecksEverything(t *testing.T) {
	s, err := config.Read(config.Source{
		Flag:        func(string) (string, bool) { return "", false },
		Getenv:      func(name string) string { return map[string]string{"FILMGATE_ADDR": "127.0.0.1:0"}[name] },
		CheckPrefix: func(string) error { return nil },
		CheckBlob:   func(string) error { return nil },
	}, config.PartServer, config.PartClient)
	if err != nil {
		t.Fatal(err)
	}
	s.Data = t.TempDir()
	var texts []string
	database := func(context.Context, config.Settings) (string, error) { return "", nil }
	owner := func(context.Context, config.Settings) error {
		return errors.New("the folder has the files of another database")
	}
	clock := func(context.Context, config.Settings) error { return errors.New("the clock is a day ahead") }
	s.Config = "films.yaml"
	models := func(config.Settings) ([]string, []config.ServerCheck, error) {
		return []string{"models.m[0]: model x ends on 2026-12-24"}, nil, nil
	}
	for _, f := range Run(t.Context(), s, nobodyAnswers, database, nil, owner, clock, models) {
		texts = append(texts, f.Text)
	}
	for _, want := range []string{"ffmpeg", "encoder libx264", "data folder", "disk space", "the files of another database", "the clock is a day ahead", "films.yaml has no errors", "model x ends", "address", "server"} {
		if !strings.Contains(strings.Join(texts, "\n"), want) {
			t.Errorf("no %s in %q", want, texts)
		}
	}
}

func TestSettings(t *testing.T) {
	fine := Finding{OK: true, Text: "the settings file a.yaml has no errors"}
	for name, c := range map[string]struct {
		file    string
		role    config.Role
		ending  []string
		servers []config.ServerCheck
		err     error
		want    []Finding
	}{
		"no file":                {},
		"a file":                 {"a.yaml", "", nil, nil, nil, []Finding{{OK: true, Text: "the settings file a.yaml has no errors"}}},
		"a file with a mistake":  {"a.yaml", "", nil, nil, errors.New("x"), []Finding{{Text: "the settings file a.yaml has errors", Remedy: "correct what `filmgate config check` lists"}}},
		"a model that ends soon": {"a.yaml", "", []string{"model x ends"}, nil, nil, []Finding{fine, {Optional: true, Text: "model x ends", Remedy: "name another model in a.yaml; docs/engines.md lists them"}}},
		"model servers": {"a.yaml", config.RoleWorker, nil, []config.ServerCheck{{Engine: "wan", Command: "/opt/sd-server"}, {Engine: "ltx", Problems: []string{"no program", "no model"}}}, nil, []Finding{fine,
			{OK: true, Text: "the model server of engine wan can be started: /opt/sd-server"},
			{Text: "the model server of engine ltx: no program; no model", Remedy: "install it, or correct `server` of the engine in a.yaml"}}},
		"model servers that others run": {"a.yaml", config.RoleAPI, nil, []config.ServerCheck{{Engine: "wan", Problems: []string{"no program"}}}, nil, []Finding{fine}},
	} {
		t.Run(name, func(t *testing.T) {
			found := checkSettings(config.Settings{Config: c.file, Role: c.role}, func(config.Settings) ([]string, []config.ServerCheck, error) { return c.ending, c.servers, c.err })
			if !slices.Equal(found, c.want) {
				t.Errorf("%+v", found)
			}
		})
	}
}

func TestVolume(t *testing.T) {
	if f := checkVolume(false, "/data"); f != nil {
		t.Errorf("a volume: %+v", f)
	}
	if f := checkVolume(true, "/data"); len(f) != 1 || f[0].OK || !f[0].Optional || !strings.Contains(f[0].Text, "/data is part of the container") || f[0].Remedy != "mount a volume there" {
		t.Errorf("none: %+v", f)
	}
}
