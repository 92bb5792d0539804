package node

import (
	"os"
	"testing"

	"github.com/filmgate/filmgate/internal/store/postgres/postgrestest"
)

// shared is the PostgreSQL server of all tests.
var shared postgrestest.Shared

func TestMain(m *testing.M) { os.Exit(shared.Main(m)) }
