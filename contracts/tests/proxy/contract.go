// Package proxy is a contract that stands between a signer and another contract,
// as an attacker's would, or acts for itself.
package proxy

import (
	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/contract"
)

// Forward calls a method of another contract.
func Forward(target interop.Hash160, method string, args []any) any {
	return contract.Call(target, method, contract.All, args...)
}

// ForwardBuffer is Forward with the argument at an index made a Buffer, a type that
// no transaction can pass by itself.
func ForwardBuffer(target interop.Hash160, method string, args []any, index int) any {
	args[index] = []byte(args[index].(string))
	return contract.Call(target, method, contract.All, args...)
}
