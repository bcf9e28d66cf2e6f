package access

import (
	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
)

const (
	// ErrWitness is thrown when an account that must agree has not signed, or
	// the call came through another contract.
	ErrWitness = "not authorised: witness missing, or not a direct call"
	// ErrInactive is thrown when an identifier has no controller: it was never
	// registered, or it is deactivated.
	ErrInactive = "identifier unknown or deactivated"
)

// CheckWitness throws unless account agrees to this very call: it signed the
// transaction and the transaction's script calls us, or it is the contract that
// calls us. A contract in between cannot ride on a signature, not even on one
// of Global scope.
func CheckWitness(account interop.Hash160) {
	caller := runtime.GetCallingScriptHash()
	if !Same(caller, account) && !Same(caller, runtime.GetEntryScriptHash()) {
		panic(ErrWitness)
	}
	if !runtime.CheckWitness(account) {
		panic(ErrWitness)
	}
}

// Same tells if two accounts are one.
func Same(one, other interop.Hash160) bool {
	return string(one) == string(other)
}

// Controller returns who controls the identifier now, as the contract
// identifiers says, and throws if nobody does.
func Controller(identifiers, identifier interop.Hash160) interop.Hash160 {
	controller := contract.Call(identifiers, "controllerOf", contract.ReadOnly, identifier)
	if controller == nil {
		panic(ErrInactive)
	}
	return controller.(interop.Hash160)
}
