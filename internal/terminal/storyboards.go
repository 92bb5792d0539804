package terminal

import (
	"fmt"
	"io"
	"time"

	"github.com/filmgate/filmgate/internal/client"
)

// Storyboards prints a line for each storyboard.
func Storyboards(out io.Writer, all []client.Storyboard) error {
	table := newTable(out, "ID\tCREATED\tSHOTS\tNAME")
	for _, b := range all {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", b.ID, b.Created.Local().Format(time.DateTime), b.ShotCount, shorten(b.Name, 60))
	}
	return table.Flush()
}

// Storyboard prints a line for each shot of a storyboard, with its chosen take.
func Storyboard(out io.Writer, b client.Storyboard) error {
	table := newTable(out, "SHOT\tTRANSITION\tSECONDS\tTAKES\tTASK\tSTATUS\tPROMPT")
	for i, s := range b.Shots {
		status, prompt := "gone", ""
		for _, t := range s.Takes {
			if t.Task == s.Take && t.State != "" {
				status, prompt = takeStatus(t.State, t.Progress, t.Deleted, t.Failure), t.Prompt
			}
		}
		transition := s.Transition.Type
		if s.Transition.Seconds > 0 {
			transition = fmt.Sprintf("%s %gs", transition, s.Transition.Seconds)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%d\t%s\t%s\t%s\n", i+1, transition, secondsOf(s.Seconds), len(s.Takes), s.Take, status, shorten(prompt, 60))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	total := "not all shots have a video yet"
	if b.Ready && b.Seconds != nil {
		total = secondsOf(b.Seconds) + " seconds"
	}
	_, err := fmt.Fprintf(out, "%d shots, %s\n", len(b.Shots), total)
	return err
}

// takeStatus says where a take stands.
func takeStatus(state string, progress float64, deleted bool, failure string) string {
	switch {
	case deleted:
		return "deleted"
	case failure != "":
		return state + ": " + shorten(failure, 60)
	case state == "RUNNING":
		return fmt.Sprintf("%s %d%%", state, client.Status{Progress: progress}.Percent())
	}
	return state
}

func secondsOf(n *float64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprintf("%g", *n)
}
