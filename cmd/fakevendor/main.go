// Command fakevendor is a fake video vendor that misbehaves on demand: it serves the wires of all vendors on one port, and
// a page at / that lists the requests. Point an engine's base URL at it.
//
// What may enter: flags and the HTTP server. The vendor itself is in internal/fakevendor.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/fakevendor"
)

// version is set by the linker.
var version = "unknown"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fakevendor:", err)
		os.Exit(1)
	}
}

// run parses the arguments and serves until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	var o fakevendor.Options
	addr := "127.0.0.1:8090"
	c := &cobra.Command{
		Use:           "fakevendor",
		Short:         "A fake video vendor that misbehaves on demand",
		Long:          long(),
		Version:       version,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(*cobra.Command, []string) error { return serve(ctx, addr, o, out) },
	}
	c.Flags().StringVar(&addr, "addr", addr, "host and port to listen on; port 0 = a free one")
	c.Flags().StringVar(&o.Key, "key", fakevendor.Key, "the only key that is accepted; for Kling the secret key, with the access key \"access\"")
	c.Flags().DurationVar(&o.Takes, "takes", 3*time.Second, "time from a submit to the finished video")
	c.Flags().DurationVar(&o.Delay, "delay", 0, "time before each answer")
	c.Flags().StringVar(&o.Faults, "faults", "", "fault words for every task, as in a prompt: \"cut:50% 429:1\"")
	c.SetArgs(args)
	c.SetOut(out)
	return c.ExecuteContext(ctx)
}

// long returns the help text, with the wires and the fault words.
func long() string {
	var b strings.Builder
	b.WriteString("Serves the wires of video vendors, each under its name, and a page at / that lists the requests.\n\nWires:")
	for _, w := range fakevendor.Wires() {
		b.WriteString(" /" + w)
	}
	b.WriteString("\n\nFault words for prompts, for the header " + fakevendor.FaultHeader + " and for --faults:\n")
	for _, w := range fakevendor.Words() {
		fmt.Fprintf(&b, "  %-24s %s\n", w[0], w[1])
	}
	return b.String()
}

// serve serves until ctx ends. Running requests then get one more second.
func serve(ctx context.Context, addr string, o fakevendor.Options, out io.Writer) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	v := fakevendor.New(o)
	s := &http.Server{Handler: v, ReadHeaderTimeout: 10 * time.Second}
	go callBack(ctx, v)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	_, _ = fmt.Fprintf(out, "listening on http://%s\n", l.Addr())
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer stop()
	if err := s.Shutdown(last); err != nil {
		_ = s.Close() // some requests hang because a fault word asks for it
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// callBack sends callbacks as they fall due, until ctx ends.
func callBack(ctx context.Context, v *fakevendor.Vendor) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			v.CallBack(ctx)
		case <-ctx.Done():
			return
		}
	}
}
