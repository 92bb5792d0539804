package engine_test

import (
	"errors"
	"testing"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

func TestDottedReason(t *testing.T) {
	for code, want := range map[string]task.Reason{
		"SAFETY.INPUT.TEXT":               task.SafetyInputText,
		"SAFETY.INPUT.IMAGE.FACE":         task.SafetyInputImage,
		"SAFETY.INPUT.VIDEO":              task.SafetyInputVideo,
		"SAFETY.INPUT.AUDIO":              task.SafetyInputText,
		"SAFETY.OUTPUT.THIRD_PARTY":       task.SafetyOutputVideo,
		"INPUT_PREPROCESSING.SAFETY.TEXT": task.PreprocessSafety,
		"INPUT_PREPROCESSING.INTERNAL":    task.PreprocessFailed,
		"INTERNAL.BAD_OUTPUT.CODE03":      task.BadOutput,
		"ASSET.INVALID":                   task.AssetInvalid,
		"THIRD_PARTY.UNAVAILABLE":         task.VendorUnavailable,
		"THIRD_PARTY.REFUSED":             task.VendorRefused,
		"INTERNAL":                        task.VendorUnavailable,
		"":                                task.VendorUnavailable,
		"SOMETHING.NEW":                   task.VendorUnavailable,
	} {
		if got := engine.DottedReason(code); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}

func TestNotSubmitted(t *testing.T) {
	lost := &engine.Error{Class: engine.Unreachable, Unconfirmed: true}
	if got := engine.AsError(engine.NotSubmitted(lost)); got.Unconfirmed || got.Class != engine.Unreachable || !lost.Unconfirmed {
		t.Errorf("%+v, and it was %+v", got, lost)
	}
	refused := &engine.Error{Class: engine.Refused}
	if got := engine.NotSubmitted(refused); !errors.Is(got, refused) || engine.NotSubmitted(nil) != nil {
		t.Errorf("%v", got)
	}
}

func TestIgnoreNotFound(t *testing.T) {
	refused := &engine.Error{Class: engine.Refused}
	if engine.IgnoreNotFound(nil) != nil || engine.IgnoreNotFound(&engine.Error{Class: engine.NotFound}) != nil || !errors.Is(engine.IgnoreNotFound(refused), refused) {
		t.Error("only what is lost may be passed over")
	}
}
