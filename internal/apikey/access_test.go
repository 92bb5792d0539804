package apikey_test

import (
	"regexp"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
)

func TestSecretKeyBelongsToOneAccessKeyOfOneServer(t *testing.T) {
	secret := func(server, id string) string { return string(apikey.AccessSecret([]byte(server), id)) }
	one := secret("server", "key_1")
	if !regexp.MustCompile(`^[0-9A-Za-z]{43}$`).MatchString(one) || one != secret("server", "key_1") {
		t.Errorf("%q, then %q", one, secret("server", "key_1"))
	}
	if one == secret("server", "key_2") || one == secret("another", "key_1") {
		t.Error("two access keys have the same secret key")
	}
}
