package council

import (
	"hufu/contracts/arguments"

	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

const (
	// MaxReason is the highest reason code.
	MaxReason = 9_999

	// ErrStopPause is thrown when a seat asks for a stop again too soon.
	ErrStopPause = "seat asked for a stop not long ago"
)

// RequestStop asks for an emergency stop, for a reason, a number that has no meaning
// here. The seat's account must agree. When enough seats ask within a stop's length,
// one begins, and ends by itself; each request counts for one stop only.
func RequestStop(seat string, reason int) {
	seats := loadSeats()
	member := checkSeat(seats, seat)
	rules := loadRules()
	now := runtime.GetTime()
	if member.StopAskedMs != 0 && now < member.StopAskedMs+rules.StopPauseMs {
		panic(ErrStopPause)
	}
	member.StopAskedMs = now
	saveSeats(seats)
	runtime.Notify("StopRequested", seat, arguments.Integer(reason, 0, MaxReason))
	since := max(now-rules.StopMs, storedInteger(keyStopStarted))
	asking := 0
	for _, other := range seats {
		if other.StopAskedMs > since {
			asking++
		}
	}
	if asking < rules.StopsNeeded {
		return
	}
	storage.LocalPut([]byte{keyStopStarted}, convert.ToBytes(now))
	storage.LocalPut([]byte{keyStoppedUntil}, convert.ToBytes(now+rules.StopMs))
	runtime.Notify("Stopped", now+rules.StopMs)
}

// IsStopped tells if an emergency stop lasts now.
func IsStopped() bool {
	return runtime.GetTime() < StoppedUntilMs()
}

// StoppedUntilMs returns when the latest emergency stop ends or ended, 0 if there
// was none.
func StoppedUntilMs() int {
	return storedInteger(keyStoppedUntil)
}
