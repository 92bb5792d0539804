package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
)

// maxSocketPath is the length of the longest path of a Unix socket, in bytes, that every system takes.
const maxSocketPath = 103

func setAddr(v *values, text string) error {
	v.Addr = text
	_, err := hostOf(text)
	return err
}

// setDebugAddr refuses addresses that others can reach: whoever reaches it is asked for no key.
func setDebugAddr(v *values, text string) error {
	if text == "" {
		return nil
	}
	host, err := hostOf(text)
	if err != nil {
		return err
	}
	if a, err := netip.ParseAddr(host); !strings.HasPrefix(text, "unix:") && host != "localhost" && (err != nil || !a.Unmap().IsLoopback()) {
		return fmt.Errorf("%q is not this machine alone", host)
	}
	v.DebugAddr = text
	return nil
}

// hostOf returns the host of HOST:PORT, or "" of unix:/PATH. It returns an error for anything else.
func hostOf(text string) (string, error) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if !filepath.IsAbs(path) || len(path) > maxSocketPath {
			return "", fmt.Errorf("what follows unix: is no absolute path of at most %d bytes", maxSocketPath)
		}
		return "", nil
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", errors.New("not HOST:PORT")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("%q is no port from 0 to 65535", port)
	}
	return host, nil
}
