package blob

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// ErrToken is the only error of Verify, whatever was wrong, so that nobody learns anything by trying tokens.
var ErrToken = errors.New("blob: the link is not valid or has expired")

// maxToken is the length in bytes of the longest token that is parsed. Sign makes tokens of about 230 bytes, and at most 700.
const maxToken = 1024

// Signer makes and checks the tokens of signed URLs, such as /datasets/{uuid}.{ext}?_jwt=…. They are JWTs, signed with HS256,
// with the four claims of makevid's tokens. Without a Secret it signs nothing and accepts nothing. It prints as "***".
type Signer struct {
	Secret []byte           // should be 32 random bytes
	Now    func() time.Time // the time, to check whether tokens have expired
}

// claims are a token's claims, in the order in which they are encoded.
type claims struct {
	KeyHash string           `json:"keyHash"` // the first 16 hex digits of the key's SHA-256
	Bucket  string           `json:"bucket"`  // the key's first element
	Stage   string           `json:"stage"`
	Exp     *jwt.NumericDate `json:"exp"` // Unix seconds
}

// Sign returns a token for key that expires at until, in whole seconds. It returns "" if there is no secret.
func (s Signer) Sign(key string, until time.Time) string {
	if len(s.Secret) == 0 {
		return ""
	}
	hash := sha256.Sum256([]byte(key))
	bucket, _, _ := strings.Cut(key, "/")
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		KeyHash: hex.EncodeToString(hash[:8]), Bucket: bucket, Stage: "prod", Exp: jwt.NewNumericDate(until),
	})
	signed, err := token.SignedString(s.Secret)
	if err != nil { // only claims that have no JSON form cause it
		return ""
	}
	return signed
}

// Verify returns nil if token is valid now for key, and ErrToken otherwise.
func (s Signer) Verify(token, key string) error {
	_, err := s.expiry(token, key)
	return err
}

// expiry returns the time when a token that is valid now for key expires. After the library has accepted the token, it signs
// the same claims again and compares, so that only exactly the token that Sign made passes: no other header, further claim or
// other spelling of base64.
func (s Signer) expiry(token, key string) (time.Time, error) {
	if len(s.Secret) == 0 || s.Now == nil || token == "" || len(token) > maxToken {
		return time.Time{}, ErrToken
	}
	var parsed claims
	_, err := jwt.ParseWithClaims(token, &parsed, func(*jwt.Token) (any, error) { return s.Secret, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(s.Now))
	if err != nil {
		return time.Time{}, ErrToken
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(s.Sign(key, parsed.Exp.Time))) != 1 {
		return time.Time{}, ErrToken
	}
	return parsed.Exp.Time, nil
}

// Format writes "***": a Signer holds a secret.
func (s Signer) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("***")) }

// MarshalText returns "***", for JSON and slog.
func (s Signer) MarshalText() ([]byte, error) { return []byte("***"), nil }

// GetExpirationTime returns exp.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.Exp, nil }

// GetIssuedAt returns nil. The library requires this method and the four below.
func (c claims) GetIssuedAt() (*jwt.NumericDate, error) { return nil, nil }

// GetNotBefore returns nil.
func (c claims) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }

// GetIssuer returns "".
func (c claims) GetIssuer() (string, error) { return "", nil }

// GetSubject returns "".
func (c claims) GetSubject() (string, error) { return "", nil }

// GetAudience returns nil.
func (c claims) GetAudience() (jwt.ClaimStrings, error) { return nil, nil }
