package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/client"
	"github.com/filmgate/filmgate/internal/config"
	"github.com/filmgate/filmgate/internal/terminal"
)

// clientCommand returns a command that calls a running server.
func (p program) clientCommand(use, short string, do func(context.Context, client.Client, []string) error, names ...string) *cobra.Command {
	return p.command(use, short, func(ctx context.Context, s config.Settings, args []string) error {
		return do(ctx, client.Client{Base: s.Server, Key: s.APIKey, HTTP: p.http}, args)
	}, names, config.PartClient)
}

func (p program) generateCommand() *cobra.Command {
	var g client.Generation
	var output string
	c := p.clientCommand("generate", "Make a video on a running server and download it", func(ctx context.Context, c client.Client, _ []string) error {
		return p.generate(ctx, c, g, output)
	})
	f := c.Flags()
	f.StringVar(&g.Prompt, "prompt", "", "what the video shows and how the camera moves")
	f.StringVar(&g.Image, "image", "", "picture (JPEG, PNG, WebP, AVIF or HEIC) that the video starts on: a file or a URL")
	f.StringArrayVar(&g.ReferenceImages, "reference-image", nil,
		"picture of who or what is in the video, as `SOURCE[:ROLE][:NAME]`: a file or a URL, general, subject or style, and the name by which the prompt mentions it (@NAME); may be repeated")
	f.StringArrayVar(&g.ReferenceAudio, "reference-audio", nil,
		"recording (WAV, MP3, AAC, M4A, Ogg or FLAC) of what is heard in it, as `SOURCE[:NAME]`; may be repeated")
	f.BoolFunc("audio", "ask for sound; refused if the model makes none", func(text string) error { return setAudio(&g.Audio, text, true) })
	f.BoolFunc("no-audio", "ask for no sound; refused if the model always makes it", func(text string) error { return setAudio(&g.Audio, text, false) })
	f.IntVar(&g.Seconds, "seconds", 5, "length; the server says which are possible")
	f.StringVar(&g.Model, "model", "", "model, one of `filmgate models`; empty takes the server's default")
	f.StringVar(&g.Seed, "seed", "", "0 to 4294967295: the same seed makes the same video; empty lets the server choose")
	f.StringVarP(&output, "output", "o", "", "file to write (default: the task's id and .mp4)")
	completeFiles(c, "image")
	completeFiles(c, "output")
	completeFlag(c, "model", p.fromServer(modelCompletions))
	return c
}

// setAudio reads --audio, or --no-audio with on false: text is "true" unless the user wrote another value.
func setAudio(audio **bool, text string, on bool) error {
	given, err := strconv.ParseBool(text)
	if err != nil {
		return errors.New("allowed are true and false")
	}
	wish := given == on
	if *audio != nil && **audio != wish {
		return errors.New("--audio and --no-audio contradict each other")
	}
	*audio = &wish
	return nil
}

func (p program) generate(ctx context.Context, c client.Client, g client.Generation, output string) error {
	request, err := g.Request()
	if err != nil {
		return config.Usage(err)
	}
	if err := checkFolder(output); err != nil {
		return err
	}
	first, err := c.Create(ctx, request)
	if err != nil {
		return err
	}
	last, err := p.watch(ctx, first, c.Status, c.Follow)
	if err != nil {
		return err
	}
	if output == "" {
		output = last.ID + ".mp4"
	}
	if err := c.Download(ctx, last.URL, output, last.Size); err != nil {
		return fmt.Errorf("the video was made, and is at %s, but: %w", last.URL, err)
	}
	_, err = fmt.Fprintln(p.out, output)
	return err
}

// watch shows a task's progress until it has ended. The error says why there is no video. If the user interrupts it, the
// task goes on.
func (p program) watch(ctx context.Context, first client.Status, poll func(context.Context, string) (client.Status, error),
	follow func(context.Context, string, *string, func(client.Status)) error) (client.Status, error) {
	progress := terminal.NewProgress(p.out, p.terminal, first)
	last, err := client.Watcher{Wait: p.wait, Poll: poll, Show: progress.Show, Follow: follow}.Watch(ctx, first)
	progress.Close()
	if errors.Is(err, client.ErrInterrupted) {
		fmt.Fprintf(p.err, "Task %[1]s goes on at the server.\n  watch it:  filmgate task watch %[1]s\n  cancel it: filmgate task cancel %[1]s\n", last.ID)
	}
	if err != nil {
		return last, err
	}
	return last, last.Outcome()
}

func (p program) taskCommand() *cobra.Command {
	limit := 20
	list := p.clientCommand("list", "List the newest tasks", func(ctx context.Context, c client.Client, _ []string) error {
		if limit < 1 {
			return config.Usage(fmt.Errorf("--limit: %d is not 1 or more", limit))
		}
		tasks, err := c.Tasks(ctx, limit)
		if err != nil {
			return err
		}
		return terminal.Tasks(p.out, tasks)
	})
	list.Flags().IntVar(&limit, "limit", limit, "how many")
	get := p.clientCommand("get", "Print everything about a task, as JSON", func(ctx context.Context, c client.Client, args []string) error {
		answer, err := c.Task(ctx, args[0])
		if err != nil {
			return err
		}
		return terminal.JSON(p.out, answer)
	}, "ID")
	watch := p.clientCommand("watch", "Show a task's progress until it has ended", func(ctx context.Context, c client.Client, args []string) error {
		first, err := c.Status(ctx, args[0])
		if err != nil {
			return err
		}
		last, err := p.watch(ctx, first, c.Status, c.Follow)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.out, last.URL)
		return err
	}, "ID")
	cancel := p.clientCommand("cancel", "Cancel a task that has not ended", func(ctx context.Context, c client.Client, args []string) error {
		if err := c.Cancel(ctx, args[0]); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.out, "task %s is cancelled\n", args[0])
		return err
	}, "ID")
	p.completeFromServer(taskCompletions, get, watch, cancel)
	return ownGroup("task", "See and cancel the tasks of a running server", list, get, watch, cancel)
}

func (p program) modelsCommand() *cobra.Command {
	raw := false
	c := p.clientCommand("models", "List the models, the engines that make them in order, and what each can do", func(ctx context.Context, c client.Client, _ []string) error {
		answer, err := c.Models(ctx)
		if err != nil {
			return err
		}
		if raw {
			return terminal.JSON(p.out, answer)
		}
		models, err := decodeModels(answer)
		if err != nil {
			return err
		}
		return terminal.Models(p.out, models)
	})
	c.Flags().BoolVar(&raw, "json", false, "print all that is known, as JSON")
	return c
}

func decodeModels(answer []byte) ([]client.Model, error) {
	var list struct {
		Models []client.Model `json:"models"`
	}
	err := client.Decode(answer, &list)
	return list.Models, err
}
