package asset

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/store"
	"github.com/filmgate/filmgate/internal/task"
)

// AssetGroups lists the account's asset groups, oldest first.
func (c *Catalog) AssetGroups(ctx context.Context, who apikey.Key) ([]task.AssetGroup, error) {
	return c.cfg.Store.Groups(ctx, who.Account, "")
}

// RenameGroup gives one of the account's asset groups another name. Invalid for a bad name, Conflict if another group has it,
// NotFound for an unknown id and another account's group.
func (c *Catalog) RenameGroup(ctx context.Context, who apikey.Key, id, name string) (task.AssetGroup, error) {
	if err := checkName("name", name); err != nil {
		return task.AssetGroup{}, err
	}
	all, err := c.AssetGroups(ctx, who)
	if err != nil {
		return task.AssetGroup{}, err
	}
	for _, group := range all {
		if group.ID != id {
			continue
		}
		group.Name = name
		err := c.cfg.Store.PutGroup(ctx, group)
		if errors.Is(err, store.ErrExists) {
			return task.AssetGroup{}, &task.Error{Code: task.Conflict, Detail: "Another asset group has this name."}
		}
		return group, err
	}
	return task.AssetGroup{}, &task.Error{Code: task.NotFound, Detail: "There is no asset group with this id."}
}

// Group returns the account's asset group of that name, and makes it if there is none.
func (c *Catalog) Group(ctx context.Context, account int64, name string) (task.AssetGroup, error) {
	for {
		found, err := c.cfg.Store.Groups(ctx, account, name)
		if err != nil {
			return task.AssetGroup{}, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
		id, err := uuid.NewRandomFromReader(c.cfg.Rand)
		if err != nil {
			return task.AssetGroup{}, err
		}
		made := task.AssetGroup{ID: id.String(), Account: account, Name: name, Created: c.now()}
		err = c.cfg.Store.PutGroup(ctx, made)
		if !errors.Is(err, store.ErrExists) { // else another step made it at the same time
			return made, err
		}
	}
}
