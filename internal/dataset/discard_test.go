package dataset_test

import (
	"bytes"
	"testing"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

func TestAnOwnDatasetIsFoundAndDeleted(t *testing.T) {
	h := newHarness(t)
	d, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48)))
	if err != nil {
		t.Fatal(err)
	}
	stranger := apikey.Key{Account: 8}
	if _, err := h.OwnDataset(t.Context(), stranger, d.ID); task.CodeOf(err) != task.NotFound {
		t.Errorf("another account's: %v", err)
	}
	if err := h.DeleteDataset(t.Context(), stranger, d.ID); task.CodeOf(err) != task.NotFound {
		t.Errorf("another account deletes it: %v", err)
	}
	if got, err := h.OwnDataset(t.Context(), h.who, d.ID); err != nil || got.Key != d.Key {
		t.Errorf("%+v, %v", got, err)
	}
	if err := h.DeleteDataset(t.Context(), h.who, d.ID); err != nil || h.exists(t, d.Key) {
		t.Errorf("the file is still there, %v", err)
	}
	if _, err := h.OwnDataset(t.Context(), h.who, d.ID); task.CodeOf(err) != task.NotFound {
		t.Errorf("once it is deleted: %v", err)
	}
}

func TestADatasetThatATaskUsesStays(t *testing.T) {
	h := newHarness(t)
	d, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48)))
	if err != nil {
		t.Fatal(err)
	}
	h.use(t, d)
	if err := h.DeleteDataset(t.Context(), h.who, d.ID); err != nil || !h.exists(t, d.Key) {
		t.Errorf("the file is gone, %v", err)
	}
}

func TestAnUploadInPartsIsNoDatasetUntilItIsComplete(t *testing.T) {
	h := newHarness(t)
	u := h.beginUpload(t, 1)
	if _, err := h.OwnDataset(t.Context(), h.who, u.ID); task.CodeOf(err) != task.NotFound {
		t.Errorf("%v", err)
	}
	if _, err := h.OwnDataset(t.Context(), h.who, ""); task.CodeOf(err) != task.NotFound {
		t.Errorf("an empty id: %v", err)
	}
}
