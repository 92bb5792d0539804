package apikey_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
)

// zeroKey is the key that New makes from 44 zero bytes: 32 for the key, 12 for its id. Its checksum was computed separately
// (zlib's crc32, base62).
const zeroKey = "fg_00000000000000000000000000000000000000000003xzWg0"

func TestFormOfNewKeys(t *testing.T) {
	plain, key, err := apikey.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, pattern string }{
		"plain": {string(plain), `^fg_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$`},
		"id":    {key.ID, `^key_[0-9A-Za-z]{17}$`},
		"hash":  {key.Hash, `^[0-9a-f]{64}$`},
		"hint":  {key.Hint, `^fg_[0-9A-Za-z]{4}$`},
	} {
		if !regexp.MustCompile(c.pattern).MatchString(c.got) {
			t.Errorf("%s is %q, want %s", name, c.got, c.pattern)
		}
	}
	if !strings.HasPrefix(string(plain), key.Hint) {
		t.Errorf("the key does not begin with its hint %q", key.Hint)
	}
	if key.Hash != apikey.Hash(string(plain)) || !apikey.Match(key, apikey.Hash(string(plain))) {
		t.Error("the plain key does not match its Key")
	}
}

func TestNewDependsOnlyOnRandom(t *testing.T) {
	plain, key, err := apikey.New(bytes.NewReader(make([]byte, 44)))
	if err != nil {
		t.Fatal(err)
	}
	if string(plain) != zeroKey {
		t.Errorf("zeros make %q, want %q", string(plain), zeroKey)
	}
	if want := "key_00000000000000000"; key.ID != want {
		t.Errorf("id %q, want %q", key.ID, want)
	}
	highest, _, err := apikey.New(bytes.NewReader(bytes.Repeat([]byte{0xff}, 44)))
	if err != nil {
		t.Fatal(err)
	}
	if !apikey.WellFormed(string(highest)) {
		t.Errorf("the largest number makes %q, which is not well formed", string(highest))
	}
}

func TestNewMakesDifferentKeys(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		plain, key, err := apikey.New(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if seen[string(plain)] || seen[key.ID] {
			t.Fatal("a key or an id came twice")
		}
		seen[string(plain)], seen[key.ID] = true, true
	}
}

func TestNewFailsIfRandomFails(t *testing.T) {
	broken := errors.New("no entropy")
	plain, key, err := apikey.New(iotest.ErrReader(broken))
	if !errors.Is(err, broken) || plain != "" || key.Hash != "" {
		t.Errorf("got %q, %+v, %v; want nothing and the reader's error", string(plain), key, err)
	}
	if _, _, err := apikey.New(bytes.NewReader(make([]byte, 43))); err == nil {
		t.Error("a short read made a key")
	}
}

func TestHashIsSHA256(t *testing.T) {
	if got, want := apikey.Hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; got != want {
		t.Errorf("Hash(abc) = %s, want %s", got, want)
	}
}

func TestWellFormed(t *testing.T) {
	for name, c := range map[string]struct {
		plain string
		want  bool
	}{
		"made by New":            {zeroKey, true},
		"empty":                  {"", false},
		"only the prefix":        {"fg_", false},
		"another prefix":         {"sk_" + zeroKey[3:], false},
		"prefix in capitals":     {"FG_" + zeroKey[3:], false},
		"one digit changed":      {"fg_1" + zeroKey[4:], false},
		"two digits swapped":     {zeroKey[:47] + zeroKey[48:49] + zeroKey[47:48] + zeroKey[49:], false},
		"checksum changed":       {zeroKey[:51] + "4", false},
		"one character short":    {zeroKey[:51], false},
		"one character more":     {zeroKey + "0", false},
		"a wrong character":      {"fg_-" + zeroKey[4:], false},
		"a space within":         {zeroKey[:20] + " " + zeroKey[21:], false},
		"a character of 2 bytes": {zeroKey[:20] + "é" + zeroKey[22:], false},
		"surrounded by spaces":   {" " + zeroKey + " ", false},
		"operator's own":         {"correct horse battery staple", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := apikey.WellFormed(c.plain); got != c.want {
				t.Errorf("WellFormed(%q) = %v, want %v", c.plain, got, c.want)
			}
		})
	}
}

func TestCheckChosen(t *testing.T) {
	for name, c := range map[string]struct {
		plain string
		want  string // part of the error; "" = accepted
	}{
		"16 characters":           {"abcdefghijklmnop", ""},
		"spaces within":           {"correct horse battery staple", ""},
		"punctuation":             {`!"#$%&'()*+,-./:;<=>?@[\]^_{|}~`, ""},
		"letters of any script":   {"пароль-для-сервера", ""},
		"one of our own":          {zeroKey, ""},
		"empty":                   {"", "16 characters or more, it has 0"},
		"15 characters":           {"abcdefghijklmno", "16 characters or more, it has 15"},
		"15 characters, 30 bytes": {strings.Repeat("é", 15), "16 characters or more, it has 15"},
		"a line break":            {"abcdefghijklmnop\n", "its character 17 is not"},
		"a NUL":                   {"ab\x00defghijklmnop", "its character 3 is not"},
		"an invisible character":  {"é\u200bcdefghijklmnop", "its character 2 is not"},
		"not UTF-8":               {"abcdefghijklmnop\xff", "UTF-8"},
		"a space in front":        {" abcdefghijklmnop", "space"},
		"a space behind":          {"abcdefghijklmnop ", "space"},
	} {
		t.Run(name, func(t *testing.T) {
			err := apikey.CheckChosen(c.plain)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want an error with %q", err, c.want)
			case err != nil && len(c.plain) > 0 && strings.Contains(err.Error(), c.plain):
				t.Errorf("the error contains the key: %v", err)
			}
		})
	}
}

func TestHintShowsLittle(t *testing.T) {
	for name, c := range map[string]struct{ plain, want string }{
		"our own":        {zeroKey, "fg_0000"},
		"operator's own": {"abcdefghijklmnop", "ab"},
		"not ASCII":      {"éàüabcdefghijklmnop", "éà"},
		"one character":  {"a", "a"},
		"empty":          {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := apikey.Hint(c.plain); got != c.want {
				t.Errorf("Hint = %q, want %q", got, c.want)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	const own = "abcdefghijklmnop"
	k := apikey.Key{Hash: apikey.Hash(own)}
	for name, c := range map[string]struct {
		key  apikey.Key
		hash string
		want bool
	}{
		"its hash":                  {k, apikey.Hash(own), true},
		"that of another":           {k, apikey.Hash("abcdefghijklmnoq"), false},
		"that of its beginning":     {k, apikey.Hash(own[:15]), false},
		"the beginning of its hash": {k, k.Hash[:63], false},
		"the key itself":            {k, own, false},
		"empty":                     {k, "", false},
		"empty against a blank Key": {apikey.Key{}, "", false},
		"a blank Key":               {apikey.Key{}, apikey.Hash(own), false},
		"a revoked key":             {apikey.Key{Hash: k.Hash, Revoked: time.Unix(1, 0)}, apikey.Hash(own), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := apikey.Match(c.key, c.hash); got != c.want {
				t.Errorf("Match = %v, want %v", got, c.want)
			}
		})
	}
}

func TestAllows(t *testing.T) {
	reader := apikey.Key{Scopes: []apikey.Scope{apikey.Read}}
	all := apikey.Key{Scopes: []apikey.Scope{apikey.Read, apikey.Write, apikey.Admin}}
	revoked := all
	revoked.Revoked = time.Unix(1726012800, 0)
	for name, c := range map[string]struct {
		key   apikey.Key
		scope apikey.Scope
		want  bool
	}{
		"a scope it has":               {reader, apikey.Read, true},
		"a scope it lacks":             {reader, apikey.Write, false},
		"one of many":                  {all, apikey.Admin, true},
		"admin does not include write": {apikey.Key{Scopes: []apikey.Scope{apikey.Admin}}, apikey.Write, false},
		"no scopes":                    {apikey.Key{}, apikey.Read, false},
		"an unknown scope":             {all, apikey.Scope("root"), false},
		"the empty scope":              {all, apikey.Scope(""), false},
		"a revoked key":                {revoked, apikey.Read, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := apikey.Allows(c.key, c.scope); got != c.want {
				t.Errorf("Allows(%q) = %v, want %v", c.scope, got, c.want)
			}
		})
	}
}

func FuzzWellFormed(f *testing.F) {
	f.Fuzz(func(t *testing.T, plain string, at uint8) {
		if hint := apikey.Hint(plain); len([]rune(hint)) > 7 {
			t.Errorf("hint of %d characters", len([]rune(hint)))
		}
		if !apikey.WellFormed(plain) {
			return
		}
		if err := apikey.CheckChosen(plain); err != nil {
			t.Errorf("a well formed key is refused: %v", err)
		}
		// A CRC-32 detects every change of one character.
		other := []byte(plain)
		other[int(at)%len(other)] ^= 1
		if apikey.WellFormed(string(other)) {
			t.Errorf("%q and %q are both well formed", plain, other)
		}
	})
}
