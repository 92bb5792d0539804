package main

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/filmgate/filmgate/internal/web/server"
)

// proxySettings are the rows of the table that say who stands between callers and this server.
func proxySettings() []Setting {
	return []Setting{
		{
			Name: "trusted_proxies", parts: []Part{PartServer},
			Allowed: "network prefixes or addresses such as 10.0.0.0/8 or 127.0.0.1, separated by commas",
			Help: "networks of the proxies before this server: what they say in Forwarded or X-Forwarded-For, -Proto, -Host and -Prefix is believed, " +
				"and nobody else's word (docs/proxy.md)",
			set: setTrustedProxies,
		}, {
			Name: "cors_origins", parts: []Part{PartServer},
			Allowed: "origins such as https://app.example or http://localhost:3000, separated by commas; or * for all",
			Help:    "origins of the web pages whose scripts may call the API and read files",
			set:     setCORSOrigins,
		},
	}
}

func setTrustedProxies(s *Settings, v string) error {
	for _, part := range splitList(v) {
		prefix, err := netip.ParsePrefix(part)
		if a, errAddr := netip.ParseAddr(part); errAddr == nil && a.Zone() == "" {
			a = a.Unmap()
			prefix, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is no network prefix and no address", part)
		}
		s.TrustedProxies = append(s.TrustedProxies, prefix.Masked())
	}
	return nil
}

// originForm is an origin as browsers write it: of a page, or of an app that has a scheme of its own.
var originForm = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[a-z0-9._:\[\]-]+$`)

func setCORSOrigins(s *Settings, v string) error {
	for _, part := range splitList(v) {
		origin, err := browserOrigin(part)
		if err != nil {
			return err
		}
		s.CORSOrigins = append(s.CORSOrigins, origin)
	}
	if len(s.CORSOrigins) > 1 && slices.Contains(s.CORSOrigins, server.AnyOrigin) {
		return errors.New("* is for all origins, and stands alone")
	}
	return nil
}

// browserOrigin is the origin as browsers send it: in small letters, without the port that its scheme has anyway.
func browserOrigin(text string) (string, error) {
	if text == server.AnyOrigin {
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
	return "", fmt.Errorf("%q is no origin; a host in other letters is written as browsers send it, xn--…", text)
}
