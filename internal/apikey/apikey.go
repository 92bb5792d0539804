package apikey

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	prefix       = "fg_"
	digits       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	bodyLen      = 43 // base62 digits that hold 256 bits
	sumLen       = 6  // base62 digits that hold a CRC-32
	idLen        = 17 // base62 digits that hold 96 bits
	chosenMinLen = 16 // characters
)

// New makes a key from 44 bytes of random: "fg_", 43 base62 digits and a checksum of 6 digits, by which WellFormed and
// scanners for leaked keys recognize it. The returned Key has its ID, Hash and Hint; the caller fills the other fields. The
// Secret is to be shown once and stored nowhere. New fails only if random does.
func New(random io.Reader) (Secret, Key, error) {
	var raw [32 + 12]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", Key{}, fmt.Errorf("apikey: read randomness: %w", err)
	}
	body := prefix + base62(raw[:32], bodyLen)
	plain := body + checksum(body)
	return Secret(plain), Key{ID: "key_" + base62(raw[32:], idLen), Hash: Hash(plain), Hint: Hint(plain)}, nil
}

// Hash returns the SHA-256 of the whole key as 64 hex digits. It needs no salt and no slow hash function, because a key of 256
// random bits cannot be guessed. So a stored key can be looked up by its hash.
func Hash(plain string) string {
	sum := sha256.Sum256([]byte(plain))
	var digits [2 * sha256.Size]byte
	hex.Encode(digits[:], sum[:])
	return string(digits[:])
}

// WellFormed reports whether plain has the form of a key that New made: prefix, length, digits and checksum. The key need not
// exist.
func WellFormed(plain string) bool {
	if len(plain) != len(prefix)+bodyLen+sumLen || !strings.HasPrefix(plain, prefix) {
		return false
	}
	if strings.Trim(plain[len(prefix):], digits) != "" {
		return false
	}
	body := plain[:len(prefix)+bodyLen]
	return plain[len(body):] == checksum(body)
}

// CheckChosen returns an error if a key that the operator chose is not allowed. It must have 16 characters or more, all
// printable, and no space at either end, where HTTP headers lose it. The error does not contain the key.
func CheckChosen(plain string) error {
	if !utf8.ValidString(plain) {
		return errors.New("the key must be UTF-8 text")
	}
	if n := utf8.RuneCountInString(plain); n < chosenMinLen {
		return fmt.Errorf("the key must have %d characters or more, it has %d", chosenMinLen, n)
	}
	if i := strings.IndexFunc(plain, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		return fmt.Errorf("the key must be printable, its character %d is not", utf8.RuneCountInString(plain[:i])+1)
	}
	if strings.TrimSpace(plain) != plain {
		return errors.New("the key must not begin or end with a space")
	}
	return nil
}

// Hint returns the part of a key that lists show: "fg_" and four characters of a key that New made, but only the first two
// characters of any other, which may be short.
func Hint(plain string) string {
	if WellFormed(plain) {
		return plain[:len(prefix)+4]
	}
	runes := []rune(plain)
	return string(runes[:min(2, len(runes))])
}

// Match reports whether hash, which Hash made of a key, is the hash that k holds. It compares in constant time. It does not check
// whether k is revoked: Allows does.
func Match(k Key, hash string) bool {
	return hash != "" && subtle.ConstantTimeCompare([]byte(k.Hash), []byte(hash)) == 1
}

// Allows reports whether k is not revoked and has the scope s. No scope includes another.
func Allows(k Key, s Scope) bool {
	return k.Revoked.IsZero() && slices.Contains(k.Scopes, s)
}

// base62 returns b as a number of n base62 digits, with leading zeros.
func base62(b []byte, n int) string {
	out := make([]byte, n)
	rest, base, digit := new(big.Int).SetBytes(b), big.NewInt(int64(len(digits))), new(big.Int)
	for i := n - 1; i >= 0; i-- {
		rest.DivMod(rest, base, digit)
		out[i] = digits[digit.Int64()]
	}
	return string(out)
}

func checksum(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	return base62([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}, sumLen)
}
