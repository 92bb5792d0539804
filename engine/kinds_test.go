package engine_test

import (
	"testing"

	"github.com/filmgate/filmgate/engine"
	"github.com/filmgate/filmgate/task"
)

func TestCodesAreSortedByHowTheyBegin(t *testing.T) {
	kinds := []engine.Kind{
		{Begins: "Denied Owing", Class: engine.Account},
		{Begins: "Bad.Image", Class: engine.Refused, Reason: task.AssetInvalid},
		{Begins: "Busy", Class: engine.Overloaded},
		{Begins: "BusyNever", Class: engine.Account},
	}
	for _, c := range []struct {
		code   string
		class  engine.Class
		reason task.Reason
		tells  bool // beside a 403
	}{
		{"Denied", engine.Account, task.VendorRefused, true},
		{"Owing.Much", engine.Account, task.VendorRefused, true},
		{"Bad.ImageType", engine.Refused, task.AssetInvalid, true},
		{"Bad", engine.Refused, task.Internal, false},
		{"Busy", engine.Overloaded, task.VendorUnavailable, true},
		{"BusyNever", engine.Overloaded, task.VendorUnavailable, true}, // the first kind that has it
		{"denied", engine.Refused, task.Internal, false},
		{"", engine.Refused, task.Internal, false},
	} {
		e := engine.SortCode(kinds, c.code, "why")
		if e.Class != c.class || e.Reason != c.reason || e.Detail != c.code+": why" {
			t.Errorf("%s: %+v", c.code, e)
		}
		if got := e.UnlessStatusTells(403); (got != nil) != c.tells {
			t.Errorf("%s beside a 403: %v", c.code, got)
		}
		if e.UnlessStatusTells(400) != e {
			t.Errorf("%s beside a 400 is another", c.code)
		}
	}
}
