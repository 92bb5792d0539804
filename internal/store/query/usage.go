package query

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// PutUsage returns the statements that count an ended task, or count it again. text returns a caller's text as the database's columns
// hold it.
func PutUsage(t task.Task, text func(string) any) []Write {
	r, created := store.UsageOf(t), t.Created.UnixMilli()
	all := []Write{{Statement: `INSERT INTO usage (account, created, task, model, state, wait, video) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account, created, task) DO UPDATE SET state = excluded.state, wait = excluded.wait, video = excluded.video`,
		Args: []any{t.Account, created, t.ID, text(t.Request.Model), string(t.State), r.Wait, r.Video}}}
	for _, c := range r.Costs {
		all = append(all, Write{Statement: `INSERT INTO usage_costs (account, created, task, engine, currency, model, cost) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (account, created, task, engine, currency) DO UPDATE SET cost = excluded.cost`,
			Args: []any{t.Account, created, t.ID, c.Engine, c.Currency, text(t.Request.Model), c.Cost}})
	}
	return all
}

// DeleteUsage returns the statements after which a task is not counted.
func DeleteUsage(t task.Task) []Write {
	var all []Write
	for _, table := range []string{"usage", "usage_costs"} {
		all = append(all, Write{Statement: `DELETE FROM ` + table + ` WHERE account = $1 AND created = $2 AND task = $3`,
			Args: []any{t.Account, t.Created.UnixMilli(), t.ID}})
	}
	return all
}

// Usage are the statements that sum up what q selects. Each yields rows that begin with the day and the model, in order; what
// is not told apart by is 0 or empty.
type Usage struct {
	q     task.UsageQuery
	model any    // the query's model as the database's columns hold it
	open  string // the condition of a task whose row says that it has not ended
}

// NewUsage returns the statements for a query. text is that of PutUsage, open the condition of a task whose column ended is false.
func NewUsage(q task.UsageQuery, text func(string) any, open string) Usage {
	return Usage{q, text(q.Model), open}
}

// filter returns the conditions on the tasks, and the two columns by which they are told apart.
func (u Usage) filter() (f Filter, part string) {
	f.Args = []any{u.q.Account, u.q.From.UnixMilli(), u.q.To.UnixMilli()}
	f.Add("account = $1 AND created >= $2 AND created < $3")
	if u.q.Model != "" {
		f.Add("model = ?", u.model)
	}
	day, model := fmt.Sprintf("(created - $2) / %d", task.UsageDay.Milliseconds()), "model"
	switch u.q.By {
	case task.UsageByDay:
		model = "''"
	case task.UsageByModel:
		day = "0"
	}
	return f, day + " AS day, " + model + " AS model"
}

// Sums returns the query of how many tasks there are, in which states, and of how much video.
func (u Usage) Sums() (string, []any) {
	f, part := u.filter()
	where := f.Conditions()
	var counts, ends []string
	for _, state := range []task.State{task.Succeeded, task.Failed, task.Cancelled} {
		ends = append(ends, f.Arg(string(state)))
		counts = append(counts, "count(*) FILTER (WHERE state = "+ends[len(ends)-1]+")")
	}
	return `SELECT day, model, count(*), ` + strings.Join(counts, ", ") + `, CAST(sum(video) AS bigint) FROM (
		SELECT ` + part + `, state, video FROM usage` + where + `
		UNION ALL SELECT ` + part + `, state, 0 FROM tasks` + where + ` AND ` + u.open + ` AND state NOT IN (` + strings.Join(ends, ", ") + `)) AS counted
		GROUP BY day, model ORDER BY day, model`, f.Args
}

// Waits returns the query of how many tasks began, and of how long half and nine in ten of them waited at most.
func (u Usage) Waits() (string, []any) {
	f, part := u.filter()
	f.Add("wait >= 0")
	return `SELECT day, model, count(*), min(wait) FILTER (WHERE share >= 0.5), min(wait) FILTER (WHERE share >= 0.9) FROM (
		SELECT day, model, wait, cume_dist() OVER (PARTITION BY day, model ORDER BY wait) AS share FROM (
			SELECT ` + part + `, wait FROM usage` + f.Conditions() + `) AS begun) AS shares
		GROUP BY day, model ORDER BY day, model`, f.Args
}

// Costs returns the query of what was paid, by engine and currency.
func (u Usage) Costs() (string, []any) {
	f, part := u.filter()
	return `SELECT day, model, engine, currency, CAST(sum(cost) AS bigint) FROM (
		SELECT ` + part + `, engine, currency, cost FROM usage_costs` + f.Conditions() + `) AS paid
		GROUP BY day, model, engine, currency ORDER BY day, model, engine, currency`, f.Args
}

// part reads the day and the model, with the other columns of their row.
func (Usage) part(scan func(...any) error, others ...any) (out task.Usage, err error) {
	var model []byte
	err = scan(append([]any{&out.Day, &model}, others...)...)
	out.Model = string(model)
	return out, err
}

// ScanSums reads a row of Sums.
func (u Usage) ScanSums(scan func(...any) error) (task.Usage, error) {
	var n [4]int64
	var video int64
	out, err := u.part(scan, &n[0], &n[1], &n[2], &n[3], &video)
	out.Tasks, out.Succeeded, out.Failed, out.Cancelled, out.Video = n[0], n[1], n[2], n[3], time.Duration(video)*time.Millisecond
	return out, err
}

// ScanWaits reads a row of Waits.
func (u Usage) ScanWaits(scan func(...any) error) (task.Usage, error) {
	var n, half, most int64
	out, err := u.part(scan, &n, &half, &most)
	out.Begun, out.WaitP50, out.WaitP90 = n, time.Duration(half)*time.Millisecond, time.Duration(most)*time.Millisecond
	return out, err
}

// ScanCosts reads a row of Costs.
func (u Usage) ScanCosts(scan func(...any) error) (task.Usage, error) {
	var cost int64
	var c task.UsageCost
	out, err := u.part(scan, &c.Engine, &c.Currency, &cost)
	c.Cost = float64(cost) / 1e6
	out.Costs = []task.UsageCost{c}
	return out, err
}

// Join joins what the three statements found.
func (Usage) Join(sums, waits, costs []task.Usage) []task.Usage {
	at := func(part task.Usage) *task.Usage {
		i := slices.IndexFunc(sums, func(s task.Usage) bool { return s.Day == part.Day && s.Model == part.Model })
		if i < 0 { // the task was counted between two of the statements
			return new(task.Usage)
		}
		return &sums[i]
	}
	for _, w := range waits {
		s := at(w)
		s.Begun, s.WaitP50, s.WaitP90 = w.Begun, w.WaitP50, w.WaitP90
	}
	for _, c := range costs {
		s := at(c)
		s.Costs = append(s.Costs, c.Costs...)
	}
	return sums
}
