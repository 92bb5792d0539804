package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// anyOrigin allows every origin.
const anyOrigin = "*"

// originForm matches an origin as browsers write it: of a page, or of an app that has a scheme of its own.
var originForm = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[a-z0-9._:\[\]-]+$`)

func setCORSOrigins(v *values, text string) error {
	for _, part := range splitList(text) {
		origin, err := browserOrigin(part)
		if err != nil {
			return err
		}
		v.CORSOrigins = append(v.CORSOrigins, origin)
	}
	if len(v.CORSOrigins) > 1 && slices.Contains(v.CORSOrigins, anyOrigin) {
		return errors.New("* allows all origins; give it alone")
	}
	return nil
}

// browserOrigin returns the origin as browsers send it: in lower case, without the default port of its scheme.
func browserOrigin(text string) (string, error) {
	if text == anyOrigin {
		return text, nil
	}
	u, err := url.Parse(strings.ToLower(text))
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q is no origin: a scheme and a host, without a path", text)
	}
	host := u.Host
	if port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; port != "" {
		host = strings.TrimSuffix(host, port)
	}
	if origin := u.Scheme + "://" + host; originForm.MatchString(origin) {
		return origin, nil
	}
	return "", fmt.Errorf("%q is no origin; write a host in other letters as browsers send it, xn--…", text)
}
