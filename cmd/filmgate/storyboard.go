package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/terminal"
)

func (p program) storyboardCommand() *cobra.Command {
	wait := p.clientCommand("wait", "Show the progress of the newest render until it has ended", func(ctx context.Context, c client.Client, args []string) error {
		last, err := p.lastRender(ctx, c, args[0])
		if err != nil {
			return err
		}
		return p.say("%s\n", last.URL)
	}, "ID")
	show, render, download, sheet := p.storyboardShowCommand(), p.storyboardRenderCommand(), p.storyboardDownloadCommand(), p.storyboardSheetCommand()
	p.completeFromServer(storyboardCompletions, show, render, wait, download, sheet)
	return ownGroup("storyboard", "Make storyboards on a running server, and one video of each",
		p.storyboardCreateCommand(), p.storyboardListCommand(), show, render, wait, download, sheet)
}

func (p program) storyboardCreateCommand() *cobra.Command {
	var key string
	create := p.clientCommand("create", "Make a storyboard of a JSON file, and print its id", func(ctx context.Context, c client.Client, args []string) error {
		body, err := client.NewStoryboard(args[0])
		if err != nil {
			return config.Usage(err)
		}
		made, err := c.CreateStoryboard(ctx, body, key)
		if err != nil {
			return err
		}
		return p.say("%s\n", made.ID)
	}, "FILE")
	create.Flags().StringVar(&key, "key", "", "idempotency key: with the same one and the same file, the command makes one storyboard however often it runs in a day")
	return create
}

func (p program) storyboardListCommand() *cobra.Command {
	limit := 20
	list := p.clientCommand("list", "List the newest storyboards", func(ctx context.Context, c client.Client, _ []string) error {
		if limit < 1 {
			return config.Usage(fmt.Errorf("--limit: %d is not 1 or more", limit))
		}
		all, err := c.Storyboards(ctx, limit)
		if err != nil {
			return err
		}
		return terminal.Storyboards(p.out, all)
	})
	list.Flags().IntVar(&limit, "limit", limit, "how many")
	return list
}

func (p program) storyboardShowCommand() *cobra.Command {
	raw := false
	show := p.clientCommand("show", "List the shots of a storyboard with their chosen takes", func(ctx context.Context, c client.Client, args []string) error {
		answer, err := c.Storyboard(ctx, args[0])
		if err != nil {
			return err
		}
		if raw {
			return terminal.JSON(p.out, answer)
		}
		var b client.Storyboard
		if err := client.Decode(answer, &b); err != nil {
			return err
		}
		return terminal.Storyboard(p.out, b)
	}, "ID")
	show.Flags().BoolVar(&raw, "json", false, "print all that is known, as JSON")
	return show
}

func (p program) storyboardRenderCommand() *cobra.Command {
	var name string
	render := p.clientCommand("render", "Have the chosen takes joined to one video, and print the task's id", func(ctx context.Context, c client.Client, args []string) error {
		made, err := c.RenderStoryboard(ctx, args[0], name)
		if err != nil {
			return err
		}
		return p.say("%s\n", made.ID)
	}, "ID")
	render.Flags().StringVar(&name, "name", "", "name of the task and of its downloads; empty takes the storyboard's")
	return render
}

// lastRender shows the progress of the newest render of a storyboard until it has ended, and returns its status. The error says why
// there is no video.
func (p program) lastRender(ctx context.Context, c client.Client, id string) (client.Status, error) {
	first, err := c.LastRender(ctx, id)
	if err != nil {
		return first, err
	}
	return p.watch(ctx, first, c.Status, c.Follow)
}

func (p program) storyboardDownloadCommand() *cobra.Command {
	var output string
	download := p.clientCommand("download", "Download the video of the newest render, once it has ended", func(ctx context.Context, c client.Client, args []string) error {
		if err := checkFolder(output); err != nil {
			return err
		}
		last, err := p.lastRender(ctx, c, args[0])
		if err != nil {
			return err
		}
		name := output
		if name == "" {
			name = last.ID + ".mp4"
		}
		if err := c.Download(ctx, last.URL, name, last.Size); err != nil {
			return fmt.Errorf("the video was made, and is at %s, but: %w", last.URL, err)
		}
		return p.say("%s\n", name)
	}, "ID")
	download.Flags().StringVarP(&output, "output", "o", "", "file to write (default: the task's id and .mp4)")
	completeFiles(download, "output")
	return download
}

func (p program) storyboardSheetCommand() *cobra.Command {
	output := "contact-sheet.jpg"
	sheet := p.clientCommand("sheet", "Write a contact sheet of the shots: a JPEG, or a PDF if the file's name ends with .pdf", func(ctx context.Context, c client.Client, args []string) error {
		if err := checkFolder(output); err != nil {
			return err
		}
		format := "jpeg"
		if strings.EqualFold(filepath.Ext(output), ".pdf") {
			format = "pdf"
		}
		content, err := c.ContactSheet(ctx, args[0], format)
		if err != nil {
			return err
		}
		if err := os.WriteFile(output, content, 0o644); err != nil { //nolint:gosec // a picture that the user asked for, as downloads are
			return err
		}
		return p.say("%s\n", output)
	}, "ID")
	sheet.Flags().StringVarP(&output, "output", "o", output, "file to write")
	completeFiles(sheet, "output")
	return sheet
}

// checkFolder refuses a file to write whose folder is not there; "" is none.
func checkFolder(output string) error {
	if folder := filepath.Dir(output); output != "" {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return config.Usage(fmt.Errorf("--output: there is no folder %s", folder))
		}
	}
	return nil
}
