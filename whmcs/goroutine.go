package whmcs

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

// A PanicError is a panic that was turned into an error. Its text does not hold
// what was passed to panic, which may be a customer's data.
type PanicError struct {
	// Reason is the message of an error of Go's runtime, which holds no data but
	// numbers and types, and of any other panic the type of its value.
	Reason string
	// Stack is where it happened, for the log.
	Stack string
}

// Error returns one line for logs.
func (e *PanicError) Error() string { return "panic: " + e.Reason }

// errGoexit is the error of a function that ended its goroutine by runtime.Goexit,
// as a failed test does.
var errGoexit = errors.New("the goroutine ended before its work did")

// Recovered runs do and returns its error, or a *PanicError where do panicked. Where
// do ends its goroutine by runtime.Goexit, Recovered does not return either.
func Recovered(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			p := &PanicError{Reason: reasonOf(value), Stack: string(debug.Stack())}
			(*onPanic.Load())(p)
			err = p
		}
	}()
	return do()
}

func reasonOf(value any) string {
	if e, ok := value.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("a value of type %T", value)
}

// Go runs do in a goroutine of its own. The channel gets do's error, or a
// *PanicError, and is closed then; nobody needs to receive. Every goroutine of this
// program but those of its fakes starts here, so that none can end the process.
func Go(do func() error) <-chan error {
	done := make(chan error, 1)
	go func() {
		err := errGoexit
		defer func() {
			done <- err
			close(done)
		}()
		err = Recovered(do)
	}()
	return done
}

// onPanic gets each panic once, where it happens.
var onPanic atomic.Pointer[func(*PanicError)]

func init() {
	OnPanic(func(e *PanicError) { slog.Error("recovered from a panic", "reason", e.Reason, "stack", e.Stack) })
}

// OnPanic sets what is done about each panic that Recovered or Go turns into an
// error, beside returning it. It holds for the whole process; the default logs to
// slog.Default. report is called in the goroutine that panicked and must not panic.
func OnPanic(report func(*PanicError)) { onPanic.Store(&report) }
