package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/client"
)

func newTable(out io.Writer, heads string) *tabwriter.Writer {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, heads)
	return table
}

// Tasks prints a line for each task.
func Tasks(out io.Writer, tasks []client.Task) error {
	table := newTable(out, "ID\tSTATUS\tPROGRESS\tMODEL\tCREATED\tPROMPT")
	for _, t := range tasks {
		fmt.Fprintf(table, "%s\t%s\t%d%%\t%s\t%s\t%s\n", t.ID, t.State, t.Status().Percent(), t.Model,
			t.Created.Local().Format(time.DateTime), shorten(t.Prompt, 60))
	}
	return table.Flush()
}

// shorten returns text as one line of at most n characters.
func shorten(text string, n int) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > n {
		return string(line[:n-1]) + "…"
	}
	return string(line)
}

// Keys prints a line for each key, without the keys themselves.
func Keys(out io.Writer, keys []apikey.Key) error {
	table := newTable(out, "ID\tBEGINS\tACCOUNT\tSCOPES\tCREATED\tREVOKED\tNAME")
	for _, k := range keys {
		revoked := "-"
		if !k.Revoked.IsZero() {
			revoked = k.Revoked.Local().Format(time.DateTime)
		}
		scopes := make([]string, len(k.Scopes))
		for i, scope := range k.Scopes {
			scopes[i] = string(scope)
		}
		fmt.Fprintf(table, "%s\t%s…\t%d\t%s\t%s\t%s\t%s\n", k.ID, k.Hint, k.Account, strings.Join(scopes, ","),
			k.Created.Local().Format(time.DateTime), revoked, k.Name)
	}
	return table.Flush()
}

// JSON prints an answer with indents.
func JSON(out io.Writer, answer []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, answer, "", "  "); err != nil {
		return client.Decode(answer, new(json.RawMessage))
	}
	_, err := fmt.Fprintln(out, strings.TrimSpace(b.String()))
	return err
}
