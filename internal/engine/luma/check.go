package luma

import (
	"context"
	"fmt"
	"net/http"

	"github.com/filmgate/filmgate/internal/engine"
	"github.com/filmgate/filmgate/internal/task"
)

// Check implements [engine.Checker]: it asks for the account's balance, which Luma gives in cents. An account without any is an
// error.
func (e *dreamMachine) Check(ctx context.Context) (string, error) {
	var out struct {
		Cents float64 `json:"credit_balance"`
	}
	if _, err := e.client.Do(ctx, engine.Call{Method: http.MethodGet, Path: "/credits", Out: &out}); err != nil {
		return "", err
	}
	if out.Cents <= 0 {
		return "", &engine.Error{Class: engine.AuthError, Reason: task.VendorRefused, Said: "the account has no balance left"}
	}
	return fmt.Sprintf("%.2f USD left", out.Cents/100), nil
}

// Check implements [engine.Checker]: it asks for a generation that does not exist.
func (e *agents) Check(ctx context.Context) (string, error) {
	_, _, err := e.status(ctx, engine.UnknownJob)
	return engine.CheckedByUnknownJob(err)
}
