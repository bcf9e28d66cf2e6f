package ballot

import (
	"hufu/contracts/access"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/gas"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/neo"
	"github.com/nspcc-dev/neo-go/pkg/interop/runtime"
)

const (
	// ErrToken is thrown for tokens other than NEO and GAS.
	ErrToken = "neither NEO nor GAS"
	// ErrVote is thrown when the key is not a candidate's, or there is no NEO to vote with.
	ErrVote = "NEO refused the vote"
	// ErrTransfer is thrown when a token does not move.
	ErrTransfer = "transfer refused"
)

const (
	contractVersion = 1_000
	// oldestUpgradable is the oldest version that this code takes over from.
	oldestUpgradable = 1_000
)

// nolint:unused
func _deploy(data any, isUpdate bool) {
	if isUpdate {
		access.CheckUpgrade(data, oldestUpgradable, contractVersion)
		return
	}
	access.SetOwner(data)
}

// Update replaces the contract's code. The owner must agree.
func Update(nefFile, manifest []byte, data any) {
	access.Upgrade(contractVersion, nefFile, manifest, data)
}

// Version returns the version of the contract's code:
// major*1,000,000 + minor*1,000 + patch.
func Version() int {
	return contractVersion
}

// Vote gives the votes of all NEO that is held here to a candidate. The owner must
// agree.
func Vote(publicKey interop.PublicKey) {
	access.CheckOwner()
	if !neo.Vote(runtime.GetExecutingScriptHash(), publicKey) {
		panic(ErrVote)
	}
}

// Transfer moves NEO or GAS to another account, as when seats are shared out anew.
// The owner must agree.
func Transfer(token, to interop.Hash160, amount int) {
	access.CheckOwner()
	checkToken(token)
	if !contract.Call(token, "transfer", contract.All, runtime.GetExecutingScriptHash(), to, amount, nil).(bool) {
		panic(ErrTransfer)
	}
}

// OnNEP17Payment accepts NEO and GAS, and nothing else.
func OnNEP17Payment(from interop.Hash160, amount int, data any) {
	checkToken(runtime.GetCallingScriptHash())
}

func checkToken(token interop.Hash160) {
	if !access.Same(token, interop.Hash160(neo.Hash)) && !access.Same(token, interop.Hash160(gas.Hash)) {
		panic(ErrToken)
	}
}
