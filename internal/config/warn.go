package config

import (
	"net/netip"
	"slices"
	"strings"
)

// Address returns the URL that the engine's calls begin with, and whether that is the default of its type, kinds[e.Type].
func (k Kinds) Address(e Engine) (base string, isDefault bool) {
	own := k[e.Type].BaseURL
	if of := k[e.Type].Address; of != nil {
		own = of(e.Location)
	}
	if e.BaseURL == "" {
		return own, true
	}
	return e.BaseURL, strings.TrimRight(e.BaseURL, "/") == own
}

// warnOfAddress warns of an address in a private network, or on this machine, that allow_networks does not name: no call would be
// made. Names are not looked up.
func (e *Engine) warnOfAddress(at []any, f *checker) {
	base, _ := f.kinds.Address(*e)
	ip, err := addressOf(base)
	if err != nil || !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() ||
		slices.ContainsFunc(e.networks, func(n netip.Prefix) bool { return n.IsValid() && n.Contains(ip) }) {
		return
	}
	network := netip.PrefixFrom(ip, ip.BitLen())
	if ip.Is4() && ip.IsLoopback() {
		network = netip.MustParsePrefix("127.0.0.0/8")
	}
	setting := "base_url"
	if e.BaseURL == "" {
		setting = "allow_networks"
	}
	f.warn(append(slices.Clip(at), setting), "%s is a private address and will not be called, unless the engine has allow_networks: [%s]", base, network)
}

// warnOfKeys warns of keys that can't be right: with spaces, or in another form than the vendor's. It never shows a key.
func (e *Engine) warnOfKeys(at []any, k Kind, f *checker) {
	_, isDefault := f.kinds.Address(*e)
	vendors := isDefault && (e.Flavor == "" || len(k.Flavors) > 0 && e.Flavor == k.Flavors[0])
	for i, key := range e.Keys {
		here := append(slices.Clip(at), "keys", i, "key")
		switch {
		case key.Key == "":
		case strings.ContainsAny(key.Key, " \t\r\n\"'"):
			f.warn(here, "it has spaces or quotes in it, as no key has")
		case vendors && key.Secret == "" && k.KeyForm != nil && !k.KeyForm.Pattern.MatchString(key.Key):
			f.warn(here, "it does not look like a key for %s: they %s", k.BaseURL, k.KeyForm.Looks)
		}
	}
}
