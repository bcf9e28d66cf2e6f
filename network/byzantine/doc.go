// Program byzantine is for tests: it does to a network of Hufu what an honest node never does.
//
//	byzantine validator …   runs one validator that misbehaves by mode and seed
//	byzantine switch …      stands between honest nodes and holds chosen consensus messages back
//
// It stands on neo-go's own packages, at the version that network/go.mod pins, so what it sends is what a changed neo-go would send. The
// validator is a whole node (chain, mempool, RPC, metrics) whose consensus service thinks honestly; what it says goes through package-local
// rules (modes.go) that say to each peer something else, by connections of its own (mouth.go). The switch knows the nodes by the port that they
// announce, and of what passes through it reads only consensus payloads (frame.go, lock.go).
package main
