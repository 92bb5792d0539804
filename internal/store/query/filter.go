// Package query puts together the SELECT statements that the databases share: conditions with numbered placeholders, and pages
// by the columns created and id. It has the statements, too, that are the same in every word. What is in a database's own words
// belongs to that database's package.
package query

import (
	"strconv"
	"strings"

	"github.com/filmgate/filmgate/internal/task"
)

// Filter collects the conditions of a query. The zero value has none.
type Filter struct {
	Args  []any // the arguments of the conditions, in the order of their placeholders
	where []string
}

// Add adds a condition. Each ? in it becomes the placeholder of the next argument.
func (f *Filter) Add(condition string, args ...any) {
	for _, a := range args {
		condition = strings.Replace(condition, "?", f.Arg(a), 1)
	}
	f.where = append(f.where, condition)
}

// Arg adds an argument and returns its placeholder.
func (f *Filter) Arg(a any) string {
	f.Args = append(f.Args, a)
	return "$" + strconv.Itoa(len(f.Args))
}

// Conditions returns the WHERE clause with a space before it; "" if there is no condition.
func (f *Filter) Conditions() string {
	if len(f.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.where, " AND ")
}

// Page returns the rest of a query: the conditions, the cursor, an order by the table's created and id columns, and the limit,
// which is 100 if it is not positive. The column created is in epoch milliseconds.
func (f *Filter) Page(table string, after task.Cursor, oldestFirst bool, limit int) string {
	order, beyond := "DESC", "<"
	if oldestFirst {
		order, beyond = "ASC", ">"
	}
	if after != (task.Cursor{}) {
		f.Add("("+table+".created, "+table+".id) "+beyond+" (?, ?)", after.Created.UnixMilli(), after.ID)
	}
	if limit <= 0 {
		limit = 100
	}
	return f.Conditions() + " ORDER BY " + table + ".created " + order + ", " + table + ".id " + order + " LIMIT " + f.Arg(limit)
}
