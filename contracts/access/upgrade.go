package access

import (
	"hufu/contracts/arguments"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/management"
)

const (
	// ErrContract is thrown when a contract that the new one rests on is not deployed.
	ErrContract = "no contract at the given hash"
	// ErrUpgrade is thrown when the new code does not take over from the version
	// that is deployed: it is older, the same, or too many releases ahead.
	ErrUpgrade = "cannot upgrade from the deployed version"
)

// Contract returns the hash of a contract that a new one will rest on for good,
// from the data it is deployed with: [hash, ...].
func Contract(data any, index int) interop.Hash160 {
	hash := arguments.Hash160(data.([]any)[index].(interop.Hash160))
	if !management.IsContract(hash) {
		panic(ErrContract)
	}
	return hash
}

// Upgrade replaces the calling contract's code, if the owner agrees. It hands
// [deployed version, data] to the new code's _deploy.
func Upgrade(deployedVersion int, nef, manifest []byte, data any) {
	CheckOwner()
	management.UpdateWithData(nef, manifest, []any{deployedVersion, data})
}

// CheckUpgrade is the new code's answer: it throws unless the deployed version
// is oldest or later, and earlier than newVersion.
func CheckUpgrade(data any, oldest, newVersion int) {
	deployed := data.([]any)[0].(int)
	if deployed < oldest || deployed >= newVersion {
		panic(ErrUpgrade)
	}
}
