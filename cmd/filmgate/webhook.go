package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/terminal"
)

func (p program) webhookCommand() *cobra.Command {
	list := p.clientCommand("list", "List the webhooks", func(ctx context.Context, c client.Client, _ []string) error {
		all, err := c.Webhooks(ctx)
		if err != nil {
			return err
		}
		return terminal.Webhooks(p.out, all)
	})
	remove := p.clientCommand("delete", "Delete a webhook and its log", func(ctx context.Context, c client.Client, args []string) error {
		if err := c.DeleteWebhook(ctx, args[0]); err != nil {
			return err
		}
		return p.say("webhook %s is deleted\n", args[0])
	}, "ID")
	test := p.clientCommand("test", "Send a test event", func(ctx context.Context, c client.Client, args []string) error {
		d, err := c.TestWebhook(ctx, args[0])
		if err != nil {
			return err
		}
		return p.say("delivery %s is under way; see what came of it: filmgate webhook deliveries %s\n", d.ID, args[0])
	}, "ID")
	deliveries, replay := p.webhookDeliveriesCommand(), p.webhookReplayCommand()
	p.completeFromServer(webhookCompletions, remove, test, deliveries, replay)
	return ownGroup("webhook", "Have a URL told of a running server's events", p.webhookCreateCommand(), list, remove, test, deliveries, replay)
}

// say prints a line.
func (p program) say(format string, a ...any) error {
	_, err := fmt.Fprintf(p.out, format, a...)
	return err
}

func (p program) webhookCreateCommand() *cobra.Command {
	var types []string
	var description string
	create := p.clientCommand("create", "Make a webhook and print its secret, this once", func(ctx context.Context, c client.Client, args []string) error {
		w, err := c.CreateWebhook(ctx, client.NewWebhook{URL: args[0], Types: types, Description: description})
		if err != nil {
			return err
		}
		return p.say("webhook: %s\nsecret:  %s\n", w.ID, w.Secret)
	}, "URL")
	create.Flags().StringSliceVar(&types, "types", nil, "types of events that it is told of, such as task.succeeded,task.failed; empty takes all")
	create.Flags().StringVar(&description, "description", "", "what it is for")
	return create
}

func (p program) webhookDeliveriesCommand() *cobra.Command {
	const most = 100
	limit := 20
	deliveries := p.clientCommand("deliveries", "List the newest deliveries to a webhook", func(ctx context.Context, c client.Client, args []string) error {
		if limit < 1 || limit > most {
			return config.Usage(fmt.Errorf("--limit: %d is not from 1 to %d", limit, most))
		}
		all, err := c.Deliveries(ctx, args[0], limit)
		if err != nil {
			return err
		}
		return terminal.Deliveries(p.out, all)
	}, "ID")
	deliveries.Flags().IntVar(&limit, "limit", limit, "how many")
	return deliveries
}

func (p program) webhookReplayCommand() *cobra.Command {
	var since string
	replay := p.clientCommand("replay", "Deliver again what happened since a time", func(ctx context.Context, c client.Client, args []string) error {
		if since == "" {
			return config.Usage(fmt.Errorf("--since is needed: a time such as 2026-11-23T12:00:00Z"))
		}
		n, err := c.Replay(ctx, args[0], since)
		if err != nil {
			return err
		}
		return p.say("%d events are delivered again\n", n)
	}, "ID")
	replay.Flags().StringVar(&since, "since", "", "time from which on, such as 2026-11-23T12:00:00Z")
	return replay
}
