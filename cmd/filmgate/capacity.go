package main

import (
	"errors"
	"runtime"
	"strconv"
)

// setTempSpace reads whole GiB. A result of 2 GiB that is converted takes 4.
func setTempSpace(s *Settings, v string) error {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 4 || n > 100_000 {
		return errors.New("out of range, or no number")
	}
	s.TempSpace = n << 30
	return nil
}

func setWorkers(s *Settings, v string) error {
	if v == "" {
		s.Workers = runtime.NumCPU()
		return nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 1024 {
		return errors.New("out of range, or no number")
	}
	s.Workers = n
	return nil
}
