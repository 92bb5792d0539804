package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/filmgate/filmgate/internal/config"
)

// wireTask is what this client reads of a task from the server's own calls.
type wireTask struct {
	ID       string    `json:"id"`
	Status   string    `json:"status"`
	Model    string    `json:"model"`
	Prompt   string    `json:"prompt"`
	Progress float64   `json:"progress"`
	Created  time.Time `json:"created_at"`
	Failure  *struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	} `json:"failure"`
	Artifacts []struct {
		URL string `json:"url"`
	} `json:"artifacts"`
}

func (t wireTask) status() taskStatus {
	s := taskStatus{ID: t.ID, Status: t.Status, Progress: t.Progress}
	if t.Failure != nil {
		s.Reason = t.Failure.Reason + ": " + t.Failure.Message
	}
	if len(t.Artifacts) > 0 {
		s.URL = t.Artifacts[0].URL
	}
	return s
}

func (p program) taskCommand() *cobra.Command {
	limit := 20
	list := p.command("list", "List the newest tasks", func(ctx context.Context, s config.Settings, _ []string) error {
		return p.listTasks(ctx, p.client(s), limit)
	}, nil, config.PartClient)
	list.Flags().IntVar(&limit, "limit", limit, "how many")
	get := p.command("get", "Print everything about a task, as JSON", func(ctx context.Context, s config.Settings, args []string) error {
		return p.getTask(ctx, p.client(s), args[0])
	}, []string{"ID"}, config.PartClient)
	watch := p.command("watch", "Show a task's progress until it has ended", func(ctx context.Context, s config.Settings, args []string) error {
		return p.watchTask(ctx, p.client(s), args[0])
	}, []string{"ID"}, config.PartClient)
	cancel := p.command("cancel", "Cancel a task that has not ended", func(ctx context.Context, s config.Settings, args []string) error {
		return p.cancelTask(ctx, p.client(s), args[0])
	}, []string{"ID"}, config.PartClient)
	return ownGroup("task", "See and cancel the tasks of a running server", list, get, watch, cancel)
}

func taskPath(id string) string { return "/api/v1/tasks/" + url.PathEscape(id) }

// pageLimit is how many tasks are asked for at once.
const pageLimit = 100

func (p program) listTasks(ctx context.Context, c client, limit int) error {
	if limit < 1 {
		return config.Usage(fmt.Errorf("--limit: %d is not 1 or more", limit))
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTATUS\tPROGRESS\tMODEL\tCREATED\tPROMPT")
	query := url.Values{}
	for {
		query.Set("limit", strconv.Itoa(min(limit, pageLimit)))
		answer, err := c.call(ctx, http.MethodGet, "/api/v1/tasks?"+query.Encode(), nil)
		if err != nil {
			return err
		}
		var page struct {
			Tasks []wireTask `json:"tasks"`
			Next  *string    `json:"next"`
		}
		if err := decode(answer, &page); err != nil {
			return err
		}
		for _, t := range page.Tasks[:min(limit, len(page.Tasks))] {
			limit--
			fmt.Fprintf(table, "%s\t%s\t%d%%\t%s\t%s\t%s\n", t.ID, t.Status, t.status().percent(), t.Model,
				t.Created.Local().Format(time.DateTime), shorten(t.Prompt, 60))
		}
		if page.Next == nil || limit == 0 || len(page.Tasks) == 0 {
			return table.Flush()
		}
		query.Set("cursor", *page.Next)
	}
}

// shorten makes one line of at most n characters of text.
func shorten(text string, n int) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > n {
		return string(line[:n-1]) + "…"
	}
	return string(line)
}

func (p program) getTask(ctx context.Context, c client, id string) error {
	answer, err := c.call(ctx, http.MethodGet, taskPath(id), nil)
	if err != nil {
		return err
	}
	return p.printJSON(answer)
}

// readTask asks how a task stands.
func readTask(ctx context.Context, c client, id string) (taskStatus, error) {
	answer, err := c.call(ctx, http.MethodGet, taskPath(id), nil)
	if err != nil {
		return taskStatus{}, err
	}
	var t wireTask
	err = decode(answer, &t)
	return t.status(), err
}

// watchTask ends with the video's URL, or with the reason why there is none.
func (p program) watchTask(ctx context.Context, c client, id string) error {
	first, err := readTask(ctx, c, id)
	if err != nil {
		return err
	}
	last, err := p.watch(ctx, first, func(ctx context.Context) (taskStatus, error) { return readTask(ctx, c, id) })
	if err != nil {
		return err
	}
	if err := last.outcome(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, last.URL)
	return err
}

func (p program) cancelTask(ctx context.Context, c client, id string) error {
	if _, err := c.call(ctx, http.MethodPost, taskPath(id)+"/cancel", nil); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.out, "task %s is cancelled\n", id)
	return err
}
