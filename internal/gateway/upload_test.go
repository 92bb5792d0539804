package gateway_test

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

// upload is an upload under way, and a caller's way to put its parts.
type upload struct {
	*house
	task.Dataset
}

func (h *house) beginUpload(t *testing.T, parts int) upload {
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

// mustPut puts a part and names it as complete wants it.
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

// partsThere counts the parts that lie in the storage.
func (u upload) partsThere(t *testing.T) (n int) {
	t.Helper()
	for i := range u.Upload.Parts {
		if u.there(t, task.PartKey(u.ID, i+1)) {
			n++
		}
	}
	return n
}

// refused fails unless err has the code, and says the text in its detail or faults.
func refused(t *testing.T, what string, err error, code task.Code, says string) {
	t.Helper()
	if task.CodeOf(err) != code || !strings.Contains(err.Error(), says) {
		t.Errorf("%s: %v, want %s with %q", what, err, code, says)
	}
}

func TestAPictureComesInParts(t *testing.T) {
	h := newHouse(t)
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
	h.use(h.fake) // a restart
	second.ETag = strings.ToUpper(strings.Trim(second.ETag, `"`))
	done, err := u.complete(t, third, first, second) // in any order, in any spelling
	if err != nil {
		t.Fatal(err)
	}
	if done.ID != u.ID || done.Width != 64 || done.Height != 48 || done.Key != "datasets/"+u.ID+".png" || u.partsThere(t) != 0 {
		t.Errorf("it became %+v, with %d parts left", done, u.partsThere(t))
	}
	again, err := u.complete(t, first, second, third)
	if err != nil || again.Key != done.Key || !again.Created.Equal(done.Created) {
		t.Errorf("completed again it is %+v, %v", again, err)
	}
	made, err := h.submitPicture(t, h.signed(done.Key), task.ImageLimits{})
	if err != nil || made.Request.First.Dataset != u.ID {
		t.Errorf("asking with it: %+v, %v", made.Request.First, err)
	}
}

func TestTheListOfPartsMustBeWhatWasUploaded(t *testing.T) {
	h := newHouse(t)
	pic := pngOf(t, 64, 48)
	u := h.beginUpload(t, 2)
	first := u.mustPut(t, 1, pic[:100])
	_, err := u.complete(t, first, task.Part{Number: 2, ETag: "x"})
	refused(t, "a part that was never put", err, task.Invalid, "parts: part 2 was never uploaded")
	second := u.mustPut(t, 2, pic[100:])
	for _, c := range []struct {
		name  string
		parts []task.Part
		says  string
	}{
		{"a part that is not named", []task.Part{first}, "parts: part 2 is missing in the list; all of 1 to 2 are needed"},
		{"none", nil, "parts: part 1 is missing in the list; all of 1 to 2 are needed; parts: part 2 is missing"},
		{"a part named twice", []task.Part{first, first, second}, "parts: part 1 is named 2 times"},
		{"a part that there is not", []task.Part{first, second, {Number: 3, ETag: "x"}}, "parts: there is no part 3; the upload has parts 1 to 2"},
		{"the ETag of another part", []task.Part{{Number: 1, ETag: second.ETag}, second}, "parts: part 1: its bytes have the ETag " + first.ETag},
		{"an ETag of a thousand characters", []task.Part{first, {Number: 2, ETag: strings.Repeat("é", 1000)}}, "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := u.complete(t, c.parts...)
			refused(t, c.name, err, task.Invalid, c.says)
			if len(err.Error()) > 400 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
	if _, err := u.complete(t, first, second); err != nil {
		t.Errorf("after all of that: %v", err)
	}
	_, err = u.complete(t, first, task.Part{Number: 2, ETag: first.ETag})
	refused(t, "a completed one, with another list", err, task.Invalid, "part 2: its bytes have the ETag "+second.ETag)
	_, err = u.put(t, 1, pic)
	refused(t, "a part of a completed one", err, task.Conflict, "complete")
	if u.partsThere(t) != 0 {
		t.Error("the part of a completed upload was kept")
	}
}

func TestAnUploadHasOneToAHundredParts(t *testing.T) {
	h := newHouse(t)
	for parts, ok := range map[int]bool{-1: false, 0: false, 1: true, task.MaxParts: true, task.MaxParts + 1: false} {
		_, err := h.BeginUpload(t.Context(), h.who, "a.png", parts)
		if (err == nil) != ok || !ok && task.CodeOf(err) != task.Invalid {
			t.Errorf("%d parts: %v", parts, err)
		}
	}
}

func TestAnAccountHasAHundredUploadsOpenAtMost(t *testing.T) {
	h := newHouse(t)
	var last upload
	for range task.MaxUploads {
		last = h.beginUpload(t, 1)
	}
	_, err := h.BeginUpload(t.Context(), h.who, "one.png", 1)
	refused(t, "one more", err, task.RateLimited, "100 uploads are open")
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

func TestUploadedPartsAreWithin64MBTogether(t *testing.T) {
	h := newHouse(t)
	const limit = 64 << 20
	u := h.beginUpload(t, 2)
	_, err := u.put(t, 1, make([]byte, limit+1))
	refused(t, "one part above it", err, task.TooLarge, "67108864 bytes that all parts may have")
	first := u.mustPut(t, 1, make([]byte, limit-1))
	_, err = u.put(t, 2, make([]byte, 2))
	refused(t, "two parts above it", err, task.TooLarge, "The parts have 67108865 bytes together; at most 67108864.")
	if u.partsThere(t) != 1 {
		t.Error("a part too many was kept")
	}
	second := u.mustPut(t, 2, make([]byte, 1))
	_, err = u.complete(t, first, second)
	refused(t, "64 MB of zeros", err, task.TooLarge, "parts: 67108864 bytes; a picture may have at most 16777216, and this is no MP4 or QuickTime video")
}

func TestOfPartsAtOnceNoMoreIsKeptThanFits(t *testing.T) {
	h := newHouse(t)
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
	if n := u.partsThere(t); n > 4 {
		t.Errorf("%d parts of 16 MB are kept", n)
	}
}

func TestWhatIsUploadedIsCheckedByContentAndMayBePutAnew(t *testing.T) {
	h := newHouse(t)
	u := h.beginUpload(t, 1)
	page := u.mustPut(t, 1, []byte("<!doctype html><p>hello"))
	_, err := u.complete(t, page)
	refused(t, "HTML named lake.png", err, task.Unsupported, "HTML")
	small := u.mustPut(t, 1, pngOf(t, 8, 8))
	_, err = u.complete(t, small)
	refused(t, "8 pixels", err, task.Unreadable, "at least 16")
	if _, err := u.complete(t, u.mustPut(t, 1, pngOf(t, 16, 16))); err != nil {
		t.Errorf("a good picture at last: %v", err)
	}
}

func TestAPartThatBreaksOffLeavesWhatWasThere(t *testing.T) {
	h := newHouse(t)
	u := h.beginUpload(t, 1)
	pic := pngOf(t, 64, 48)
	good := u.mustPut(t, 1, pic)
	token := h.signer.Sign(task.PartKey(u.ID, 1), h.now().Add(time.Hour))
	broken := io.MultiReader(bytes.NewReader(pic[:50]), iotest.ErrReader(errors.New("connection reset")))
	_, err := h.PutPart(t.Context(), token, u.ID, 1, broken)
	refused(t, "a body that breaks off", err, task.Invalid, "ended early")
	if _, err := u.complete(t, good); err != nil {
		t.Errorf("the part put before: %v", err)
	}
	empty := h.beginUpload(t, 1)
	_, err = empty.put(t, 1, nil)
	refused(t, "no bytes", err, task.Invalid, "Part 1 has no bytes")
	if empty.partsThere(t) != 0 {
		t.Error("an empty part was kept")
	}
}

func TestAPartIsPutByItsOwnTokenAlone(t *testing.T) {
	h := newHouse(t)
	u, other := h.beginUpload(t, 2), h.beginUpload(t, 2)
	later := h.now().Add(time.Hour)
	for name, token := range map[string]string{
		"no token": "", "another part's": h.signer.Sign(task.PartKey(u.ID, 2), later),
		"another upload's": h.signer.Sign(task.PartKey(other.ID, 1), later), "a dataset's": h.signer.Sign("datasets/"+u.ID+".1", later),
		"an expired one": h.signer.Sign(task.PartKey(u.ID, 1), h.now().Add(-time.Second)),
	} {
		_, err := h.PutPart(t.Context(), token, u.ID, 1, strings.NewReader("x"))
		refused(t, name, err, task.Forbidden, "signed URL")
	}
	if u.partsThere(t) != 0 {
		t.Error("a part was kept")
	}
}

func TestAnotherAccountFindsNothingOfAnUpload(t *testing.T) {
	h := newHouse(t)
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
		refused(t, "completing "+c.name, err, task.NotFound, "There is no upload with this id.")
		_, err = h.OwnUpload(t.Context(), c.who, c.id)
		refused(t, "reading "+c.name, err, task.NotFound, "There is no upload with this id.")
	}
	done, err := u.complete(t, part)
	if err != nil {
		t.Fatal(err)
	}
	r := request("a cat")
	r.First = &task.Image{Source: h.signed(done.Key), Field: "init_image"}
	_, err = h.Submit(t.Context(), other, r)
	refused(t, "asking with another's dataset", err, task.NotFound, "init_image: there is no such dataset")
}

func TestUploadsAndUnusedDatasetsAreClearedAway(t *testing.T) {
	h := newHouse(t)
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
	made, err := h.submitPicture(t, h.signed(usedSet.Key), task.ImageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Delete(t.Context(), h.who, made.ID); err != nil {
		t.Fatal(err)
	}
	sweep := func(after time.Duration, parts int, unused bool) {
		t.Helper()
		h.pass(after)
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := open.partsThere(t); n != parts || h.there(t, unusedSet.Key) != unused || !h.there(t, usedSet.Key) {
			t.Errorf("after %v: %d parts; unused dataset there: %v; used one there: %v", after, n, h.there(t, unusedSet.Key), h.there(t, usedSet.Key))
		}
	}
	sweep(task.UploadLife-time.Millisecond, 1, true)
	_, err = open.put(t, 1, pic)
	if err != nil {
		t.Errorf("a part in the last moment: %v", err)
	}
	sweep(2*time.Millisecond, 0, true)
	_, err = open.complete(t)
	refused(t, "an upload that is too old", err, task.NotFound, "24 hours")
	_, err = whole.complete(t)
	refused(t, "a completed one that is too old", err, task.NotFound, "24 hours")
	sweep(29*24*time.Hour-2*time.Millisecond, 0, true)
	sweep(2*time.Millisecond, 0, false)
	sweep(365*24*time.Hour, 0, false)
}

func TestUploadsBegunAtOnceKeepTheLimitToo(t *testing.T) {
	h := newHouse(t)
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
