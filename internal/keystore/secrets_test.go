package keystore

import (
	"bytes"
	"strings"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
)

func TestASecretIsMadeOnceAndByName(t *testing.T) {
	s := open(t)
	first, err := s.Secret(t.Context(), LinkSigning)
	if err != nil || len(first) != 32 {
		t.Fatalf("%d bytes, error %v", len(first), err)
	}
	again, err := s.Secret(t.Context(), LinkSigning)
	if err != nil || !bytes.Equal(again, first) {
		t.Errorf("a second call returns another secret, error %v", err)
	}
	other, err := s.Secret(t.Context(), FileNaming)
	if err != nil || bytes.Equal(other, first) {
		t.Errorf("two names have the same secret, error %v", err)
	}
}

func TestASecretNeedsRandomBytes(t *testing.T) {
	s := open(t)
	s.Random = strings.NewReader("too short")
	if _, err := s.Secret(t.Context(), LinkSigning); err == nil {
		t.Error("no error")
	}
}

func TestAccessSecret(t *testing.T) {
	s := open(t)
	if _, err := s.Create(t.Context(), apikey.Key{Account: Operator}); err != nil {
		t.Fatal(err)
	}
	id := list(t, s)[0].ID
	first, err := s.AccessSecret(t.Context(), id)
	if err != nil || len(first) != 43 {
		t.Fatalf("%d characters, error %v", len(first), err)
	}
	if again, err := s.AccessSecret(t.Context(), id); err != nil || again != first {
		t.Errorf("a second call returns another secret key, error %v", err)
	}
	if _, err := s.AccessSecret(t.Context(), "nobody"); err == nil || !strings.Contains(err.Error(), "no key nobody is in force") {
		t.Errorf("an unknown id: error %v", err)
	}
	if err := s.Revoke(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AccessSecret(t.Context(), id); err == nil || !strings.Contains(err.Error(), "is in force") {
		t.Errorf("a revoked key: error %v", err)
	}
}
