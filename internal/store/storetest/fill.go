package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

// fill gives every field below v a value of its own that is not zero, so that no field, not even one that is added
// tomorrow, can be left out of a round trip.
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
		t.Fatalf("fill knows no %s: teach it", v.Type())
	}
}

// truncateTimes copies v as a store keeps it: every time below it in milliseconds and UTC.
func truncateTimes(v reflect.Value) reflect.Value {
	if at, ok := v.Interface().(time.Time); ok {
		return reflect.ValueOf(time.UnixMilli(at.UnixMilli()).UTC())
	}
	kept := reflect.New(v.Type()).Elem()
	kept.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			kept.Field(i).Set(truncateTimes(v.Field(i)))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			kept.Set(reflect.New(v.Type().Elem()))
			kept.Elem().Set(truncateTimes(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			kept.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				kept.Index(i).Set(truncateTimes(v.Index(i)))
			}
		}
	default: // a plain value is its own copy
	}
	return kept
}
