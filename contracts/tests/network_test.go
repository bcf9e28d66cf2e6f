package tests

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nspcc-dev/neo-go/pkg/config"
	"github.com/nspcc-dev/neo-go/pkg/core/block"
	"github.com/nspcc-dev/neo-go/pkg/core/state"
	"github.com/nspcc-dev/neo-go/pkg/core/transaction"
	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/neotest/chain"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract/callflag"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract/manifest"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract/trigger"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/vm"
	"github.com/nspcc-dev/neo-go/pkg/vm/stackitem"
	"github.com/nspcc-dev/neo-go/pkg/vm/vmstate"
	"github.com/nspcc-dev/neo-go/pkg/wallet"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

const calledByEntry = transaction.CalledByEntry

// genesisMs is when the tests' story begins.
const genesisMs = 1_800_000_000_000

// network is an in-memory chain of four validators and a committee of six, with our contracts on it.
type network struct {
	*neotest.Executor
	t                                                  testing.TB
	council, identifiers, trust, status, proofs, proxy util.Uint160
	gateway, titles                                    util.Uint160
	seats                                              []neotest.Signer // accounts of the council's seats
	unmeasured                                         bool             // runs other code than what is committed
}

func newNetwork(t testing.TB) *network {
	n := newChain(t)
	n.deployAll(false)
	n.proxy = n.deploy("proxy", nil)
	return n
}

// deployAll deploys our contracts, with a council of new accounts.
func (n *network) deployAll(production bool) {
	for range seatNames {
		n.seats = append(n.seats, account(n.t))
	}
	n.council = n.deploy("../council", []any{n.newSeats(), rules})
	n.identifiers = n.deploy("../identifiers", []any{n.council})
	n.trust = n.deploy("../trust", []any{n.council, n.identifiers})
	n.status = n.deploy("../status", []any{n.council, n.identifiers, n.trust})
	n.proofs = n.deploy("../proofs", []any{n.council, n.identifiers, n.trust, n.status, production})
	n.gateway = n.deploy("../gateway", []any{n.council})
	n.titles = n.deploy("../titles", []any{n.council, n.identifiers, n.gateway})
}

// newChain is a network before our contracts are deployed.
func newChain(t testing.TB) *network {
	bc, validators, committee := chain.NewMultiWithOptions(t, &chain.Options{
		Logger:               zap.NewNop(),
		BlockchainConfigHook: func(c *config.Blockchain) { c.Hardforks = nil }, // all from the first block on
	})
	n := &network{Executor: neotest.NewExecutor(t, bc, validators, committee), t: t}
	n.at(genesisMs)
	return n
}

// in is the same network for a subtest.
func (n *network) in(t testing.TB) *network {
	same := *n
	same.t = t
	return &same
}

func (n *network) deploy(folder string, data any) util.Uint160 {
	n.tryDeploy(folder, data).halts()
	return n.compile(folder).Hash
}

func (n *network) tryDeploy(folder string, data any) outcome {
	c := n.compile(folder)
	nef, err := c.NEF.Bytes()
	require.NoError(n.t, err)
	manifestJSON, err := json.Marshal(c.Manifest)
	require.NoError(n.t, err)
	return n.call(nil, n.Chain.ManagementContractHash(), "deploy", nef, manifestJSON, data)
}

// compiled holds the contracts by their folders.
var compiled = map[string]*neotest.Contract{}

func (n *network) compile(folder string) *neotest.Contract {
	if compiled[folder] == nil {
		compiled[folder] = neotest.CompileFile(n.t, n.Validator.ScriptHash(), folder, filepath.Join(folder, "config.yml"))
	}
	return compiled[folder]
}

// at makes the next block's time timeMs.
func (n *network) at(timeMs int) {
	if n.now() == timeMs {
		return
	}
	b := n.NewUnsignedBlock(n.t)
	b.Timestamp = uint64(timeMs - 1)
	require.NoError(n.t, n.Chain.AddBlock(n.SignBlock(b)))
}

// now is the next block's time.
func (n *network) now() int {
	return int(n.TopBlock(n.t).Timestamp) + 1
}

// nextBlock is the next block's index.
func (n *network) nextBlock() int {
	return int(n.Chain.BlockHeight()) + 1
}

// outcome is how a transaction ended.
type outcome struct {
	n *network
	*state.AppExecResult
}

// call sends a transaction that calls a method. The validators pay for it and agree to nothing else.
func (n *network) call(signers []neotest.Signer, contract util.Uint160, method string, args ...any) outcome {
	script := callScript(n.t, contract, method, args...)
	tx := transaction.New(script, 0)
	tx.Nonce = neotest.Nonce()
	tx.ValidUntilBlock = n.Chain.BlockHeight() + 1
	all := append([]neotest.Signer{n.Validator}, signers...)
	tx.Signers = append(n.payer(), scoped(calledByEntry, signers)...)
	neotest.AddNetworkFee(n.t, n.Chain, tx, all...)
	_, tx.SystemFee, _ = n.execute(script, tx.Signers)
	for _, signer := range all {
		require.NoError(n.t, signer.SignTx(n.Chain.GetConfig().Magic, tx))
	}
	n.AddNewBlock(n.t, tx)
	return outcome{n, n.GetTxExecResult(n.t, tx.Hash())}
}

// found calls a method as the owner, by the founding council. What the council itself notifies of is left out.
func (n *network) found(contract util.Uint160, method string, args ...any) outcome {
	o := n.call(by(n.Committee), n.council, "found", []any{[]any{contract, method, args}})
	if o.VMState == vmstate.Halt {
		last := len(o.Events) - 1
		require.Equal(n.t, "Founded", o.Events[last].Name)
		o.Events = o.Events[:last]
	}
	return o
}

func callScript(t testing.TB, contract util.Uint160, method string, args ...any) []byte {
	script, err := smartcontract.CreateCallScript(contract, method, args...)
	require.NoError(t, err)
	return script
}

// halts requires success and returns the notifications.
func (o outcome) halts() []state.NotificationEvent {
	require.Equal(o.n.t, vmstate.Halt, o.VMState, o.FaultException)
	return o.Events
}

// faults requires a fault with the message. The node's log of a fault may still hold notifications: they count for nothing.
func (o outcome) faults(message string) {
	require.Equal(o.n.t, vmstate.Fault, o.VMState, "must be refused: %s", message)
	require.Contains(o.n.t, o.FaultException, message)
}

// read calls a safe method without a transaction.
func (n *network) read(contract util.Uint160, method string, args ...any) stackitem.Item {
	stack, _, err := n.execute(callScript(n.t, contract, method, args...), n.payer())
	require.NoError(n.t, err)
	require.Equal(n.t, 1, stack.Len())
	return stack.Pop().Item()
}

func (n *network) readInt(contract util.Uint160, method string, args ...any) int {
	value, err := n.read(contract, method, args...).TryInteger()
	require.NoError(n.t, err)
	return int(value.Int64())
}

func (n *network) readBool(contract util.Uint160, method string, args ...any) bool {
	value, err := n.read(contract, method, args...).TryBool()
	require.NoError(n.t, err)
	return value
}

// readFails calls a safe method that must refuse.
func (n *network) readFails(message string, contract util.Uint160, method string, args ...any) {
	require.ErrorContains(n.t, n.try(callScript(n.t, contract, method, args...)), message)
}

// try runs a script without keeping its effects, with witnesses of any scope. The validators pay for it.
func (n *network) try(script []byte, signers ...transaction.Signer) error {
	_, _, err := n.execute(script, append(n.payer(), signers...))
	return err
}

func (n *network) payer() []transaction.Signer {
	return []transaction.Signer{{Account: n.Validator.ScriptHash(), Scopes: transaction.None}}
}

// execute runs a script as the next block would, without keeping its effects.
func (n *network) execute(script []byte, signers []transaction.Signer) (stack *vm.Stack, gas int64, err error) {
	tx := transaction.New(script, 0)
	tx.Signers = signers
	ic, err := n.Chain.GetTestVM(trigger.Application, tx, &block.Block{
		Header: block.Header{Index: n.Chain.BlockHeight() + 1, Timestamp: uint64(n.now())},
	})
	require.NoError(n.t, err)
	defer ic.Finalize()
	if !n.unmeasured {
		ic.VM.SetOnExecHook(measure())
	}
	ic.VM.LoadWithFlags(script, callflag.All)
	err = ic.VM.Run()
	return ic.VM.Estack(), ic.VM.GasConsumed(), err
}

// account makes a new single-signature account.
func account(t testing.TB) neotest.Signer {
	acc, err := wallet.NewAccount()
	require.NoError(t, err)
	return neotest.NewSingleSigner(acc)
}

func by(signers ...neotest.Signer) []neotest.Signer {
	return signers
}

// fields are the members of a struct or array; integers as int, bytes as []byte, null as nil.
func fields(t testing.TB, item stackitem.Item) []any {
	items, ok := item.Value().([]stackitem.Item)
	require.True(t, ok, "a struct, not %s", item.Type())
	values := make([]any, len(items))
	for i, member := range items {
		values[i] = plain(t, member)
	}
	return values
}

func plain(t testing.TB, item stackitem.Item) any {
	switch item.Type() {
	case stackitem.AnyT:
		return nil
	case stackitem.BooleanT:
		return item.Value().(bool)
	case stackitem.IntegerT:
		value, err := item.TryInteger()
		require.NoError(t, err)
		return int(value.Int64())
	case stackitem.StructT, stackitem.ArrayT:
		return fields(t, item)
	default:
		value, err := item.TryBytes()
		require.NoError(t, err)
		return value
	}
}

// hash is a script hash as fields gives it.
func hash(h util.Uint160) []byte {
	return h.BytesBE()
}

// requireEvent requires a notification of our contract with these members.
func requireEvent(t testing.TB, event state.NotificationEvent, contract util.Uint160, name string, members ...any) {
	require.Equal(t, contract, event.ScriptHash)
	require.Equal(t, name, event.Name)
	require.Equal(t, append([]any{}, members...), fields(t, event.Item))
}

var versionConstants = regexp.MustCompile(`(?m)^(\tcontractVersion = )\S+([\s\S]*^\toldestUpgradable = )\S+`)

// release compiles a contract's sources as another version, with some text replaced, and returns what update takes.
func release(t testing.TB, folder string, version, oldestUpgradable int, replacements ...string) (nef, manifestJSON []byte) {
	source, err := os.ReadFile(filepath.Join(folder, "contract.go"))
	require.NoError(t, err)
	require.Regexp(t, versionConstants, string(source))
	changed := versionConstants.ReplaceAllString(string(source), fmt.Sprintf("${1}%d${2}%d", version, oldestUpgradable))
	for i := 0; i < len(replacements); i += 2 {
		require.Contains(t, changed, replacements[i])
	}
	changed = strings.NewReplacer(replacements...).Replace(changed)

	// A folder of its own beside ours: what it imports is found from there.
	copied, err := os.MkdirTemp("..", "release-")
	require.NoError(t, err)
	defer os.RemoveAll(copied)
	require.NoError(t, os.CopyFS(copied, os.DirFS(folder)))
	require.NoError(t, os.WriteFile(filepath.Join(copied, "contract.go"), []byte(changed), 0o600))
	contract := neotest.CompileFile(t, util.Uint160{}, copied, filepath.Join(folder, "config.yml"))
	nef, err = contract.NEF.Bytes()
	require.NoError(t, err)
	manifestJSON, err = json.Marshal(contract.Manifest)
	require.NoError(t, err)
	return nef, manifestJSON
}

// nextRelease compiles a contract's sources as the version after the deployed one.
func (n *network) nextRelease(folder string, contract util.Uint160, replacements ...string) (nef, manifestJSON []byte) {
	version := n.readInt(contract, "version")
	return n.release(folder, contract, version+1, version, replacements...)
}

// release is a release for a deployed contract, whose name, which may be other than the folder's, must stay.
func (n *network) release(folder string, contract util.Uint160, version, oldestUpgradable int, replacements ...string) (nef, manifestJSON []byte) {
	nef, manifestJSON = release(n.t, folder, version, oldestUpgradable, replacements...)
	var released manifest.Manifest
	require.NoError(n.t, json.Unmarshal(manifestJSON, &released))
	released.Name = n.Chain.GetContractState(contract).Manifest.Name
	manifestJSON, err := json.Marshal(&released)
	require.NoError(n.t, err)
	return nef, manifestJSON
}
