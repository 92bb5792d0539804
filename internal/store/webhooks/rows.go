// Package webhooks implements [store.Webhooks] for the databases: they share its SQL.
//
// What a database does in its own way (transactions, locks, news of what was written) stays in the package of that database.
package webhooks

import (
	"context"
	"time"

	"github.com/filmgate/filmgate/internal/task"
)

// Scan reads the columns of a row.
type Scan = func(columns ...any) error

// Tx is a transaction.
type Tx interface {
	// Exec runs a statement and returns how many rows it wrote.
	Exec(ctx context.Context, statement string, args ...any) (int64, error)
	// Query calls each with every row of a query.
	Query(ctx context.Context, each func(Scan) error, query string, args ...any) error
}

// DB is a database.
type DB interface {
	// Query calls each with every row of a query outside of a transaction.
	Query(ctx context.Context, each func(Scan) error, query string, args ...any) error
	// Write runs f in a transaction, in which it schedules wakes too. f may be called twice, in a transaction in which the first call
	// left nothing.
	Write(ctx context.Context, wakes []task.Wake, f func(context.Context, Tx) error) error
	// Record writes how an attempt ended, as RecordDelivery does. Records that wait at the same moment may share a transaction.
	Record(ctx context.Context, r Record) error
}

// Record is how an attempt of a delivery ended.
type Record struct {
	Delivery task.Delivery
	Body     []byte // the stored form of what has no column of its own
	Now      time.Time
}

// Releases reports whether the next delivery of the task may come due.
func (r Record) Releases() bool {
	return r.Delivery.State != task.DeliveryPending && r.Delivery.Task != ""
}

// Statements are those of a database that several processes write to; "" = there is one writer.
type Statements struct {
	// LockAccount keeps others from adding a webhook to the account $1 until the transaction ends. What they have added is seen by
	// the next statement.
	LockAccount string
	Announce    string // tells all processes that the transaction writes a webhook
}

// Rows implements store.Webhooks.
type Rows struct {
	db         DB
	statements Statements
}

// New returns the webhooks in a database.
func New(db DB, s Statements) *Rows { return &Rows{db, s} }

// blocked is the column due of a delivery that waits for an earlier one of its task: a time that never comes.
const blocked = 253402300799999 // the last millisecond of the year 9999

// millis returns t as columns hold it, in epoch milliseconds.
func millis(t time.Time) int64 { return t.UnixMilli() }

// timeOf returns the time that a column holds.
func timeOf(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// queryAll returns every row of a query.
func queryAll[T any](ctx context.Context, query func(context.Context, func(Scan) error, string, ...any) error, scan func(Scan) (T, error), statement string, args ...any) (out []T, err error) {
	err = query(ctx, func(row Scan) error {
		one, err := scan(row)
		out = append(out, one)
		return err
	}, statement, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

func scanText(scan Scan) (s string, err error) {
	err = scan(&s)
	return s, err
}

func scanNumber(scan Scan) (n int64, err error) {
	err = scan(&n)
	return n, err
}
