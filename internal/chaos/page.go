package chaos

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// pageHead explains the report.
const pageHead = `# The chaos run

This page was written by the program: %[1]s makes the same plan again. A plan is all that happens by itself: when which fault begins and
how long it lasts, and which create is sent when. What the server is doing at that moment differs from run to run.

Real server processes (` + "`filmgate serve`" + `) work with a vendor that counts its jobs: one on SQLite, several on PostgreSQL, of all three roles, which have one database
and one bucket of an S3 server. Callers create tasks through the creates of all dialects, each under an Idempotency-Key, for two accounts in turn, and repeat a create that got no
answer. Each call goes to the next server that runs. A task is read at once at each of them, after its create and after its cancel. Some callers are cut off in their first create, and of these some do
not ask again; some cancel their task.

One server, drawn at random, is killed by SIGKILL and started again up to eight seconds later, while the others go on, unless they are killed too; from the third second on they run its jobs. A kill of the vendor cuts its connections and closes its port; its jobs live on. A
kill of PostgreSQL is ` + "`pg_ctl stop -m immediate`" + `: it writes nothing more and cuts off its clients. The S3 server is killed by SIGKILL. The data folders are on a disk of their own, which is filled to the
last byte. The wall clock of one server is set, by up to half an hour, and set back some seconds later; its monotonic clock goes on, as on a machine whose clock is set.

Each account has a webhook of all events. Its receiver answers the first attempt of one event in ten with a 500, or not at all, or takes the event and loses the answer;
its port is closed now and then. Each account's stream of events is followed from the first event, cut off after at most four seconds, and resumed at the next server by Last-Event-ID.

After the last fault all becomes quiet. All servers then say the same of each task, and its row does. Of each task, the events are read that its own stream tells. Proven is, of each of them:

- The task's events are those that lead to its state: its creation, at most one begin of the work, one end.
- It came to the webhook of its account, signed, and not before the receiver had all earlier ones of the task. It may come more than once, under the same id.
- The stream that was cut off and resumed told it once, in order; so did another one at each server, from the first event to the last.
- The webhook's log has one delivery for it, which is delivered.

If a webhook still waits for a third attempt, the servers' clocks are set forward by some minutes, so that it comes.

Then the servers are stopped, and the rows are read by the server's own store packages, the files byte by byte in their folder, which of the bucket is that of the S3 server. Proven is, of each task:

- If its caller has got an id, or the Idempotency-Key leads to it, there is one row, and it has ended. No create has made two.
- If it SUCCEEDED, it has one artifact, of one video and five previews. Their sizes and SHA-256 are those of the row, and so are the width, height, frame rate and duration in the video.
- If a cancel was answered, it is CANCELLED. Nothing else is CANCELLED, and what has not SUCCEEDED has no artifact.
- The vendor has made at most one job for it; one more for each submit that is marked as unconfirmed, at the one engine that is set to ` + "`unconfirmed: resubmit`" + `. If it SUCCEEDED, there is a job.
- If the vendor has made a job and the task FAILED, its text says "unconfirmed". At an engine that takes our task's id or can look a job up, that never happens.
- After the sweep, each file belongs to a row, and each row has its files.

A task may fail without having been paid for: when each engine of its route has been tried or is paused, and at Luma, which takes pictures only from a public
server, which these are not.

`

// Report returns the page about the results of a command, in Markdown.
func Report(command string, results []Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, pageHead, "`"+command+"`")
	b.WriteString("| |")
	for _, r := range results {
		fmt.Fprintf(&b, " %s |", r.Database)
	}
	b.WriteString("\n|---|" + strings.Repeat("---:|", len(results)) + "\n")
	for _, name := range rowNames(results) {
		fmt.Fprintf(&b, "| %s |", name)
		for _, r := range results {
			fmt.Fprintf(&b, " %s |", valueOf(r.rows(), name))
		}
		b.WriteString("\n")
	}
	for _, r := range results {
		for _, text := range slices.Sorted(maps.Keys(r.Failures)) {
			fmt.Fprintf(&b, "\nOn %s, %d FAILED: %s\n", r.Database, r.Failures[text], text)
		}
		for _, text := range r.Skipped {
			fmt.Fprintf(&b, "\nSkipped on %s: %s\n", r.Database, text)
		}
		for _, p := range r.Problems {
			fmt.Fprintf(&b, "\n**Problem** on %s: %s\n", r.Database, p)
		}
	}
	return b.String()
}

// rowNames returns the names of all results' rows, in order.
func rowNames(results []Result) (names []string) {
	for _, r := range results {
		for i, row := range r.rows() {
			if !slices.Contains(names, row[0]) {
				names = slices.Insert(names, min(i, len(names)), row[0])
			}
		}
	}
	return names
}

// valueOf returns the value of the row with that name; "" if there is none.
func valueOf(rows [][2]string, name string) string {
	for _, row := range rows {
		if row[0] == name {
			return row[1]
		}
	}
	return ""
}
