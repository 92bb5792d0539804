package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/config"
)

// The shells' completions are cobra's: its command `filmgate completion` prints the scripts, which ask this program by a hidden
// command, __complete, for what may follow.
const (
	completionTime  = 2 * time.Second // a shell that waits for a server longer looks broken
	completionLimit = 50              // ids that a list shows
)

// completeNames completes the arguments of the names: FILE and DIR are paths, and nothing is known of the others.
func completeNames(names []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) < len(names) {
			switch names[len(args)] {
			case "FILE":
				return nil, cobra.ShellCompDirectiveDefault
			case "DIR":
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeSetting completes the value of a setting's flag. The shell leaves out what does not fit.
func completeSetting(s config.Setting) cobra.CompletionFunc {
	if s.Path {
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	}
	return cobra.FixedCompletions(s.Choices, cobra.ShellCompDirectiveNoFileComp)
}

// completeFlag sets how the value of a flag of the command is completed.
func completeFlag(c *cobra.Command, flag string, complete cobra.CompletionFunc) {
	_ = c.RegisterFlagCompletionFunc(flag, complete) // it fails only if there is no such flag, which a test would see
}

// completeNothingElse keeps shells from completing the other flags, of the command and of those below it, by the names of files.
func completeNothingElse(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if _, ok := c.GetFlagCompletionFunc(f.Name); !ok {
			completeFlag(c, f.Name, cobra.NoFileCompletions)
		}
	})
	for _, under := range c.Commands() {
		completeNothingElse(under)
	}
}

// completeFiles completes the value of a flag by the names of files.
func completeFiles(c *cobra.Command, flag string) {
	completeFlag(c, flag, cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault))
}

// completeFromServer completes the one argument of commands by what a running server has.
func (p program) completeFromServer(list func(context.Context, client.Client) ([]cobra.Completion, error), commands ...*cobra.Command) {
	complete := p.fromServer(list)
	for _, c := range commands {
		c.ValidArgsFunction = func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return complete(c, args, begun)
		}
	}
}

// fromServer completes by what a running server has. Without a server it offers nothing: an error text would stand in the
// command line.
func (p program) fromServer(list func(context.Context, client.Client) ([]cobra.Completion, error)) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		s, err := config.Read(p.source(c.Flags()), config.PartClient)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(c.Context(), completionTime)
		defer cancel()
		found, err := list(ctx, client.Client{Base: s.Server, Key: s.APIKey, HTTP: p.http})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

func taskCompletions(ctx context.Context, c client.Client) ([]cobra.Completion, error) {
	all, err := c.Tasks(ctx, completionLimit)
	return completions(all, func(t client.Task) (string, string) { return t.ID, t.State + ": " + t.Prompt }), err
}

func storyboardCompletions(ctx context.Context, c client.Client) ([]cobra.Completion, error) {
	all, err := c.Storyboards(ctx, completionLimit)
	return completions(all, func(b client.Storyboard) (string, string) { return b.ID, b.Name }), err
}

func webhookCompletions(ctx context.Context, c client.Client) ([]cobra.Completion, error) {
	all, err := c.Webhooks(ctx)
	return completions(all, func(w client.Webhook) (string, string) { return w.ID, w.URL }), err
}

func modelCompletions(ctx context.Context, c client.Client) ([]cobra.Completion, error) {
	answer, err := c.Models(ctx)
	if err != nil {
		return nil, err
	}
	all, err := decodeModels(answer)
	return completions(all, func(m client.Model) (string, string) { return m.Name, "" }), err
}

// completions returns what each thing is completed to, with its description if it has one.
func completions[T any](all []T, describe func(T) (value, description string)) []cobra.Completion {
	var out []cobra.Completion
	for _, one := range all {
		value, description := describe(one)
		out = append(out, cobra.CompletionWithDesc(value, description))
	}
	return out
}
