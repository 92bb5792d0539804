// Package config reads how the program is to work: the settings of its environment and flags ([Read]), and the settings
// file of engines, keys and routes, from which it makes the engines and the registry ([Loader]).
//
// All errors of either are reported at once: those of a setting with its variable, its flag and what is allowed, those of
// the file with the line. Which types of engines there are is handed in ([Kinds]): this package imports none of them.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/render"
)

// Settings holds the checked settings of a command. Those that the command does not use are zero.
type Settings struct {
	Addr           string         // HOST:PORT or unix:/PATH
	SocketMode     fs.FileMode    // permissions of the Unix socket
	DebugAddr      string         // where profiles are served: HOST:PORT of this machine alone or unix:/PATH; "" = nowhere
	TLSCert        string         // path of a certificate in PEM form; "" = no TLS
	TLSKey         string         // path of its key; "" as TLSCert
	Data           string         // folder
	DatabaseURL    apikey.Secret  // "postgres://…"; "" = SQLite in the data folder
	BlobURL        apikey.Secret  // "s3://…"; "" = files in the data folder
	PublicURL      string         // "https://host" or "https://host/video", no trailing slash; "" = the host that a request came to
	TrustedProxies []netip.Prefix // networks of proxies whose forwarding headers are believed
	TrustUnix      bool           // believe those of whoever connects to the Unix socket
	CORSOrigins    []string       // of web pages that may call; ["*"] = all
	APIKey         apikey.Secret  // "" = none was given
	Log            slog.Level
	Workers        int               // local renders at once
	Role           Role              // what a server does
	TempSpace      int64             // bytes for all uploads, downloads and conversions in progress
	KeepFiles      time.Duration     // how long files are kept; 0 = for ever
	KeepTasks      time.Duration     // how long tasks are kept after they ended; 0 = for ever
	KeepEvents     time.Duration     // how long tasks' events are kept; 0 = for ever
	KeepKeys       time.Duration     // how long idempotency keys hold
	Blocked        *engine.Blocklist // words that the built-in renderer refuses in prompts; nil = its own list
	Encoder        render.Encoder    // of local renders; its Codec may be "auto"
	AllowNetworks  []netip.Prefix    // private networks that callers' URLs may point into
	Config         string            // path of the settings file; "" = none
	Server         string            // base URL of the server that a client command calls, no trailing slash
}

// Role is what a server does.
type Role string

// The roles of servers.
const (
	RoleAll    Role = "all"
	RoleAPI    Role = "api"    // answers calls, and works on no task
	RoleWorker Role = "worker" // works on tasks, and answers no calls
)

// Part names a group of settings that a command uses.
type Part string

// The groups of settings.
const (
	PartServer Part = "server" // for serve
	PartData   Part = "data"   // for commands that open the data folder
	PartClient Part = "client" // for commands that call a running server
	PartFiles  Part = "files"  // for commands that open the storage of videos and pictures
	PartFile   Part = "config" // for commands that read the settings file
	// PartRetention is for commands about how long things are kept.
	PartRetention Part = "retention"
)

// Setting is one row of the table that flags, variables, errors and docs/settings.md are made from.
type Setting struct {
	Name    string // "blob_url": the flag is --blob-url, the variable FILMGATE_BLOB_URL
	Default string // used if neither flag nor variable is given
	Secret  bool   // errors and the docs page show *** for its value
	Allowed string // what is allowed, for errors and the docs page
	Help    string
	Choices []string // all values, if there are few; for completions
	Path    bool     // its value is a path on this machine; for completions

	parts []Part
	set   func(v *values, text string) error // its error says what is wrong; Allowed says what is allowed
}

// Flag returns the name of the setting's flag, without dashes before it.
func (s Setting) Flag() string { return strings.ReplaceAll(s.Name, "_", "-") }

// Env returns the name of the setting's environment variable.
func (s Setting) Env() string { return "FILMGATE_" + strings.ToUpper(s.Name) }

// values is what the rows of the table write to.
type values struct {
	Settings
	checkPrefix  func(path string) error
	checkBlobURL func(url string) error
}

// Source is where the values of settings come from.
type Source struct {
	Flag        func(name string) (value string, given bool) // of the command line
	Getenv      func(name string) string                     // "" = not set
	CheckPrefix func(path string) error                      // checks the path of a public URL, "" or "/video"
	CheckBlob   func(url string) error                       // checks the form of the URL of a storage; its error never repeats the URL
}

// UsageError reports a mistake in a flag, an argument or a setting.
type UsageError struct{ error }

// Unwrap returns the mistake.
func (e *UsageError) Unwrap() error { return e.error }

// Usage makes err a [UsageError].
func Usage(err error) error { return &UsageError{err} }

// Read takes each setting of the parts from its flag, else its variable, else its default. The error is a [UsageError]
// that names every setting with a wrong value.
func Read(from Source, parts ...Part) (Settings, error) {
	v := values{checkPrefix: from.CheckPrefix, checkBlobURL: from.CheckBlob}
	var errs []error
	for _, s := range Of(parts...) {
		text := s.Default
		if given, ok := from.Flag(s.Flag()); ok {
			text = given
		} else if given := from.Getenv(s.Env()); given != "" {
			text = given
		}
		if err := s.set(&v, text); err != nil {
			shown := strconv.Quote(text)
			if s.Secret {
				shown = apikey.Secret(text).String()
			}
			errs = append(errs, fmt.Errorf("%s (--%s) is %s: %w; allowed: %s", s.Env(), s.Flag(), shown, err, s.Allowed))
		}
	}
	for _, check := range []func(Settings) error{checkKept, checkTLS} {
		if err := check(v.Settings); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return Settings{}, Usage(fmt.Errorf("settings:\n%w", errors.Join(errs...)))
	}
	return v.Settings, nil
}

// Of returns the rows of the table that any of the parts uses.
func Of(parts ...Part) []Setting {
	uses := func(p Part) bool { return slices.Contains(parts, p) }
	return slices.DeleteFunc(Table(), func(s Setting) bool { return !slices.ContainsFunc(s.parts, uses) })
}
