package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/mcp"
)

func (p program) mcpCommand() *cobra.Command {
	c := p.clientCommand("mcp", "Serve the Model Context Protocol over standard input and output, for programs with language models", func(ctx context.Context, c client.Client, _ []string) error {
		return mcp.Run(ctx, mcp.Options{Client: c, Version: thisVersion(), Now: p.now}, p.in, p.out)
	})
	c.Long = c.Short + `.

The program that starts it calls its tools, and they call a running server (FILMGATE_URL, FILMGATE_API_KEY). A server answers the same
protocol over HTTP itself, at /mcp.`
	return c
}
