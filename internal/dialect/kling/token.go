package kling

import (
	"errors"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/dialect"
	"github.com/filmgate/filmgate/internal/task"
)

// Kling's codes of a token that is not good (Kling API reference, "Error codes").
const (
	codeNoToken     = 1001
	codeBadToken    = 1002
	codeNotYetValid = 1003
	codeExpired     = 1004
)

// maxToken is the longest token, in bytes.
const maxToken = 4 << 10

// admit returns the key of a request: of a plain API key, or of a token that was signed with its secret key.
func (c calls) admit(r *http.Request, scope apikey.Scope) (apikey.Key, error) {
	bearer := dialect.Bearer(r)
	access, ok := issuer(bearer)
	if !ok {
		return c.gw.Admit(r.Context(), bearer, scope)
	}
	return c.gw.AdmitSigned(r.Context(), access, scope, func(secret []byte) error {
		_, err := jwt.Parse(bearer, func(*jwt.Token) (any, error) { return secret, nil },
			jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(c.gw.Now), jwt.WithExpirationRequired())
		if err != nil {
			return &tokenError{err}
		}
		return nil
	})
}

// issuer returns the access key that a token names; ok is false if the bearer is no token.
func issuer(bearer string) (access string, ok bool) {
	if len(bearer) > maxToken || strings.Count(bearer, ".") != 2 {
		return "", false
	}
	var claims jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(bearer, &claims); err != nil {
		return "", false
	}
	return claims.Issuer, true
}

// tokenError says why a token is not good.
type tokenError struct{ cause error }

// Error implements error.
func (e *tokenError) Error() string { return "kling: token: " + e.cause.Error() }

// As makes the error a *task.Error for whoever knows no tokens.
func (e *tokenError) As(target any) bool {
	to, ok := target.(**task.Error)
	if ok {
		*to = &task.Error{Code: task.Unauthorized, Detail: "The token is not valid."}
	}
	return ok
}

// tokenCode returns Kling's code and text for a token that is missing or not good; 0 for any other error.
func tokenCode(r *http.Request, err error) (code int, text string) {
	var e *tokenError
	switch {
	case task.CodeOf(err) == task.Unauthorized && r.Header.Get("Authorization") == "":
		return codeNoToken, "Authorization is empty"
	case task.CodeOf(err) == task.Unauthorized && dialect.Bearer(r) == "":
		return codeBadToken, "Authorization is invalid"
	case !errors.As(err, &e):
		return 0, ""
	case errors.Is(e.cause, jwt.ErrTokenNotValidYet):
		return codeNotYetValid, "Authorization is not yet valid"
	case errors.Is(e.cause, jwt.ErrTokenExpired):
		return codeExpired, "Authorization has expired"
	default:
		return codeBadToken, "Authorization is invalid"
	}
}
