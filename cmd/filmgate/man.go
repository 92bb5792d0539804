package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/filmgate/filmgate/internal/config"
)

// dateVariable holds the date of a build that can be repeated, in Unix seconds: https://reproducible-builds.org/specs/source-date-epoch/.
const dateVariable = "SOURCE_DATE_EPOCH"

// manCommand returns the command that writes the manual. It is of use to packages rather than to people at a terminal.
func (p program) manCommand() *cobra.Command {
	var c *cobra.Command
	c = p.command("man", "Write the manual pages of all commands into a folder", func(_ context.Context, _ config.Settings, args []string) error {
		return p.writeManual(c.Root(), args[0])
	}, []string{"DIR"})
	c.Long = c.Short + `.

DIR is made if it does not exist. Look at a page with ` + "`man -l DIR/filmgate.1`" + `. The pages carry the date in ` + dateVariable + `, in
Unix seconds, if that is set.`
	return c
}

// writeManual writes a page for the command, and for each below it, into the folder.
func (p program) writeManual(root *cobra.Command, folder string) error {
	date, err := p.buildDate()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // manual pages, which all may read
		return err
	}
	root.DisableAutoGenTag = true // no line at the end about what wrote the page
	return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "Filmgate " + thisVersion(), Manual: "Filmgate", Date: &date}, folder)
}

// buildDate returns the date that dateVariable holds, else the time, in UTC.
func (p program) buildDate() (time.Time, error) {
	text := p.getenv(dateVariable)
	if text == "" {
		return p.now().UTC(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, config.Usage(fmt.Errorf("%s is %q; allowed: a whole number of seconds since 1970", dateVariable, text))
	}
	return time.Unix(seconds, 0).UTC(), nil
}
