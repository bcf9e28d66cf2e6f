/*
Package history keeps what a contract remembers: the latest record of a thing
under one key, so that one proof shows how it is now, and each record that was
replaced under a key of its own, numbered, for ever. It compiles into each
contract that uses it.
*/
package history

import (
	"hufu/contracts/arguments"

	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/ledger"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
	"github.com/nspcc-dev/neo-go/pkg/interop/storage"
)

// Replace makes record the latest. The one that it replaces, if any, moves to pastKey.
func Replace(latestKey, pastKey []byte, record any) {
	replaced := storage.LocalGet(latestKey)
	if replaced != nil {
		storage.LocalPut(pastKey, replaced)
	}
	storage.LocalPut(latestKey, std.Serialize(record))
}

// Numbered returns a key with a number added, 4 bytes, big-endian.
func Numbered(key []byte, number int) []byte {
	return append(key, convert.Uint32ToBytesBE(uint32(arguments.Integer(number, 0, arguments.MaxUint32)))...)
}

// BlockIndex returns the index of the block that is being made.
func BlockIndex() int {
	return ledger.CurrentIndex() + 1
}
