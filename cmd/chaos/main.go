// Command chaos kills servers, their vendor and their database at random moments while callers create tasks, and proves afterwards that no
// task was lost and none was paid for twice. It needs the built program, ffmpeg, and PostgreSQL and versitygw for --database postgres.
//
// What may enter: flags and output. The run itself is in internal/chaos.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/chaos"
)

// errFailed means that a run has found problems, which are printed.
var errFailed = errors.New("the proof has failed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	chaos.Options
	report   string
	planOnly bool
}

// run parses the arguments and makes the runs.
func run(ctx context.Context, args []string, out io.Writer) error {
	o := options{Options: chaos.Options{Slow: true, Log: out}}
	c := &cobra.Command{
		Use:           "chaos",
		Short:         "Kill servers at random moments, and prove that nothing was lost and nothing paid for twice",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(*cobra.Command, []string) error { return o.all(ctx, args, out) },
	}
	c.Flags().StringVar(&o.Program, "program", filepath.Join("bin", "filmgate"), "the program to run")
	c.Flags().Uint64Var(&o.Seed, "seed", 0, "of the plan; 0 = a random one, which is printed")
	c.Flags().IntVar(&o.Tasks, "tasks", 1000, "tasks to create, on each database")
	c.Flags().IntVar(&o.Kills, "kills", 50, "kills of the servers, the vendor and the database together, on each database")
	c.Flags().IntVar(&o.Nodes, "nodes", 3, "servers on PostgreSQL, in turn of the roles all, api and worker; SQLite has one")
	c.Flags().StringVar(&o.Database, "database", "both", "sqlite, postgres or both, one after the other")
	c.Flags().StringVar(&o.report, "report", "", "a file to write the report to, in Markdown")
	c.Flags().BoolVar(&o.planOnly, "plan", false, "only print what would happen")
	c.SetArgs(args)
	c.SetOut(out)
	return c.ExecuteContext(ctx)
}

// all makes a run on each of the chosen databases, and writes the report.
func (o options) all(ctx context.Context, args []string, out io.Writer) error {
	if o.Tasks < 1 || o.Kills < 0 || o.Nodes < 1 {
		return fmt.Errorf("--tasks and --nodes must be 1 or more, --kills 0 or more; got %d, %d and %d", o.Tasks, o.Nodes, o.Kills)
	}
	databases, ok := map[string][]string{"sqlite": {chaos.SQLite}, "postgres": {chaos.Postgres}, "both": {chaos.SQLite, chaos.Postgres}}[o.Database]
	if !ok {
		return fmt.Errorf("--database %q: allowed are sqlite, postgres and both", o.Database)
	}
	if o.Seed == 0 {
		o.Seed = rand.Uint64N(1_000_000) //nolint:gosec // it need not be secret
		args = append(args, fmt.Sprintf("--seed=%d", o.Seed))
	}
	var results []chaos.Result
	problems := 0
	for _, o.Database = range databases {
		if o.planOnly {
			fmt.Fprint(out, chaos.NewPlan(o.Options))
			continue
		}
		r, err := chaos.Run(ctx, o.Options)
		if err != nil {
			return fmt.Errorf("%s, --seed=%d: %w", o.Database, o.Seed, err)
		}
		fmt.Fprint(out, r)
		results, problems = append(results, r), problems+len(r.Problems)
	}
	if o.report != "" && results != nil {
		command := `make chaos CHAOS="` + strings.Join(args, " ") + `"`
		if err := os.WriteFile(o.report, []byte(chaos.Report(command, results)), 0o644); err != nil { //nolint:gosec // it is a page for everybody
			return fmt.Errorf("--report: %w", err)
		}
	}
	if problems > 0 {
		return fmt.Errorf("%w: %d problems, --seed=%d", errFailed, problems, o.Seed)
	}
	return nil
}
