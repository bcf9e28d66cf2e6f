package access

import (
	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// ErrStopped is thrown while the council has stopped what gives rights.
const ErrStopped = "stopped by the council for now"

// keyOwner is where every contract keeps its owner; none has a prefix like it.
const keyOwner = 'o'

// SetOwner makes the council the owner of a contract that is being deployed, for
// good: the first of the data that it is deployed with.
func SetOwner(data any) {
	storage.LocalPut([]byte{keyOwner}, Contract(data, 0))
}

// SetOwnOwner makes the contract that is being deployed its own owner: the council.
func SetOwnOwner() {
	storage.LocalPut([]byte{keyOwner}, runtime.GetExecutingScriptHash())
}

// Owner returns the account that owns the contract: the contract council.
func Owner() interop.Hash160 {
	return storage.LocalGet([]byte{keyOwner})
}

// CheckOwner throws unless the owner makes this very call.
func CheckOwner() {
	CheckWitness(Owner())
}

// CheckRunning throws while the council's emergency stop lasts. What the owner
// alone may do needs no check: the council does nothing while it lasts.
func CheckRunning() {
	if contract.Call(Owner(), "isStopped", contract.ReadOnly).(bool) {
		panic(ErrStopped)
	}
}
