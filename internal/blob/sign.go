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

// ErrToken is all that Verify says, whatever was wrong: who tries tokens learns nothing from it.
var ErrToken = errors.New("blob: the link is not valid, or not any more")

// maxToken is the longest token looked at, in bytes. Ours have about 230, and 700 with the longest bucket.
const maxToken = 1024

// Signer makes and checks the tokens of signed URLs, such as /datasets/{uuid}.{ext}?_jwt=…: JWT, HS256, with the four
// claims of makevid's own. Without a Secret it signs nothing and believes nothing. It prints as "***".
type Signer struct {
	Secret []byte           // 32 random bytes are right
	Now    func() time.Time // the clock that tokens expire by
}

// claims are what a token says, in the order it says it.
type claims struct {
	KeyHash string           `json:"keyHash"` // the first 16 hex digits of the key's SHA-256
	Bucket  string           `json:"bucket"`  // the key's first element
	Stage   string           `json:"stage"`
	Exp     *jwt.NumericDate `json:"exp"` // Unix seconds
}

// Sign is a token that opens key until then, to the second; "" without a secret.
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
	if err != nil { // only a claim that is no JSON could do that
		return ""
	}
	return signed
}

// Verify returns nil if token opens key now, else ErrToken.
func (s Signer) Verify(token, key string) error {
	_, err := s.expiry(token, key)
	return err
}

// expiry is when a token that opens key now ends. It asks not for a token that is like ours but for the very one: after
// the library has taken it for valid, it signs the same again and compares, so that no other header, claim or spelling
// of base64 passes.
func (s Signer) expiry(token, key string) (time.Time, error) {
	if len(s.Secret) == 0 || s.Now == nil || token == "" || len(token) > maxToken {
		return time.Time{}, ErrToken
	}
	var said claims
	_, err := jwt.ParseWithClaims(token, &said, func(*jwt.Token) (any, error) { return s.Secret, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(s.Now))
	if err != nil {
		return time.Time{}, ErrToken
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(s.Sign(key, said.Exp.Time))) != 1 {
		return time.Time{}, ErrToken
	}
	return said.Exp.Time, nil
}

// Format writes "***": a Signer holds a secret.
func (s Signer) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("***")) }

// MarshalText is "***", for JSON and slog.
func (s Signer) MarshalText() ([]byte, error) { return []byte("***"), nil }

// GetExpirationTime is exp.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.Exp, nil }

// GetIssuedAt is none: the library asks it of every token, as it does the four below.
func (c claims) GetIssuedAt() (*jwt.NumericDate, error) { return nil, nil }

// GetNotBefore is none.
func (c claims) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }

// GetIssuer is none.
func (c claims) GetIssuer() (string, error) { return "", nil }

// GetSubject is none.
func (c claims) GetSubject() (string, error) { return "", nil }

// GetAudience is none.
func (c claims) GetAudience() (jwt.ClaimStrings, error) { return nil, nil }
