package listen

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// connects reports whether somebody listens at the address.
func connects(addr net.Addr) bool {
	c, err := net.Dial(addr.Network(), addr.String())
	if err == nil {
		_ = c.Close()
	}
	return err == nil
}

func TestAPortIsListenedAt(t *testing.T) {
	l, err := Open(t.Context(), Options{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !connects(l.Addr()) {
		t.Error("nobody listens")
	}
	_, err = Open(t.Context(), Options{Addr: l.Addr().String()})
	if err == nil || !strings.Contains(err.Error(), "FILMGATE_ADDR (--addr)") || !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a port that is taken: %v", err)
	}
}

func TestUnixSocketGoesWithItsListener(t *testing.T) {
	path := filepath.Join(t.TempDir(), "filmgate.sock")
	l, err := Open(t.Context(), Options{Addr: "unix:" + path, Mode: 0o606})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != fs.ModeSocket|0o606 || !connects(l.Addr()) {
		t.Errorf("%v, %v", info, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after it was closed: %v", err)
	}
}

func TestASocketThatAKilledServerLeftIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "filmgate.sock")
	left, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	if _, err := Open(t.Context(), Options{Addr: "unix:" + path, Mode: 0o600}); !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), "FILMGATE_ADDR") {
		t.Errorf("while a server answers there: %v", err)
	}
	_ = left.Close()
	l, err := Open(t.Context(), Options{Addr: "unix:" + path, Mode: 0o600})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !connects(l.Addr()) {
		t.Error("nobody listens")
	}
}

func TestAFileIsNotReplacedByASocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "important.txt")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Addr: "unix:" + path, Mode: 0o600}); err == nil {
		t.Error("no error")
	}
	if text, err := os.ReadFile(path); string(text) != "text" {
		t.Errorf("%q, %v", text, err)
	}
}

// passed returns what systemd would pass of n listening sockets, and their listeners.
func passed(t *testing.T, n int) (files []*os.File, of []net.Listener) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		files, of = append(files, f), append(of, l)
	}
	return files, of
}

func TestASocketOfSystemdComesBeforeTheAddress(t *testing.T) {
	files, of := passed(t, 1)
	l, err := Open(t.Context(), Options{Addr: "no address", Inherited: files})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if l.Addr().String() != of[0].Addr().String() {
		t.Errorf("listens at %v, not at %v", l.Addr(), of[0].Addr())
	}
}

func TestSocketsOfSystemdThatCannotBeServedAreNamed(t *testing.T) {
	two, _ := passed(t, 2)
	if _, err := Open(t.Context(), Options{Inherited: two}); err == nil || !strings.Contains(err.Error(), "systemd passes 2 sockets") {
		t.Errorf("two sockets: %v", err)
	}
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Inherited: []*os.File{file}}); err == nil || !strings.Contains(err.Error(), "ListenStream=") {
		t.Errorf("no socket: %v", err)
	}
	if Inherited() != nil {
		t.Error("the tests were started by systemd")
	}
}

func TestURLs(t *testing.T) {
	tcp, unix := &net.TCPAddr{IP: net.IPv6loopback, Port: 80}, &net.UnixAddr{Net: "unix", Name: "/run/filmgate.sock"}
	for _, c := range []struct {
		addr      net.Addr
		secure    bool
		url, base string
	}{
		{tcp, false, "http://[::1]:80", "http://[::1]:80"},
		{tcp, true, "https://[::1]:80", "https://[::1]:80"},
		{unix, false, "unix:/run/filmgate.sock", "http://localhost"},
		{unix, true, "unix:/run/filmgate.sock", "https://localhost"},
	} {
		if url, base := URL(c.addr, c.secure), Base(c.addr, c.secure); url != c.url || base != c.base {
			t.Errorf("%v %v: %s, %s", c.addr, c.secure, url, base)
		}
	}
}

func TestSystemdIsToldWhenTheServerIsReadyAndWhenItStops(t *testing.T) {
	if err := Ready(); err != nil {
		t.Errorf("without systemd: %v", err)
	}
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: path})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	var got [64]byte
	for want, tell := range map[string]func() error{"READY=1": Ready, "STOPPING=1": Stopping} {
		if err := tell(); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(got[:]); err != nil || string(got[:n]) != want {
			t.Errorf("told %q, %v", got[:n], err)
		}
	}
	t.Setenv("NOTIFY_SOCKET", path+".none")
	if err := Ready(); err == nil || !strings.Contains(err.Error(), "READY=1") {
		t.Errorf("nobody listens: %v", err)
	}
}
