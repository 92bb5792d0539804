package terminal

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/client"
)

// Webhooks prints a line for each webhook.
func Webhooks(out io.Writer, all []client.Webhook) error {
	table := newTable(out, "ID\tENABLED\tEVENTS\tURL\tDESCRIPTION")
	for _, w := range all {
		enabled := "yes"
		if !w.Enabled {
			enabled = "no: " + shorten(w.Reason, 60)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", w.ID, enabled, cmp.Or(strings.Join(w.Types, ","), "all"), shorten(w.URL, 80), shorten(w.Description, 40))
	}
	return table.Flush()
}

// Deliveries prints a line for each delivery, with its last attempt.
func Deliveries(out io.Writer, all []client.Delivery) error {
	table := newTable(out, "ID\tCREATED\tTYPE\tTASK\tSTATUS\tATTEMPTS\tLAST")
	for _, d := range all {
		last := "-"
		if n := len(d.Attempts); n > 0 {
			last = cmp.Or(d.Attempts[n-1].Error, fmt.Sprint(d.Attempts[n-1].Status))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", d.ID, d.Created.Local().Format(time.DateTime), d.Type, cmp.Or(d.Task, "-"), d.Status, len(d.Attempts), shorten(last, 80))
	}
	return table.Flush()
}
