// Command filmgate is the server, and the client at a terminal: serve answers the API; generate and task call a running
// server; key, migrate and doctor look after the server's own machine.
//
// What may enter: settings, wiring, what people see at a terminal. What may not: a rule about tasks.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/node"
	"github.com/filmgate/filmgate/internal/terminal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(program{
		in:       os.Stdin,
		out:      os.Stdout,
		err:      os.Stderr,
		terminal: terminal.Is(os.Stdout),
		getenv:   os.Getenv,
		http:     &http.Client{},
		wait:     wait,
		now:      time.Now,
		random:   rand.Reader,
		hangups:  hangups,
	}.run(ctx, os.Args[1:]))
}

// program holds what the commands use of the process and its machine. Tests replace it.
type program struct {
	in       io.Reader
	out, err io.Writer
	terminal bool // out is a terminal
	getenv   func(string) string
	http     *http.Client
	wait     func(context.Context, time.Duration) error // returns early, with the context's error, when that ends
	now      func() time.Time
	random   io.Reader
	hangups  func() (<-chan os.Signal, func()) // a channel of the signals to reload the settings file, and a function that ends them
}

// The program's exit codes. A task that failed, a refused request and an unreachable server are all exitFailure.
const (
	exitFailure     = 1
	exitUsage       = 2   // a flag, argument or setting is wrong
	exitInterrupted = 130 // as shells have it: 128 and the number of SIGINT
)

// run executes the command that args name, and returns the exit code.
func (p program) run(ctx context.Context, args []string) int {
	root := p.commands()
	root.SetArgs(append([]string{}, args...)) // nil would mean the process's own
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if usage := (*config.UsageError)(nil); errors.As(err, &usage) {
		fmt.Fprintf(p.err, "filmgate: %v\n", err)
		return exitUsage
	}
	if errors.Is(err, client.ErrInterrupted) {
		return exitInterrupted
	}
	fmt.Fprintf(p.err, "filmgate: %v\n", err)
	return exitFailure
}

// commands returns the root command.
func (p program) commands() *cobra.Command {
	root := ownGroup("filmgate", "Makes videos: a gateway before video engines, with a renderer of its own",
		p.serveCommand(), p.generateCommand(), p.taskCommand(), p.storyboardCommand(), p.webhookCommand(), p.modelsCommand(), p.mcpCommand(), p.keyCommand(),
		p.configCommand(), p.engineCommand(), p.migrateCommand(), p.backupCommand(), p.restoreCommand(), p.retentionCommand(), p.doctorCommand(), p.manCommand(), p.versionCommand())
	root.Long = root.Short + `.

` + "`filmgate serve`" + ` needs no settings: its data goes to the folder ./data, and videos are made by the renderer that is built in, which
needs ffmpeg. ` + "`filmgate generate`" + ` makes a video on a running server.

Each setting is a flag of the commands that use it, and an environment variable, which the flag's text names; the flag wins.

The exit status is 0 after success, 1 after a failure, 2 if a flag, an argument or a setting is wrong, and 130 after an interrupt.`
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return config.Usage(fmt.Errorf("%w; see `%s --help`", err, c.CommandPath()))
	})
	completeNothingElse(root)
	return root
}

// ownGroup returns a command that only holds others. By itself it prints its help.
func ownGroup(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use:   use,
		Short: short,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return config.Usage(fmt.Errorf("there is no command %q; see `%s --help`", args[0], c.CommandPath()))
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(commands...)
	return c
}

// command returns a command that takes the named arguments and the settings of the parts.
func (p program) command(use, short string, do func(ctx context.Context, s config.Settings, args []string) error, names []string, parts ...config.Part) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short}
	for _, name := range names {
		c.Use += " " + name
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return config.Usage(fmt.Errorf("%d arguments where %d are taken: %s", len(args), len(names), c.UseLine()))
		}
		return nil
	}
	c.ValidArgsFunction = completeNames(names)
	addFlags(c, parts...)
	c.RunE = func(c *cobra.Command, args []string) error {
		s, err := config.Read(p.source(c.Flags()), parts...)
		if err != nil {
			return err
		}
		return do(c.Context(), s, args)
	}
	return c
}

// addFlags adds a flag for each setting of the parts. Their defaults are empty: a variable comes before the default.
func addFlags(c *cobra.Command, parts ...config.Part) {
	for _, s := range config.Of(parts...) {
		origin := s.Env()
		if s.Default != "" {
			origin += fmt.Sprintf(", default %q", s.Default)
		}
		// Manual pages are Markdown first: "[…] (…)" would be a link there.
		c.Flags().String(s.Flag(), "", fmt.Sprintf("%s; %s [%s]", s.Help, s.Allowed, origin))
		completeFlag(c, s.Flag(), completeSetting(s))
	}
}

// source returns where a command takes its settings from.
func (p program) source(flags *pflag.FlagSet) config.Source {
	return config.Source{
		Flag: func(name string) (string, bool) {
			f := flags.Lookup(name)
			if f == nil || !f.Changed {
				return "", false
			}
			return f.Value.String(), true
		},
		Getenv:      p.getenv,
		CheckPrefix: node.CheckPrefix,
		CheckBlob:   node.CheckBlobURL,
	}
}

// hangups returns a channel that receives each SIGHUP, and a function that ends this. Before and after, SIGHUP ends the process.
func hangups() (<-chan os.Signal, func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	return signals, func() { signal.Stop(signals) }
}

// wait waits for d. It returns early, with the context's error, if ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
