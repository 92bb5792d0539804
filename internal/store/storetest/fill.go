package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

// fill gives every field below v a different nonzero value, so that a round trip that loses a field is noticed, even a field
// that was added after this test.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	if _, ok := v.Interface().(time.Time); ok {
		v.Set(reflect.ValueOf(at(*n)))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d <é>\n\"&\u2028", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n) + 1<<40)
	case reflect.Uint32:
		v.SetUint(uint64(*n) + 1<<31)
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.1)
	default:
		t.Fatalf("fill does not support %s: add it", v.Type())
	}
}

// truncateTimes returns a deep copy of v with every time in it truncated to milliseconds, in UTC.
func truncateTimes(v reflect.Value) reflect.Value {
	if at, ok := v.Interface().(time.Time); ok {
		return reflect.ValueOf(time.UnixMilli(at.UnixMilli()).UTC())
	}
	copied := reflect.New(v.Type()).Elem()
	copied.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			copied.Field(i).Set(truncateTimes(v.Field(i)))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			copied.Set(reflect.New(v.Type().Elem()))
			copied.Elem().Set(truncateTimes(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			copied.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				copied.Index(i).Set(truncateTimes(v.Index(i)))
			}
		}
	default: // Set has copied it
	}
	return copied
}
