// Package mcp serves Filmgate to language models: the Model Context Protocol (revision 2026-07-28 and those before it) over
// standard input and output, and over HTTP at /mcp.
//
// It calls nothing but the public API, through package client: from a process of its own to any server, and inside a server to the
// server's own routes ([Handler]). So keys, limits, errors and links are those of the API.
//
// What may enter: tools, prompts, and how a task of Filmgate is a task of the protocol's Tasks extension. What may not: a rule about
// tasks, and how a key is checked.
package mcp

import (
	"context"
	"io"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/filmgate/filmgate/internal/client"
)

// instructions tell the model how the tools belong together.
const instructions = "Filmgate makes videos. make_video creates a task and, if the client can follow tasks or waits long enough, answers with the " +
	"finished video; else call get_video with the id until its status is SUCCEEDED, FAILED or CANCELLED. A video usually takes from ten seconds to " +
	"some minutes. Show people the url. list_models says which models there are and what they take; without a model the server chooses one."

// Options are what a server needs.
type Options struct {
	Client  client.Client // calls the API
	Version string        // of this program, as clients are shown it
	Now     func() time.Time
}

// New returns a server with all tools and prompts. Each session and each request may use it at once.
func New(o Options) *sdk.Server { return newServer(o, nil) }

// newServer is New with a cache of the tools' schemas, which takes most of the time; nil = none.
func newServer(o Options, schemas *sdk.SchemaCache) *sdk.Server {
	s := &service{api: o.Client, now: o.Now}
	capabilities := &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}, Prompts: &sdk.PromptCapabilities{}} // their lists never change, so no listChanged
	capabilities.AddExtension(tasksExtension, nil)
	server := sdk.NewServer(&sdk.Implementation{Name: "filmgate", Title: "Filmgate", Version: o.Version},
		&sdk.ServerOptions{Instructions: instructions, Capabilities: capabilities, CompletionHandler: complete, SchemaCache: schemas})
	s.addTools(server)
	addPrompts(server)
	s.addTasks(server)
	return server
}

// service answers the calls of tools.
type service struct {
	api client.Client
	now func() time.Time
}

// Run serves one client over in and out until in ends or ctx does.
func Run(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	err := New(o).Run(ctx, &sdk.IOTransport{Reader: io.NopCloser(in), Writer: keepOpen{out}})
	if err != nil && ctx.Err() == nil {
		return err
	}
	return nil // in ended, or the server was told to end
}

// keepOpen is a writer that its user may not close.
type keepOpen struct{ io.Writer }

// Close does nothing.
func (keepOpen) Close() error { return nil }
