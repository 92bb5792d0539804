package store

import "context"

// Portable is a database whose rows can be moved to another database as they are. Only one program may write to it meanwhile.
// Every method may return ErrUnavailable.
type Portable interface {
	// Count returns the number of rows in a table.
	Count(ctx context.Context, t Table) (int64, error)
	// Scan calls yield with each row of a table, in an order of the database's own: all rows if after is nil, else those that
	// come after the row with the key after. It returns the first error of yield. The rows are yield's to keep.
	Scan(ctx context.Context, t Table, after Row, yield func(Row) error) error
	// Begin deletes all rows of all tables and records the state of a move, in one transaction.
	Begin(ctx context.Context, move []byte) error
	// Insert inserts rows and records the state of the move, in one transaction. It returns ErrExists if a row is there already.
	Insert(ctx context.Context, t Table, rows []Row, move []byte) error
	// Move returns the state that was recorded last; nil if no move into the database is under way.
	Move(ctx context.Context) ([]byte, error)
	// End records that no move is under way any more.
	End(ctx context.Context) error
}

// Kind is the type of a column.
type Kind int

// The kinds of columns, each with the Go type of its values.
const (
	Integer Kind = iota // int64
	Boolean             // bool
	Name                // string that the program makes, such as an id: UTF-8 without the character 0
	Text                // string that a caller may have written: any bytes
	Bytes               // []byte
)

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
}

// Table describes a table, which has the same name and the same columns in every database.
type Table struct {
	Name    string
	Key     int // this many of the columns, from the first on, are the primary key
	Columns []Column
}

// Row holds a value for each column of a table. The key of a row is its first Table.Key values.
type Row []any

// Names returns the names of the columns.
func (t Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// MoveTable is the name of the table that holds the state of a move. There is none unless a move into the database is under way.
const MoveTable = "unfinished_move"

// Tables returns all tables whose rows belong to the server's data. The tables of the queue are not among them.
func Tables() []Table {
	return []Table{
		{"secrets", 1, []Column{{"name", Text}, {"value", Bytes}}},
		{"api_keys", 1, []Column{{"id", Name}, {"hash", Text}, {"created", Integer}, {"body", Bytes}}},
		{"asset_groups", 1, []Column{{"id", Name}, {"account", Integer}, {"name", Text}, {"created", Integer}}},
		{"datasets", 1, []Column{{"id", Name}, {"account", Integer}, {"created", Integer}, {"uploading", Boolean}, {"used", Boolean},
			{"body", Bytes}}},
		{"dataset_uses", 2, []Column{{"dataset", Name}, {"task", Name}}},
		{"tasks", 1, []Column{{"id", Name}, {"account", Integer}, {"state", Name}, {"ended", Boolean}, {"model", Text}, {"dialect", Text},
			{"external_id", Text}, {"created", Integer}, {"updated", Integer}, {"version", Integer}, {"deleted", Boolean}, {"low", Boolean},
			{"searchable", Boolean}, {"counted", Boolean}, {"body", Bytes}}},
		{"prompts", 3, []Column{{"account", Integer}, {"created", Integer}, {"id", Name}, {"folded", Bytes}}},
		{"usage", 3, []Column{{"account", Integer}, {"created", Integer}, {"task", Name}, {"model", Text}, {"state", Name}, {"wait", Integer},
			{"video", Integer}}},
		{"usage_costs", 5, []Column{{"account", Integer}, {"created", Integer}, {"task", Name}, {"engine", Name}, {"currency", Name},
			{"model", Text}, {"cost", Integer}}},
		{"events", 3, []Column{{"task", Name}, {"version", Integer}, {"place", Integer}, {"at", Integer}, {"kind", Name},
			{"from_state", Name}, {"to_state", Name}, {"detail", Text}}},
		{"artifacts", 1, []Column{{"id", Name}, {"task", Name}, {"account", Integer}, {"asset_group", Text}, {"favorite", Boolean},
			{"share", Text}, {"deleted", Boolean}, {"pending", Boolean}, {"created", Integer}}},
		{"storyboards", 1, []Column{{"id", Name}, {"account", Integer}, {"created", Integer}, {"version", Integer}, {"body", Bytes}}},
		{"webhooks", 1, []Column{{"id", Name}, {"account", Integer}, {"version", Integer}, {"created", Integer}, {"body", Bytes}}},
		{"webhook_deliveries", 1, []Column{{"id", Name}, {"webhook", Name}, {"task", Name}, {"version", Integer}, {"state", Name}, {"due", Integer},
			{"created", Integer}, {"tries", Integer}, {"body", Bytes}}},
		{"feed", 1, []Column{{"seq", Integer}, {"account", Integer}, {"task", Name}, {"version", Integer}, {"at", Integer}, {"kind", Name},
			{"from_state", Name}, {"to_state", Name}}},
		{"replays", 2, []Column{{"account", Integer}, {"replay_key", Text}, {"fingerprint", Text}, {"task", Name}, {"created", Integer},
			{"wait", Integer}}},
	}
}
