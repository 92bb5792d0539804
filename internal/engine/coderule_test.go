package engine_test

import (
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestCodesMatchByPrefix(t *testing.T) {
	kinds := []engine.CodeRule{
		{Prefixes: "Denied Owing", Class: engine.AuthError},
		{Prefixes: "Bad.Image", Class: engine.Refused, Reason: task.AssetInvalid},
		{Prefixes: "Busy", Class: engine.Overloaded},
		{Prefixes: "BusyNever", Class: engine.AuthError},
	}
	for _, c := range []struct {
		code   string
		class  engine.Class
		reason task.Reason
		tells  bool // of a 403
	}{
		{"Denied", engine.AuthError, task.VendorRefused, true},
		{"Owing.Much", engine.AuthError, task.VendorRefused, true},
		{"Bad.ImageType", engine.Refused, task.AssetInvalid, true},
		{"Bad", engine.Refused, "", false},
		{"Busy", engine.Overloaded, task.VendorUnavailable, true},
		{"BusyNever", engine.Overloaded, task.VendorUnavailable, true}, // the first rule that matches
		{"denied", engine.Refused, "", false},
		{"", engine.Refused, "", false},
	} {
		e := engine.ClassifyCode(kinds, c.code, "why")
		if e.Class != c.class || e.Reason != c.reason || e.Detail != c.code+": why" {
			t.Errorf("%s: %+v", c.code, e)
		}
		if got := e.OrByStatus(403); (got != nil) != c.tells {
			t.Errorf("%s beside a 403: %v", c.code, got)
		}
		if e.OrByStatus(400) != e {
			t.Errorf("%s beside a 400 is another", c.code)
		}
	}
}
