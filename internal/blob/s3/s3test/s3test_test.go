package s3test

import (
	"errors"
	"net"
	"net/url"
	"testing"
)

func TestServerDoesNotWaitForAnAddressThatIsTaken(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	s := Start(t)
	s.Stop()
	here := s.Endpoint
	s.Endpoint = (&url.URL{Scheme: "http", Host: l.Addr().String()}).String()
	if err := s.Reopen(t.Context()); !errors.Is(err, errAddressTaken) {
		t.Fatalf("%v at an address that is taken", err)
	}
	s.Endpoint = here
	s.Resume(t)
}
