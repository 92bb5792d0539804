package dataset_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // as S3's ETags
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/filmgate/filmgate/internal/apikey"
	"github.com/filmgate/filmgate/internal/task"
)

// upload is an open upload of a harness.
type upload struct {
	*harness
	task.Dataset
}

func (h *harness) beginUpload(t *testing.T, parts int) upload {
	t.Helper()
	d, err := h.BeginUpload(t.Context(), h.who, "lake.png", parts)
	if err != nil {
		t.Fatalf("BeginUpload: %v", err)
	}
	return upload{h, d}
}

// put puts a part as its signed URL would.
func (u upload) put(t *testing.T, n int, body []byte) (sum string, err error) {
	t.Helper()
	token := u.signer.Sign(task.PartKey(u.ID, n), u.Created.Add(task.UploadLife))
	return u.PutPart(t.Context(), token, u.ID, n, bytes.NewReader(body))
}

// mustPut puts a part and returns it as complete needs it.
func (u upload) mustPut(t *testing.T, n int, body []byte) task.Part {
	t.Helper()
	sum, err := u.put(t, n, body)
	if err != nil {
		t.Fatalf("part %d: %v", n, err)
	}
	return task.Part{Number: n, ETag: `"` + sum + `"`}
}

func (u upload) complete(t *testing.T, parts ...task.Part) (task.Dataset, error) {
	t.Helper()
	return u.CompleteUpload(t.Context(), u.who, u.ID, parts)
}

// storedParts counts the parts in the storage.
func (u upload) storedParts(t *testing.T) (n int) {
	t.Helper()
	for i := range u.Upload.Parts {
		if u.exists(t, task.PartKey(u.ID, i+1)) {
			n++
		}
	}
	return n
}

// use stores a task, deleted since, that used the dataset.
func (h *harness) use(t *testing.T, d task.Dataset) {
	t.Helper()
	made := task.Task{ID: "00000000-0000-4000-8000-000000000001", Account: d.Account, State: task.Cancelled, Deleted: true, Created: h.now(), Updated: h.now(),
		Finished: h.now(), Request: task.Request{Model: "gen3a_turbo", Seconds: 5, First: &task.Image{Field: "init_image", Dataset: d.ID, Key: d.Key}}}
	if _, err := h.store.Apply(t.Context(), task.Change{Task: made}); err != nil {
		t.Fatal(err)
	}
}

func TestUploadInParts(t *testing.T) {
	h := newHarness(t)
	pic := pngOf(t, 64, 48)
	u := h.beginUpload(t, 3)
	cut := len(pic) / 3
	third := u.mustPut(t, 3, pic[2*cut:])
	u.mustPut(t, 1, []byte("a first try that broke off"))
	first := u.mustPut(t, 1, pic[:cut])
	second := u.mustPut(t, 2, pic[cut:2*cut])
	sum := md5.Sum(pic[:cut]) //nolint:gosec // as S3's ETags
	if first.ETag != `"`+hex.EncodeToString(sum[:])+`"` {
		t.Errorf("the ETag of a part is %s, not its MD5", first.ETag)
	}
	h.restart() // a restart
	second.ETag = strings.ToUpper(strings.Trim(second.ETag, `"`))
	done, err := u.complete(t, third, first, second) // in any order, in any spelling
	if err != nil {
		t.Fatal(err)
	}
	if done.ID != u.ID || done.Width != 64 || done.Height != 48 || done.Key != "datasets/"+u.ID+".png" || u.storedParts(t) != 0 {
		t.Errorf("it became %+v, with %d parts left", done, u.storedParts(t))
	}
	again, err := u.complete(t, first, second, third)
	if err != nil || again.Key != done.Key || !again.Created.Equal(done.Created) {
		t.Errorf("completed again it is %+v, %v", again, err)
	}
	img, err := h.copyImage(t, h.signed(done.Key), task.ImageLimits{})
	if err != nil || img.Dataset != u.ID {
		t.Errorf("used as %+v, %v", img, err)
	}
}

func TestPartsMustMatchTheUpload(t *testing.T) {
	h := newHarness(t)
	pic := pngOf(t, 64, 48)
	u := h.beginUpload(t, 2)
	first := u.mustPut(t, 1, pic[:100])
	_, err := u.complete(t, first, task.Part{Number: 2, ETag: "x"})
	checkRefused(t, "a part that was never put", err, task.Invalid, "parts: part 2 was never uploaded")
	second := u.mustPut(t, 2, pic[100:])
	for _, c := range []struct {
		name  string
		parts []task.Part
		says  string
	}{
		{"a missing part", []task.Part{first}, "parts: part 2 is missing in the list; all of 1 to 2 are needed"},
		{"none", nil, "parts: part 1 is missing in the list; all of 1 to 2 are needed; parts: part 2 is missing"},
		{"a part twice", []task.Part{first, first, second}, "parts: part 1 is named 2 times"},
		{"an unknown part", []task.Part{first, second, {Number: 3, ETag: "x"}}, "parts: there is no part 3; the upload has parts 1 to 2"},
		{"the ETag of another part", []task.Part{{Number: 1, ETag: second.ETag}, second}, "parts: part 1: its bytes have the ETag " + first.ETag},
		{"an ETag of a thousand characters", []task.Part{first, {Number: 2, ETag: strings.Repeat("é", 1000)}}, "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := u.complete(t, c.parts...)
			checkRefused(t, c.name, err, task.Invalid, c.says)
			if len(err.Error()) > 400 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
	if _, err := u.complete(t, first, second); err != nil {
		t.Errorf("after that: %v", err)
	}
	_, err = u.complete(t, first, task.Part{Number: 2, ETag: first.ETag})
	checkRefused(t, "a completed one, with another list", err, task.Invalid, "part 2: its bytes have the ETag "+second.ETag)
	_, err = u.put(t, 1, pic)
	checkRefused(t, "a part of a completed one", err, task.Conflict, "complete")
	if u.storedParts(t) != 0 {
		t.Error("the part of a completed upload was kept")
	}
}

func TestPartCount(t *testing.T) {
	h := newHarness(t)
	for parts, ok := range map[int]bool{-1: false, 0: false, 1: true, task.MaxParts: true, task.MaxParts + 1: false} {
		_, err := h.BeginUpload(t.Context(), h.who, "a.png", parts)
		if (err == nil) != ok || !ok && task.CodeOf(err) != task.Invalid {
			t.Errorf("%d parts: %v", parts, err)
		}
	}
}

func TestOpenUploadsAreLimited(t *testing.T) {
	h := newHarness(t)
	var last upload
	for range task.MaxUploads {
		last = h.beginUpload(t, 1)
	}
	_, err := h.BeginUpload(t.Context(), h.who, "one.png", 1)
	checkRefused(t, "one more", err, task.RateLimited, "100 uploads are open")
	other := h.who
	other.Account++
	if _, err := h.BeginUpload(t.Context(), other, "another.png", 1); err != nil {
		t.Errorf("another account: %v", err)
	}
	if _, err := last.complete(t, last.mustPut(t, 1, pngOf(t, 64, 64))); err != nil {
		t.Fatal(err)
	}
	h.beginUpload(t, 1)
}

func TestPartsAreWithin64MB(t *testing.T) {
	h := newHarness(t)
	const limit = 64 << 20
	u := h.beginUpload(t, 2)
	_, err := u.put(t, 1, make([]byte, limit+1))
	checkRefused(t, "one part above it", err, task.TooLarge, "67108864 bytes that all parts may have")
	first := u.mustPut(t, 1, make([]byte, limit-1))
	_, err = u.put(t, 2, make([]byte, 2))
	checkRefused(t, "two parts above it", err, task.TooLarge, "The parts have 67108865 bytes together; at most 67108864.")
	if u.storedParts(t) != 1 {
		t.Error("a part too many was kept")
	}
	second := u.mustPut(t, 2, make([]byte, 1))
	_, err = u.complete(t, first, second)
	checkRefused(t, "64 MB of zeros", err, task.TooLarge, "parts: 67108864 bytes; a picture may have at most 16777216, and this is no video or recording of a known format")
}

func TestPartsAtOnceAreWithin64MB(t *testing.T) {
	h := newHarness(t)
	u := h.beginUpload(t, 8)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			if _, err := u.put(t, n+1, make([]byte, 16<<20)); err != nil && task.CodeOf(err) != task.TooLarge {
				t.Errorf("part %d: %v", n+1, err)
			}
		})
	}
	all.Wait()
	if n := u.storedParts(t); n > 4 {
		t.Errorf("%d parts of 16 MB are kept", n)
	}
}

func TestBadUploadStaysOpen(t *testing.T) {
	h := newHarness(t)
	u := h.beginUpload(t, 1)
	page := u.mustPut(t, 1, []byte("<!doctype html><p>hello"))
	_, err := u.complete(t, page)
	checkRefused(t, "HTML named lake.png", err, task.Unsupported, "HTML")
	small := u.mustPut(t, 1, pngOf(t, 8, 8))
	_, err = u.complete(t, small)
	checkRefused(t, "8 pixels", err, task.Unreadable, "at least 16")
	if _, err := u.complete(t, u.mustPut(t, 1, pngOf(t, 16, 16))); err != nil {
		t.Errorf("a good picture at last: %v", err)
	}
}

func TestBrokenPartKeepsTheOldOne(t *testing.T) {
	h := newHarness(t)
	u := h.beginUpload(t, 1)
	pic := pngOf(t, 64, 48)
	good := u.mustPut(t, 1, pic)
	token := h.signer.Sign(task.PartKey(u.ID, 1), h.now().Add(time.Hour))
	broken := io.MultiReader(bytes.NewReader(pic[:50]), iotest.ErrReader(errors.New("connection reset")))
	_, err := h.PutPart(t.Context(), token, u.ID, 1, broken)
	checkRefused(t, "a body that breaks off", err, task.Invalid, "ended early")
	if _, err := u.complete(t, good); err != nil {
		t.Errorf("the part put before: %v", err)
	}
	empty := h.beginUpload(t, 1)
	_, err = empty.put(t, 1, nil)
	checkRefused(t, "no bytes", err, task.Invalid, "Part 1 has no bytes")
	if empty.storedParts(t) != 0 {
		t.Error("an empty part was kept")
	}
}

func TestPartNeedsItsToken(t *testing.T) {
	h := newHarness(t)
	u, other := h.beginUpload(t, 2), h.beginUpload(t, 2)
	later := h.now().Add(time.Hour)
	for name, token := range map[string]string{
		"no token": "", "another part's": h.signer.Sign(task.PartKey(u.ID, 2), later),
		"another upload's": h.signer.Sign(task.PartKey(other.ID, 1), later), "a dataset's": h.signer.Sign("datasets/"+u.ID+".1", later),
		"an expired one": h.signer.Sign(task.PartKey(u.ID, 1), h.now().Add(-time.Second)),
	} {
		_, err := h.PutPart(t.Context(), token, u.ID, 1, strings.NewReader("x"))
		checkRefused(t, name, err, task.Forbidden, "signed URL")
	}
	if u.storedParts(t) != 0 {
		t.Error("a part was kept")
	}
}

func TestAnotherAccountFindsNoUpload(t *testing.T) {
	h := newHarness(t)
	u := h.beginUpload(t, 1)
	part := u.mustPut(t, 1, pngOf(t, 64, 48))
	other := apikey.Key{Account: 8}
	whole, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		who  apikey.Key
		id   string
	}{{"another's upload", other, u.ID}, {"an unknown one", h.who, "00000000-0000-4000-8000-000000000000"}, {"none", h.who, ""},
		{"a dataset that came whole", h.who, whole.ID}} {
		_, err := h.CompleteUpload(t.Context(), c.who, c.id, []task.Part{part})
		checkRefused(t, "completing "+c.name, err, task.NotFound, "There is no upload with this id.")
		_, err = h.OwnUpload(t.Context(), c.who, c.id)
		checkRefused(t, "reading "+c.name, err, task.NotFound, "There is no upload with this id.")
	}
	done, err := u.complete(t, part)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.copyImageOf(t, other, h.signed(done.Key), task.ImageLimits{})
	checkRefused(t, "another's dataset", err, task.NotFound, "init_image: there is no such dataset")
}

func TestDeleteUnused(t *testing.T) {
	h := newHarness(t)
	pic := pngOf(t, 64, 48)
	open, whole, used := h.beginUpload(t, 1), h.beginUpload(t, 1), h.beginUpload(t, 1)
	open.mustPut(t, 1, pic)
	unusedSet, err := whole.complete(t, whole.mustPut(t, 1, pic))
	if err != nil {
		t.Fatal(err)
	}
	usedSet, err := used.complete(t, used.mustPut(t, 1, pic))
	if err != nil {
		t.Fatal(err)
	}
	h.use(t, usedSet)
	sweep := func(after time.Duration, parts int, unused bool) {
		t.Helper()
		h.pass(after)
		if err := h.DeleteUnused(t.Context(), h.now()); err != nil {
			t.Fatal(err)
		}
		if n := open.storedParts(t); n != parts || h.exists(t, unusedSet.Key) != unused || !h.exists(t, usedSet.Key) {
			t.Errorf("after %v: %d parts; unused dataset there: %v; used one there: %v", after, n, h.exists(t, unusedSet.Key), h.exists(t, usedSet.Key))
		}
	}
	sweep(task.UploadLife-time.Millisecond, 1, true)
	_, err = open.put(t, 1, pic)
	if err != nil {
		t.Errorf("a part in the last moment: %v", err)
	}
	sweep(2*time.Millisecond, 0, true)
	_, err = open.complete(t)
	checkRefused(t, "an upload that is too old", err, task.NotFound, "24 hours")
	_, err = whole.complete(t)
	checkRefused(t, "a completed one that is too old", err, task.NotFound, "24 hours")
	sweep(29*24*time.Hour-2*time.Millisecond, 0, true)
	sweep(2*time.Millisecond, 0, false)
	sweep(365*24*time.Hour, 0, false)
}

func TestUploadsAtOnceAreLimited(t *testing.T) {
	h := newHarness(t)
	var all sync.WaitGroup
	var begun, refused atomic.Int64
	for range 3 * task.MaxUploads {
		all.Go(func() {
			switch _, err := h.BeginUpload(t.Context(), h.who, "a.png", 1); {
			case err == nil:
				begun.Add(1)
			case task.CodeOf(err) == task.RateLimited:
				refused.Add(1)
			default:
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
	if begun.Load() != task.MaxUploads || refused.Load() != 2*task.MaxUploads {
		t.Errorf("%d were begun and %d refused", begun.Load(), refused.Load())
	}
}

func TestUploadIsCheckedByContent(t *testing.T) {
	h := newHarness(t)
	d, err := h.Upload(t.Context(), h.who, bytes.NewReader(pngOf(t, 64, 48)))
	if err != nil || d.Width != 64 || d.Height != 48 || !h.exists(t, d.Key) {
		t.Fatalf("%+v, %v", d, err)
	}
	if _, err := h.copyImage(t, h.signed(d.Key), task.ImageLimits{}); err != nil {
		t.Errorf("using it: %v", err)
	}
	if _, err := h.Upload(t.Context(), h.who, strings.NewReader("<html>")); task.CodeOf(err) != task.Unsupported {
		t.Errorf("HTML: %v", err)
	}
}

func TestBadUploadsAreRefused(t *testing.T) {
	h := newHarness(t)
	_, err := h.Upload(t.Context(), h.who, strings.NewReader("<html>"))
	checkRefused(t, "HTML", err, task.Unsupported, "file: an HTML page; allowed: JPEG, PNG, WebP, MP4, QuickTime")
	_, err = h.Upload(t.Context(), h.who, io.LimitReader(zeros{}, 64<<20+1))
	checkRefused(t, "too much", err, task.TooLarge, "file: the file is larger than 67108864 bytes")
	_, err = h.Upload(t.Context(), h.who, io.MultiReader(strings.NewReader("x"), errReader{}))
	checkRefused(t, "a body that breaks off", err, task.Invalid, "ended early")
	h.checkTempIsEmpty(t)
}

// zeros is a body without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// errReader is a body that breaks off.
type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("connection reset") }
