package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"runtime"
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/render"
)

func setSocketMode(v *values, text string) error {
	mode, err := strconv.ParseUint(text, 8, 32)
	if err != nil || mode > 0o777 {
		return errors.New("no permissions")
	}
	v.SocketMode = fs.FileMode(mode)
	return nil
}

// checkTLS returns an error if only one of the two files for TLS is given.
func checkTLS(s Settings) error {
	if (s.TLSCert == "") == (s.TLSKey == "") {
		return nil
	}
	given, missing := "FILMGATE_TLS_CERT (--tls-cert)", "FILMGATE_TLS_KEY (--tls-key)"
	if s.TLSCert == "" {
		given, missing = missing, given
	}
	return fmt.Errorf("%s is given without %s: TLS needs both", given, missing)
}

func setData(v *values, text string) error {
	if text == "" {
		return errors.New("empty")
	}
	v.Data = text
	return nil
}

// setBlobURL checks the form of the URL; whether the storage can be used is found out when it is opened.
func setBlobURL(v *values, text string) error {
	if text == "" {
		return nil
	}
	v.BlobURL = apikey.Secret(text)
	return v.checkBlobURL(text)
}

// setDatabaseURL checks the form of the URL; whether the database can be reached is found out when it is opened. No error
// contains the URL, which holds a password.
func setDatabaseURL(v *values, text string) error {
	if text == "" {
		return nil
	}
	if err := CheckDatabaseURL(text); err != nil {
		return err
	}
	v.DatabaseURL = apikey.Secret(text)
	return nil
}

// CheckDatabaseURL returns an error if text is not like the URL of a PostgreSQL database. The error does not contain the text.
func CheckDatabaseURL(text string) error {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return errors.New("no URL")
	}
	if scheme != "postgres" && scheme != "postgresql" {
		return fmt.Errorf("%q is not supported", scheme+"://")
	}
	if _, err := url.Parse(text); err != nil {
		return errors.New("no URL; characters such as @ : / % in a password must be percent-encoded")
	}
	if _, database, ok := strings.Cut(rest, "/"); !ok || database == "" || database[0] == '?' {
		return errors.New("it names no database")
	}
	return nil
}

func setAPIKey(v *values, text string) error {
	if text == "" {
		return nil
	}
	if err := apikey.CheckChosen(text); err != nil {
		return err
	}
	v.APIKey = apikey.Secret(text)
	return nil
}

func setLog(v *values, text string) error {
	switch text {
	case "debug", "info", "warn", "error":
		return v.Log.UnmarshalText([]byte(text))
	}
	return errors.New("no level")
}

func setRole(v *values, text string) error {
	switch v.Role = Role(text); v.Role {
	case RoleAll, RoleAPI, RoleWorker:
		return nil
	}
	return errors.New("no role")
}

// setTempSpace reads whole GiB. The least is 4: a result of 2 GiB that is converted needs its size twice.
func setTempSpace(v *values, text string) error {
	var n int
	if text == "" {
		return errNumber
	}
	if err := setNumber(&n, text, 4, 100_000); err != nil {
		return err
	}
	v.TempSpace = int64(n) << 30
	return nil
}

func setWorkers(v *values, text string) error {
	v.Workers = runtime.GOMAXPROCS(0)
	return setNumber(&v.Workers, text, 1, 1024)
}

// errNumber reports what is no number, or none that is allowed.
var errNumber = errors.New("out of range, or no number")

// setNumber reads a whole number from least to most into n. An empty text leaves n as it is.
func setNumber(n *int, text string, least, most int) error {
	if text == "" {
		return nil
	}
	got, err := strconv.Atoi(text)
	if err != nil || got < least || got > most {
		return errNumber
	}
	*n = got
	return nil
}

func setCodec(v *values, text string) error {
	v.Encoder.Codec = text
	if text != autoCodec && (render.Encoder{Codec: text}).Check() != nil {
		return errors.New("no encoder that is known here")
	}
	return nil
}

func setPreset(v *values, text string) error {
	v.Encoder.Preset = text
	if (render.Encoder{Preset: text}).Check() != nil {
		return errors.New("no preset of libx264")
	}
	return nil
}

func setAllowNetworks(v *values, text string) error {
	for _, part := range splitList(text) {
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			return fmt.Errorf("%q is no network prefix", part)
		}
		v.AllowNetworks = append(v.AllowNetworks, prefix.Masked())
	}
	return nil
}

func setTrustedProxies(v *values, text string) error {
	for _, part := range splitList(text) {
		if part == "unix" {
			v.TrustUnix = true
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if a, errAddr := netip.ParseAddr(part); errAddr == nil && a.Zone() == "" {
			a = a.Unmap()
			prefix, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is no network prefix, no address and not unix", part)
		}
		v.TrustedProxies = append(v.TrustedProxies, prefix.Masked())
	}
	return nil
}

// splitList returns the texts between commas, without the empty ones.
func splitList(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func setPublicURL(v *values, text string) (err error) {
	v.PublicURL, err = v.baseURL(text)
	return err
}

func setServer(v *values, text string) (err error) {
	if text == "" {
		return errors.New("empty")
	}
	v.Server, err = v.baseURL(text)
	return err
}

// baseURL checks a URL that paths are added to, and removes its trailing slash. "" stays "".
func (v *values) baseURL(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("no http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return "", errors.New("more than a scheme, a host and a path")
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if err := v.checkPrefix(path); err != nil {
		return "", fmt.Errorf("the path is %w", err)
	}
	return u.Scheme + "://" + u.Host + path, nil
}
