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

// New makes a key out of 256 bits of random: "fg_", 43 base62 digits and a 6 digit checksum, by which a leak scanner
// and WellFormed know it. The Key has its ID, Hash and Hint; the rest is the caller's to fill. The plain key is shown
// once and stored nowhere.
func New(random io.Reader) (Secret, Key, error) {
	var raw [32 + 12]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", Key{}, fmt.Errorf("apikey: read randomness: %w", err)
	}
	body := prefix + base62(raw[:32], bodyLen)
	plain := body + checksum(body)
	return Secret(plain), Key{ID: "key_" + base62(raw[32:], idLen), Hash: Hash(plain), Hint: Hint(plain)}, nil
}

// Hash is the SHA-256 of the whole key, 64 hex digits. A plain hash is enough: a key of 256 random bits can't be
// guessed, so it needs no salt and no slow function, and a stored key can be looked up by it.
func Hash(plain string) string {
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

// WellFormed tells whether plain looks like a key that New made: prefix, length, digits, checksum. It says nothing of
// whether the key exists.
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

// CheckChosen says what is wrong with a key that the operator chose: it must have 16 characters or more, all of them
// printable, and no space at either end, which an HTTP header would lose. The error never holds the key.
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

// Hint is what lists show of a key, to recognise it by: "fg_" and four characters of a key that New made. Of another
// it is the first two characters, since an operator's own may be short.
func Hint(plain string) string {
	if WellFormed(plain) {
		return plain[:len(prefix)+4]
	}
	runes := []rune(plain)
	return string(runes[:min(2, len(runes))])
}

// Match tells whether plain is the key that k stands for, in a time that does not depend on where they differ. It does
// not ask whether k is in force: Allows does.
func Match(k Key, plain string) bool {
	return plain != "" && subtle.ConstantTimeCompare([]byte(k.Hash), []byte(Hash(plain))) == 1
}

// Allows tells whether k is in force and has scope s. No scope implies another, and a revoked key has none.
func Allows(k Key, s Scope) bool {
	return k.Revoked.IsZero() && slices.Contains(k.Scopes, s)
}

// base62 writes b as a number of n digits, leading zeros kept.
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
