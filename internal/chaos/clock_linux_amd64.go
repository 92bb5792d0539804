package chaos

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// turnedGettime returns the machine code of a clock_gettime whose wall clock is ahead of the kernel's by so many seconds, which follow
// it. Programs read their clocks by a function that the kernel maps into them (the vDSO); this is written over it, in one process alone.
// The monotonic clock stays as it is, as when an operator sets the clock of a machine.
func turnedGettime(ahead time.Duration) []byte {
	code := []byte{
		0xb8, 228, 0, 0, 0, // mov eax, 228 (clock_gettime)
		0x0f, 0x05, // syscall
		0x85, 0xff, // test edi, edi: which clock; 0 is the wall clock
		0x75, 10, // jne to ret
		0x48, 0x8b, 0x0d, 6, 0, 0, 0, // mov rcx, [the seconds]
		0x48, 0x01, 0x0e, // add [rsi], rcx
		0xc3, // ret
		0, 0, // to a multiple of 8
	}
	return append(code, secondsOf(ahead)...)
}

const secondsAt = 24 // in turnedGettime

func secondsOf(d time.Duration) []byte {
	return binary.NativeEndian.AppendUint64(nil, uint64(int64(d/time.Second))) //nolint:gosec // a negative number stays one
}

// clock sets the wall clock of processes that it starts.
type clock struct{ function int64 } // clock_gettime, from the beginning of the vDSO

// newClock returns a clock, or an error that says why this machine has none.
func newClock() (*clock, error) {
	at, end, err := vdsoOf(os.Getpid())
	if err != nil {
		return nil, err
	}
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		return nil, err
	}
	defer func() { _ = memory.Close() }()
	image := make([]byte, end-at)
	if _, err := memory.ReadAt(image, at); err != nil {
		return nil, err
	}
	parsed, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, err
	}
	symbols, err := parsed.DynamicSymbols()
	if err != nil {
		return nil, err
	}
	for _, s := range symbols {
		if s.Name == "__vdso_clock_gettime" && int(s.Size) >= len(turnedGettime(0)) { //nolint:gosec // a small number
			c := &clock{int64(s.Value)} //nolint:gosec // within some pages
			return c, c.try()
		}
	}
	return nil, errors.New("the kernel has no clock_gettime in its vDSO")
}

// try sets the clock of a process that does nothing.
func (c *clock) try() error {
	process := exec.Command("cat") //nolint:noctx // it ends with its input
	input, err := process.StdinPipe()
	if err != nil {
		return err
	}
	err = c.start(process, 0)
	if err == nil {
		err = c.set(process.Process.Pid, time.Hour)
	}
	_ = input.Close()
	if process.Process != nil {
		_ = process.Wait()
	}
	return err
}

// start starts a process whose wall clock is ahead by so much, before it has run at all.
func (c *clock) start(process *exec.Cmd, ahead time.Duration) error {
	runtime.LockOSThread() // only the thread that has started a process may trace it
	defer runtime.UnlockOSThread()
	if process.SysProcAttr == nil {
		process.SysProcAttr = &syscall.SysProcAttr{}
	}
	process.SysProcAttr.Ptrace = true
	if err := process.Start(); err != nil {
		return err
	}
	pid := process.Process.Pid
	var status syscall.WaitStatus
	_, err := syscall.Wait4(pid, &status, syscall.WALL, nil)
	if err == nil && !status.Stopped() {
		err = fmt.Errorf("the process has not stopped at its start: %v", status)
	}
	if err == nil {
		err = c.write(pid, 0, turnedGettime(ahead))
	}
	return errors.Join(err, syscall.PtraceDetach(pid))
}

// set sets the wall clock of a process that start has started.
func (c *clock) set(pid int, ahead time.Duration) error {
	return c.write(pid, secondsAt, secondsOf(ahead))
}

// write writes into the clock_gettime of a process.
func (c *clock) write(pid int, offset int64, b []byte) error {
	at, _, err := vdsoOf(pid)
	if err != nil {
		return err
	}
	memory, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = memory.WriteAt(b, at+c.function+offset)
	return errors.Join(err, memory.Close())
}

// vdsoOf returns where the vDSO of a process begins and ends.
func vdsoOf(pid int) (at, end int64, err error) {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(maps)) {
		if strings.HasSuffix(line, "[vdso]\n") {
			_, err := fmt.Sscanf(line, "%x-%x", &at, &end)
			return at, end, err
		}
	}
	return 0, 0, fmt.Errorf("the process %d has no vDSO", pid)
}
