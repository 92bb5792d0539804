package sqlite

import (
	"context"
	"database/sql/driver"
	"strings"
)

// maxParsed is how many statements a connection keeps parsed: more than the program has, apart from those of rare lists.
const maxParsed = 128

// connector opens connections that keep their statements parsed. SQLite takes longer to parse most of ours, and of River's, than to
// run them, and database/sql has each parsed at each call.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &parsingConn{sqliteConn: made.(sqliteConn), parsed: map[string]*statement{}}, nil
}

// sqliteConn is what a connection of the driver does, apart from running the text of a statement.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// parsingConn is a connection that keeps its statements parsed. database/sql lets one goroutine use it at a time.
type parsingConn struct {
	sqliteConn
	parsed map[string]*statement // by text
	uses   uint64
}

// statement is a parsed statement.
type statement struct {
	sqliteStatement
	text string
	used uint64 // when it was used last, by parsingConn.uses
	busy bool   // its rows are being read
}

// sqliteStatement is what a statement of the driver does.
type sqliteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// ExecContext implements driver.ExecerContext.
func (c *parsingConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	done, err := s.ExecContext(ctx, args)
	if giveErr := c.give(s); err == nil {
		err = giveErr
	}
	return done, err
}

// QueryContext implements driver.QueryerContext.
func (c *parsingConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	found, err := s.QueryContext(ctx, args)
	if err != nil {
		_ = c.give(s) // the query's error says more
		return nil, err
	}
	return &parsedRows{found, c, s}, nil
}

// parsedRows are the rows of a statement that is given back when they are closed.
type parsedRows struct {
	driver.Rows
	conn *parsingConn
	of   *statement
}

// Close implements driver.Rows.
func (r *parsedRows) Close() error {
	err := r.Rows.Close()
	if giveErr := r.conn.give(r.of); err == nil {
		err = giveErr
	}
	return err
}

// take returns a statement that nobody uses. It must be given back.
func (c *parsingConn) take(ctx context.Context, text string) (*statement, error) {
	c.uses++
	if s, ok := c.parsed[text]; ok && !s.busy {
		s.busy, s.used = true, c.uses
		return s, nil
	}
	made, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &statement{made.(sqliteStatement), text, c.uses, true}, nil
}

// give gives back a statement, which is then kept if there is none of its text. A PRAGMA is not kept: some act when they are parsed.
func (c *parsingConn) give(s *statement) error {
	s.busy = false
	switch kept, ok := c.parsed[s.text]; {
	case kept == s:
		return nil
	case ok || strings.Contains(s.text, "PRAGMA"):
		return s.Close()
	}
	c.parsed[s.text] = s
	if len(c.parsed) <= maxParsed {
		return nil
	}
	oldest := s
	for _, other := range c.parsed {
		if !other.busy && other.used < oldest.used {
			oldest = other
		}
	}
	delete(c.parsed, oldest.text)
	return oldest.Close()
}

// Close implements driver.Conn.
func (c *parsingConn) Close() error {
	for _, s := range c.parsed {
		_ = s.Close() // closing the connection returns the same errors
	}
	clear(c.parsed)
	return c.sqliteConn.Close()
}
