// Package listen opens the socket that a server answers at: a TCP port, a Unix socket, or one that systemd opened and passed to the
// process. With a [Certificate] it speaks TLS. It also tells systemd how the server does.
//
// Errors name the setting that is wrong. This package knows nothing about HTTP.
package listen

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// unixPrefix begins an address that is the path of a Unix socket.
const unixPrefix = "unix:"

// Options says where a server listens.
type Options struct {
	Addr      string       // "HOST:PORT" or "unix:/PATH"
	Mode      fs.FileMode  // permissions of the Unix socket that is made
	Inherited []*os.File   // sockets that systemd passed, as [Inherited] returns them; with one, Addr and Mode are not used
	TLS       *Certificate // nil = without TLS
	Setting   string       // names where Addr is from in errors; "" = FILMGATE_ADDR (--addr)
}

// Open opens the socket. Closing the listener removes the Unix socket that Open has made.
func Open(ctx context.Context, o Options) (net.Listener, error) {
	l, err := open(ctx, o)
	if err != nil || o.TLS == nil {
		return l, err
	}
	return tls.NewListener(l, o.TLS.config()), nil
}

func open(ctx context.Context, o Options) (net.Listener, error) {
	if len(o.Inherited) > 0 {
		return inherit(o.Inherited)
	}
	setting := cmp.Or(o.Setting, "FILMGATE_ADDR (--addr)")
	if path, ok := UnixPath(o.Addr); ok {
		l, err := openUnix(ctx, path, o.Mode)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", setting, err)
		}
		return l, nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; take another port, or 0 for a free one", setting, err)
	}
	return l, nil
}

// UnixPath returns the path in an address "unix:/PATH"; ok is false for any other address.
func UnixPath(addr string) (path string, ok bool) { return strings.CutPrefix(addr, unixPrefix) }

// openUnix replaces a socket that a server which was killed has left. It fails if a server still answers there, or if the path is
// that of anything else.
func openUnix(ctx context.Context, path string, mode fs.FileMode) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "unix", path)
	if errors.Is(err, syscall.EADDRINUSE) && abandoned(ctx, path) {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		l, err = config.Listen(ctx, "unix", path)
	}
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, mode); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// abandoned reports whether nobody listens at the socket at path.
func abandoned(ctx context.Context, path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return false
	}
	c, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err == nil {
		_ = c.Close() // it was only to see whether somebody answers
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// Inherited returns the sockets that systemd passed to this process (LISTEN_FDS), and clears the variables, so that child processes
// don't take them for theirs. A second call returns none.
func Inherited() []*os.File { return activation.Files(true) }

// inherit returns the one socket that systemd passed, and closes the files.
func inherit(files []*os.File) (l net.Listener, err error) {
	if n := len(files); n > 1 {
		err = fmt.Errorf("systemd passes %d sockets (LISTEN_FDS), and one is served: leave one ListenStream= in the socket unit", n)
	} else if l, err = net.FileListener(files[0]); err != nil {
		err = fmt.Errorf("the socket that systemd passes (LISTEN_FDS) can't be listened at: %w; the socket unit needs ListenStream= and Accept=no", err)
	}
	for _, f := range files {
		err = errors.Join(err, f.Close())
	}
	return l, err
}

// URL returns what a server prints about where it listens: "http://HOST:PORT", "https://HOST:PORT" or "unix:/PATH".
func URL(addr net.Addr, secure bool) string {
	if addr.Network() == "unix" {
		return unixPrefix + addr.String()
	}
	return Base(addr, secure)
}

// Base returns the start of URLs of a server without a public URL. That of a Unix socket has the host "localhost".
func Base(addr net.Addr, secure bool) string {
	host, scheme := addr.String(), "http"
	if addr.Network() == "unix" {
		host = "localhost"
	}
	if secure {
		scheme = "https"
	}
	return scheme + "://" + host
}

// Ready tells systemd that the server accepts connections. It does nothing if systemd does not wait for that (NOTIFY_SOCKET).
func Ready() error { return notify(daemon.SdNotifyReady) }

// Stopping tells systemd that the server has begun to stop.
func Stopping() error { return notify(daemon.SdNotifyStopping) }

func notify(state string) error {
	if _, err := daemon.SdNotify(false, state); err != nil {
		return fmt.Errorf("systemd was not told %s: %w", state, err)
	}
	return nil
}
