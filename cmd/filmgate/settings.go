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

// settings is how the program was told to behave, checked.
type settings struct {
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

// part is what a command needs of the settings.
type part string

const (
	serving part = "server" // serve
	storing part = "data"   // whatever opens the data folder
	calling part = "client" // whatever talks to a running server

	configuring part = "config" // what reads the settings file
)

// setting is one row of the table that flags, environment, errors and docs/settings.md come from.
type setting struct {
	name     string // "blob_url": the flag is --blob-url, the variable FILMGATE_BLOB_URL
	fallback string // used where neither flag nor variable is given
	parts    []part
	secret   bool
	allowed  string // what is allowed, for errors and the docs page
	help     string
	set      func(s *settings, value string) error // an error says what is wrong, the table what is allowed
}

func (s setting) flag() string { return strings.ReplaceAll(s.name, "_", "-") }

func (s setting) env() string { return "FILMGATE_" + strings.ToUpper(s.name) }

// table lists every setting there is.
func table() []setting {
	return append([]setting{
		{
			name: "addr", fallback: "127.0.0.1:8080", parts: []part{serving},
			allowed: "HOST:PORT; port 0 takes a free one, which is printed",
			help:    "address to listen on",
			set:     setAddr,
		}, {
			name: "data", fallback: "./data", parts: []part{serving, storing},
			allowed: "a folder; it is made where it is missing",
			help:    "folder of the database and the files",
			set:     setData,
		}, {
			name: "database_url", parts: []part{serving, storing}, secret: true,
			allowed: "empty: SQLite in the data folder is the one database supported so far",
			help:    "database of tasks and keys",
			set:     onlyEmpty,
		}, {
			name: "blob_url", parts: []part{serving}, secret: true,
			allowed: "empty: files in the data folder are the one storage supported so far",
			help:    "storage of videos and pictures",
			set:     onlyEmpty,
		}, {
			name: "config", parts: []part{serving, configuring},
			allowed: "the path of a YAML file; empty makes every video with the built-in renderer",
			help:    "settings file of engines, their keys, and which of them make which models (docs/engines.md)",
			set:     func(s *settings, v string) error { s.Config = v; return nil },
		}, {
			name: "public_url", parts: []part{serving},
			allowed: "an http or https URL, with a path where a proxy has one for it, without query or user; empty takes the host that a request came to",
			help:    "URL under which callers reach this server, for the links in answers",
			set:     func(s *settings, v string) (err error) { s.PublicURL, err = baseURL(v); return err },
		}, {
			name: "api_key", parts: []part{serving, calling}, secret: true,
			allowed: "16 printable characters or more",
			help:    "serve: a key that exists from the first start (else one is made and printed once); generate, models, task: the key to call with",
			set:     setAPIKey,
		}, {
			name: "log", fallback: "info", parts: []part{serving},
			allowed: "debug, info, warn or error",
			help:    "least level that is logged",
			set:     setLog,
		}, {
			name: "workers", parts: []part{serving},
			allowed: "a whole number from 1 to 1024; empty takes one a processor core",
			help:    "videos rendered on this machine at once",
			set:     setWorkers,
		}, {
			name: "temp_space", fallback: "8", parts: []part{serving},
			allowed: "a whole number of GiB from 4 to 100000",
			help:    "space in the data folder for videos that are being uploaded, fetched from engines or converted, all together; others wait, or are asked to come again",
			set:     setTempSpace,
		}, {
			name: "allow_networks", parts: []part{serving},
			allowed: "network prefixes such as 10.1.0.0/16 or 127.0.0.0/8, separated by commas",
			help:    "private networks that a caller's picture URL may point into; without it only public addresses are fetched",
			set:     setAllowNetworks,
		}, {
			name: "url", fallback: "http://127.0.0.1:8080", parts: []part{calling},
			allowed: "an http or https URL, with the path of a proxy if it has one, without query or user",
			help:    "server to talk to",
			set:     setServer,
		},
	}, slices.Concat(edgeSettings(), encoderSettings())...)
}

func setAddr(s *settings, v string) error {
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

func setData(s *settings, v string) error {
	if v == "" {
		return errors.New("empty")
	}
	s.Data = v
	return nil
}

// onlyEmpty refuses what is planned and not there yet, so that no one believes it works.
func onlyEmpty(_ *settings, v string) error {
	if v == "" {
		return nil
	}
	if scheme, _, ok := strings.Cut(v, "://"); ok {
		return fmt.Errorf("%s:// is not supported", scheme)
	}
	return errors.New("not supported")
}

func setAPIKey(s *settings, v string) error {
	if v == "" {
		return nil
	}
	if err := apikey.CheckChosen(v); err != nil {
		return err
	}
	s.APIKey = apikey.Secret(v)
	return nil
}

func setLog(s *settings, v string) error {
	switch v {
	case "debug", "info", "warn", "error":
		return s.Log.UnmarshalText([]byte(v))
	}
	return errors.New("no level")
}

func setAllowNetworks(s *settings, v string) error {
	for _, part := range listed(v) {
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			return fmt.Errorf("%q is no network prefix", part)
		}
		s.AllowNetworks = append(s.AllowNetworks, prefix.Masked())
	}
	return nil
}

// listed are the texts between commas, without the empty ones.
func listed(v string) []string {
	var out []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func setServer(s *settings, v string) (err error) {
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
func addFlags(flags *pflag.FlagSet, parts ...part) {
	for _, s := range settingsOf(parts) {
		help := fmt.Sprintf("%s; %s [%s]", s.help, s.allowed, s.env())
		if s.fallback != "" {
			help += fmt.Sprintf(" (default %q)", s.fallback)
		}
		flags.String(s.flag(), "", help)
	}
}

// read takes each setting of the parts from its flag, else its variable, else its fallback, and names every one that
// is not as it should be.
func read(flags *pflag.FlagSet, getenv func(string) string, parts ...part) (settings, error) {
	var out settings
	var errs []error
	for _, s := range settingsOf(parts) {
		value := s.fallback
		if f := flags.Lookup(s.flag()); f != nil && f.Changed {
			value = f.Value.String()
		} else if v := getenv(s.env()); v != "" {
			value = v
		}
		if err := s.set(&out, value); err != nil {
			shown := strconv.Quote(value)
			if s.secret {
				shown = apikey.Secret(value).String()
			}
			errs = append(errs, fmt.Errorf("%s (--%s) is %s: %w; allowed: %s", s.env(), s.flag(), shown, err, s.allowed))
		}
	}
	if len(errs) > 0 {
		return settings{}, &usageError{fmt.Errorf("settings:\n%w", errors.Join(errs...))}
	}
	return out, nil
}

// settingsOf is the rows of the table that any of the parts needs.
func settingsOf(parts []part) []setting {
	var out []setting
	for _, s := range table() {
		for _, p := range parts {
			if slices.Contains(s.parts, p) {
				out = append(out, s)
				break
			}
		}
	}
	return out
}
