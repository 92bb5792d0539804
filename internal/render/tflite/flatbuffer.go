package tflite

import (
	"encoding/binary"
	"errors"
)

// errFile is the error of a file that is cut off or is no TensorFlow Lite file.
var errFile = errors.New("tflite: the file is damaged")

// flatbuffer reads a file of FlatBuffers: tables whose fields are found by offsets. A read beyond the file returns 0 and sets
// err.
type flatbuffer struct {
	data []byte
	err  error
}

// bytes returns n bytes at offset at.
func (f *flatbuffer) bytes(at, n int) []byte {
	if at < 0 || n < 0 || at > len(f.data)-n {
		f.err = errFile
		return make([]byte, min(max(n, 0), 8))
	}
	return f.data[at : at+n]
}

func (f *flatbuffer) uint16(at int) int { return int(binary.LittleEndian.Uint16(f.bytes(at, 2))) }

func (f *flatbuffer) int32(at int) int { return int(int32(binary.LittleEndian.Uint32(f.bytes(at, 4)))) }

// follow returns where the offset at a position leads.
func (f *flatbuffer) follow(at int) int { return at + f.int32(at) }

// field returns the position of field n of a table, or 0 if the table has none.
func (f *flatbuffer) field(table, n int) int {
	fields := table - f.int32(table)
	if 4+2*n >= f.uint16(fields) {
		return 0
	}
	at := f.uint16(fields + 4 + 2*n)
	if at == 0 {
		return 0
	}
	return table + at
}

// number returns an integer of 4 bytes, and 0 if the table has no such field.
func (f *flatbuffer) number(table, n int) int {
	at := f.field(table, n)
	if at == 0 {
		return 0
	}
	return f.int32(at)
}

// small is number for an integer of one byte.
func (f *flatbuffer) small(table, n int) int {
	at := f.field(table, n)
	if at == 0 {
		return 0
	}
	return int(f.bytes(at, 1)[0])
}

// table returns the position of the table that is field n of another, or 0.
func (f *flatbuffer) table(table, n int) int {
	at := f.field(table, n)
	if at == 0 {
		return 0
	}
	return f.follow(at)
}

// vector returns the elements of the vector that is field n of a table, size bytes each.
func (f *flatbuffer) vector(table, n, size int) []byte {
	at := f.table(table, n)
	if at == 0 {
		return nil
	}
	count := f.int32(at)
	if count < 0 || count > len(f.data) {
		f.err = errFile
		return nil
	}
	out := f.bytes(at+4, count*size)
	if f.err != nil {
		return nil
	}
	return out
}

// numbers returns a vector of integers of 4 bytes.
func (f *flatbuffer) numbers(table, n int) []int {
	var out []int
	for v := f.vector(table, n, 4); len(v) > 0; v = v[4:] {
		out = append(out, int(int32(binary.LittleEndian.Uint32(v))))
	}
	return out
}

// tables returns the positions of the tables of a vector.
func (f *flatbuffer) tables(table, n int) []int {
	start := f.table(table, n) + 4
	var out []int
	for i, offset := range f.numbers(table, n) {
		out = append(out, start+4*i+offset)
	}
	return out
}
