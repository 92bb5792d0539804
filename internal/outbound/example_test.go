package outbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"

	"github.com/filmgate/filmgate/internal/outbound"
)

// A client refuses private addresses unless they are allowed.
func ExampleClient_Get() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, "a picture")
	}))
	defer s.Close()

	_, err := outbound.New(outbound.Options{}).Get(context.Background(), s.URL, 1<<20)
	fmt.Println(errors.Is(err, outbound.ErrForbiddenAddress), err)

	client := outbound.New(outbound.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	res, err := client.Get(context.Background(), s.URL, 1<<20)
	fmt.Println(res.Type, len(res.Bytes), err)

	_, err = client.Get(context.Background(), s.URL, 5)
	fmt.Println(err)
	// Output:
	// true the server could not be reached, or closed the connection
	// image/png 9 <nil>
	// the file is larger than 5 bytes
}
