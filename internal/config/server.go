package config

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/modelserver"
)

// Server is the program of an engine's model server, which is started as a child process on this machine.
type Server struct {
	Command     string            `yaml:"command"`
	Args        []string          `yaml:"args"`         // {host} and {port} in them stand for those of the engine's address
	Env         map[string]string `yaml:"env"`          // the same
	Dir         string            `yaml:"dir"`          // "" = the settings file's folder
	ReadyWithin time.Duration     `yaml:"ready_within"` // 0 = 2 min
}

// Program returns how the model server of an engine is run; ok is false if the engine has none. Its paths are absolute.
func (k Kinds) Program(e Engine) (p modelserver.Program, ok bool) {
	if e.Server == nil {
		return p, false
	}
	base, _ := k.Address(e)
	p = modelserver.Program{Path: e.Server.Command, Dir: e.Server.Dir, Addr: hostPort(base)}
	host, port, _ := net.SplitHostPort(p.Addr) // hostPort has joined them
	fill := strings.NewReplacer("{host}", host, "{port}", port)
	for _, arg := range e.Server.Args {
		p.Args = append(p.Args, fill.Replace(arg))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Server.Env)) {
		p.Env = append(p.Env, name+"="+fill.Replace(e.Server.Env[name]))
	}
	return p, true
}

// Secrets returns what of an engine must not be in any log line: its keys, and what its server gets under names that are likely those
// of secrets.
func (e Engine) Secrets() []string {
	var all []string
	for _, k := range e.Keys {
		all = append(all, k.secrets()...)
	}
	if e.Server == nil {
		return all
	}
	for name, value := range e.Server.Env {
		if modelserver.SecretName(name) {
			all = append(all, value)
		}
	}
	option := "" // that the next argument is the value of
	for _, arg := range e.Server.Args {
		name, value, ok := strings.Cut(arg, "=")
		switch {
		case ok && modelserver.SecretName(name):
			all = append(all, value)
		case modelserver.SecretName(option):
			all = append(all, arg)
		}
		option = ""
		if !ok && strings.HasPrefix(arg, "-") {
			option = arg
		}
	}
	return all
}

// hostPort returns the host and port of a URL.
func hostPort(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// checkServer checks the settings of an engine's model server, and lets the engine call this machine.
func (e *Engine) checkServer(at []any, k Kind, f *checker) {
	s := e.Server
	if s == nil {
		return
	}
	under := func(names ...any) []any { return append(append(slices.Clip(at), "server"), names...) }
	if !k.KeyOptional {
		f.add(under(), "engines of type %s have no such setting: their servers are not the operator's own", e.Type)
		return
	}
	if s.Command == "" {
		f.add(under("command"), "the program of the model server is needed")
	}
	if s.ReadyWithin < 0 {
		f.add(under("ready_within"), "%v is less than 0; 0s is 2m", s.ReadyWithin)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.Contains(s.Env[name], "\x00") {
			f.add(under("env", name), "%q is no variable of an environment", name)
		}
	}
	for i, arg := range s.Args {
		if strings.Contains(arg, "\x00") {
			f.add(under("args", i), "no argument may have a zero byte")
		}
	}
	base, _ := f.kinds.Address(*e)
	if !isLoopback(base) {
		f.add(under(), "it is started on this machine, but the engine's address is %s; give base_url an address such as http://127.0.0.1:1234", base)
		return
	}
	e.networks = append(e.networks, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
}

// checkServerAddresses reports model servers that are to listen at the same address.
func (c *File) checkServerAddresses(f *checker) {
	taken := map[string]string{} // the engine, by its server's address
	for i, e := range c.Engines {
		p, ok := f.kinds.Program(e)
		if !ok || p.Addr == "" {
			continue
		}
		if other := taken[p.Addr]; other != "" {
			f.add([]any{"engines", i, "server"}, "that of engine %s has the same address, %s; an engine that shares a server has base_url and no server", other, p.Addr)
		}
		taken[p.Addr] = e.Name
	}
}

// isLoopback reports whether a URL is one of this machine only.
func isLoopback(base string) bool {
	ip, err := addressOf(base)
	return err == nil && ip.IsLoopback()
}

// addressOf returns the address in a URL. Names are not looked up, but localhost is 127.0.0.1.
func addressOf(base string) (netip.Addr, error) {
	u, err := url.Parse(base)
	if err != nil {
		return netip.Addr{}, err
	}
	if u.Hostname() == "localhost" {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	}
	return netip.ParseAddr(u.Hostname())
}

// resolveServers makes the paths of model servers absolute. Relative ones start at the settings file's folder.
func (c *File) resolveServers(folder string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("FILMGATE_CONFIG (--config): %w", err)
	}
	absolute := func(path string) string {
		if filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(folder, path)
	}
	for _, e := range c.Engines {
		s := e.Server
		if s == nil {
			continue
		}
		if strings.Contains(s.Command, "/") { // else PATH has it
			s.Command = absolute(s.Command)
		}
		s.Dir = absolute(s.Dir)
	}
	return nil
}
