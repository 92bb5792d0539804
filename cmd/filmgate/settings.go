package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/render"
	"github.com/filmgate/filmgate/internal/web/server"
)

// Settings is how the program was told to behave, checked.
type Settings struct {
	Addr           string         // HOST:PORT
	Data           string         // folder
	PublicURL      string         // "https://host" or "https://host/video", no trailing slash; "" = the host that a request came to
	TrustedProxies []netip.Prefix // networks of proxies that are believed
	CORSOrigins    []string       // of pages in browsers that may call; "*" alone = all
	APIKey         apikey.Secret  // "" = none was given
	Log            slog.Level
	Workers        int            // local renders at once
	TempSpace      int64          // bytes that inputs and results in the making may have together
	Encoder        render.Encoder // of local renders; its Codec may be "auto"
	AllowNetworks  []netip.Prefix // private networks that callers' URLs may point into
	Config         string         // path of the settings file; "" = none
	Server         string         // base URL of the server that a client command talks to, no trailing slash
}

// Part is what a command needs of the settings.
type Part string

const (
	PartServer Part = "server" // serve
	PartData   Part = "data"   // whatever opens the data folder
	PartClient Part = "client" // whatever talks to a running server

	PartFile Part = "config" // what reads the settings file
)

// Setting is one row of the table that flags, environment, errors and docs/settings.md come from.
type Setting struct {
	Name    string // "blob_url": the flag is --blob-url, the variable FILMGATE_BLOB_URL
	Default string // used where neither flag nor variable is given
	parts   []Part
	Secret  bool
	Allowed string // what is allowed, for errors and the docs page
	Help    string
	set     func(s *Settings, value string) error // an error says what is wrong, the table what is allowed
}

func (s Setting) Flag() string { return strings.ReplaceAll(s.Name, "_", "-") }

func (s Setting) Env() string { return "FILMGATE_" + strings.ToUpper(s.Name) }

// Table lists every setting there is.
func Table() []Setting {
	return append([]Setting{
		{
			Name: "addr", Default: "127.0.0.1:8080", parts: []Part{PartServer},
			Allowed: "HOST:PORT; port 0 takes a free one, which is printed",
			Help:    "address to listen on",
			set:     setAddr,
		}, {
			Name: "data", Default: "./data", parts: []Part{PartServer, PartData},
			Allowed: "a folder; it is made where it is missing",
			Help:    "folder of the database and the files",
			set:     setData,
		}, {
			Name: "database_url", parts: []Part{PartServer, PartData}, Secret: true,
			Allowed: "empty: SQLite in the data folder is the one database supported so far",
			Help:    "database of tasks and keys",
			set:     refuseValue,
		}, {
			Name: "blob_url", parts: []Part{PartServer}, Secret: true,
			Allowed: "empty: files in the data folder are the one storage supported so far",
			Help:    "storage of videos and pictures",
			set:     refuseValue,
		}, {
			Name: "config", parts: []Part{PartServer, PartFile},
			Allowed: "the path of a YAML file; empty makes every video with the built-in renderer",
			Help:    "settings file of engines, their keys, and which of them make which models (docs/engines.md)",
			set:     func(s *Settings, v string) error { s.Config = v; return nil },
		}, {
			Name: "public_url", parts: []Part{PartServer},
			Allowed: "an http or https URL, with a path where a proxy has one for it, without query or user; empty takes the host that a request came to",
			Help:    "URL under which callers reach this server, for the links in answers",
			set:     func(s *Settings, v string) (err error) { s.PublicURL, err = baseURL(v); return err },
		}, {
			Name: "api_key", parts: []Part{PartServer, PartClient}, Secret: true,
			Allowed: "16 printable characters or more",
			Help:    "serve: a key that exists from the first start (else one is made and printed once); generate, models, task: the key to call with",
			set:     setAPIKey,
		}, {
			Name: "log", Default: "info", parts: []Part{PartServer},
			Allowed: "debug, info, warn or error",
			Help:    "least level that is logged",
			set:     setLog,
		}, {
			Name: "workers", parts: []Part{PartServer},
			Allowed: "a whole number from 1 to 1024; empty takes one a processor core",
			Help:    "videos rendered on this machine at once",
			set:     setWorkers,
		}, {
			Name: "temp_space", Default: "8", parts: []Part{PartServer},
			Allowed: "a whole number of GiB from 4 to 100000",
			Help:    "space in the data folder for videos that are being uploaded, fetched from engines or converted, all together; others wait, or are asked to come again",
			set:     setTempSpace,
		}, {
			Name: "allow_networks", parts: []Part{PartServer},
			Allowed: "network prefixes such as 10.1.0.0/16 or 127.0.0.0/8, separated by commas",
			Help:    "private networks that a caller's picture URL may point into; without it only public addresses are fetched",
			set:     setAllowNetworks,
		}, {
			Name: "url", Default: "http://127.0.0.1:8080", parts: []Part{PartClient},
			Allowed: "an http or https URL, with the path of a proxy if it has one, without query or user",
			Help:    "server to talk to",
			set:     setServer,
		},
	}, slices.Concat(proxySettings(), encoderSettings())...)
}

func setAddr(s *Settings, v string) error {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return errors.New("not HOST:PORT")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is no port from 0 to 65535", port)
	}
	s.Addr = v
	return nil
}

func setData(s *Settings, v string) error {
	if v == "" {
		return errors.New("empty")
	}
	s.Data = v
	return nil
}

// refuseValue refuses what is planned and not there yet, so that no one believes it works.
func refuseValue(_ *Settings, v string) error {
	if v == "" {
		return nil
	}
	if scheme, _, ok := strings.Cut(v, "://"); ok {
		return fmt.Errorf("%s:// is not supported", scheme)
	}
	return errors.New("not supported")
}

func setAPIKey(s *Settings, v string) error {
	if v == "" {
		return nil
	}
	if err := apikey.CheckChosen(v); err != nil {
		return err
	}
	s.APIKey = apikey.Secret(v)
	return nil
}

func setLog(s *Settings, v string) error {
	switch v {
	case "debug", "info", "warn", "error":
		return s.Log.UnmarshalText([]byte(v))
	}
	return errors.New("no level")
}

func setAllowNetworks(s *Settings, v string) error {
	for _, part := range splitList(v) {
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			return fmt.Errorf("%q is no network prefix", part)
		}
		s.AllowNetworks = append(s.AllowNetworks, prefix.Masked())
	}
	return nil
}

// splitList are the texts between commas, without the empty ones.
func splitList(v string) []string {
	var out []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func setServer(s *Settings, v string) (err error) {
	if v == "" {
		return errors.New("empty")
	}
	s.Server, err = baseURL(v)
	return err
}

// baseURL checks a URL that paths are added to, and takes off its trailing slash. "" stays "".
func baseURL(v string) (string, error) {
	if v == "" {
		return "", nil
	}
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("no http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return "", errors.New("more than a scheme, a host and a path")
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if err := server.CheckPrefix(path); err != nil {
		return "", fmt.Errorf("the path is %w", err)
	}
	return u.Scheme + "://" + u.Host + path, nil
}

// addFlags gives flags a flag for each setting of the parts. Their defaults are empty: read fills them, after the
// environment had its say.
func addFlags(flags *pflag.FlagSet, parts ...Part) {
	for _, s := range Of(parts) {
		help := fmt.Sprintf("%s; %s [%s]", s.Help, s.Allowed, s.Env())
		if s.Default != "" {
			help += fmt.Sprintf(" (default %q)", s.Default)
		}
		flags.String(s.Flag(), "", help)
	}
}

// read takes each setting of the parts from its flag, else its variable, else its fallback, and names every one that
// is not as it should be.
func read(flags *pflag.FlagSet, getenv func(string) string, parts ...Part) (Settings, error) {
	var out Settings
	var errs []error
	for _, s := range Of(parts) {
		value := s.Default
		if f := flags.Lookup(s.Flag()); f != nil && f.Changed {
			value = f.Value.String()
		} else if v := getenv(s.Env()); v != "" {
			value = v
		}
		if err := s.set(&out, value); err != nil {
			shown := strconv.Quote(value)
			if s.Secret {
				shown = apikey.Secret(value).String()
			}
			errs = append(errs, fmt.Errorf("%s (--%s) is %s: %w; allowed: %s", s.Env(), s.Flag(), shown, err, s.Allowed))
		}
	}
	if len(errs) > 0 {
		return Settings{}, &usageError{fmt.Errorf("settings:\n%w", errors.Join(errs...))}
	}
	return out, nil
}

// Of is the rows of the table that any of the parts needs.
func Of(parts []Part) []Setting {
	var out []Setting
	for _, s := range Table() {
		for _, p := range parts {
			if slices.Contains(s.parts, p) {
				out = append(out, s)
				break
			}
		}
	}
	return out
}
