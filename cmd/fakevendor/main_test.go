package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestRunPrintsItsAddressAndStopsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"--addr", "127.0.0.1:0", "--faults", "503", "--key", "another key"}, w)
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("it prints %q, %v", line, err)
	}
	for key, want := range map[string]int{"another key": http.StatusServiceUnavailable, "a wrong one": http.StatusUnauthorized} {
		q, err := http.NewRequestWithContext(t.Context(), "POST", url+"/luma/generations", strings.NewReader(`{"model":"ray-2","prompt":"a cat"}`))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Authorization", "Bearer "+key)
		resp, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", key, resp.StatusCode, want)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestHelpExplainsEveryWireAndWord(t *testing.T) {
	var b strings.Builder
	if err := run(t.Context(), []string{"--help"}, &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/runway", "/kling", "late-cancel", "429:3", "--takes"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the help lacks %s", want)
		}
	}
}

func TestBadFlagsAreErrors(t *testing.T) {
	for _, args := range [][]string{{"--takes", "soon"}, {"--addr", "nowhere"}, {"--unknown"}, {"argument"}} {
		if err := run(t.Context(), args, io.Discard); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}
