package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"

	"github.com/filmgate/filmgate/internal/panics"
	"github.com/filmgate/filmgate/internal/store"
)

// compare reads all rows of both sides. It returns ErrChanged, with the name of the table, if they differ.
func (m Move) compare(ctx context.Context) ([]Table, error) {
	var out []Table
	for _, t := range store.Tables() {
		total, err := m.From.Rows.Count(ctx, t)
		if err != nil {
			return nil, m.From.Fail(err)
		}
		from, to, err := m.digests(ctx, t, func(done int64) { m.show("comparing "+t.Name, done, total) })
		if err != nil {
			return nil, err
		}
		if from != to {
			return nil, m.To.Fail(fmt.Errorf("%w: %s has %d rows with the hash %s at the source, and %d rows with the hash %s here; "+
				"stop what writes to them, and run the same command again", ErrChanged, t.Name, from.rows, from.hash(), to.rows, to.hash()))
		}
		out = append(out, Table{Name: t.Name, Rows: from.rows, Hash: from.hash()})
	}
	return out, nil
}

// digests returns the digests of a table at both sides, which it reads at the same time. show is told of the source's rows.
func (m Move) digests(ctx context.Context, t store.Table, show func(done int64)) (from, to digest, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var failed [2]error
	var sides panics.Group
	for i, side := range []Side{m.From, m.To} {
		d := []*digest{&from, &to}[i]
		sides.Go(func() {
			failed[i] = side.Fail(side.Rows.Scan(ctx, t, nil, func(row store.Row) error {
				d.add(row)
				if i == 0 && d.rows%int64(m.pageRows()) == 0 {
					show(d.rows)
				}
				return nil
			}))
			if failed[i] != nil {
				stop()
			}
		})
	}
	sides.Wait()
	for _, err := range failed { // the side that failed first ended the other
		if err != nil && !errors.Is(err, context.Canceled) {
			return from, to, err
		}
	}
	show(from.rows)
	return from, to, errors.Join(failed[:]...)
}

// digest is a hash of rows in any order: the sum of the rows' SHA-256 hashes, as numbers of 256 bits. Two sets of rows with the
// same digest are the same, because rows of a table differ in their keys.
type digest struct {
	rows int64
	sum  [4]uint64 // most significant first
}

func (d *digest) add(row store.Row) {
	d.rows++
	h := sha256.Sum256(encodeRow(row))
	var carry uint64
	for i := 3; i >= 0; i-- {
		d.sum[i], carry = bits.Add64(d.sum[i], binary.BigEndian.Uint64(h[8*i:]), carry)
	}
}

// hash returns the digest as 64 hex digits.
func (d *digest) hash() string {
	var b []byte
	for _, v := range d.sum {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	return hex.EncodeToString(b)
}

// encodeRow returns bytes that no other row of the table has: numbers of eight bytes, and texts after their lengths.
func encodeRow(row store.Row) []byte {
	b := make([]byte, 0, size(row))
	for _, v := range row {
		switch v := v.(type) {
		case int64:
			b = binary.BigEndian.AppendUint64(b, uint64(v)) //nolint:gosec // its bits are meant
		case bool:
			n := byte(0)
			if v {
				n = 1
			}
			b = append(b, n)
		case string:
			b = append(binary.BigEndian.AppendUint64(b, uint64(len(v))), v...)
		case []byte:
			b = append(binary.BigEndian.AppendUint64(b, uint64(len(v))), v...)
		}
	}
	return b
}
