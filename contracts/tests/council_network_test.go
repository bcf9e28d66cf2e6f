package tests

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/nspcc-dev/neo-go/pkg/core/native/nativehashes"
	"github.com/nspcc-dev/neo-go/pkg/core/state"
	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/stretchr/testify/require"
)

var seatNames = []string{"beijing", "shanghai", "shenzhen", "chengdu", "wuhan", "xian", "coordinator"}

const (
	second = 1_000

	votingMs        = 14 * day
	delayMs         = 2 * day
	vetoDelayMs     = 14 * day
	executeWithinMs = 13 * day
	stopMs          = day
	stopPauseMs     = 7 * day
)

// rules are those of the council in all tests: votes, vetoes and stops needed, then times.
var rules = []any{5, 3, 3, votingMs, delayMs, vetoDelayMs, executeWithinMs, stopMs, stopPauseMs}

// newSeats are the seats as the council is deployed with; their validators' keys are the committee's, of which there are six.
func (n *network) newSeats() []any {
	var seats []any
	for i, seat := range n.seats {
		seats = append(seats, []any{seatNames[i], id(seat), n.validatorKey(i)})
	}
	return seats
}

// member is a member of the ledger's committee, by the account of its key.
func (n *network) member(index int) neotest.SingleSigner {
	return n.Committee.(neotest.MultiSigner).Single(index % 6)
}

// validatorKey is the key of a seat's validator.
func (n *network) validatorKey(seat int) []byte {
	return n.member(seat).Account().PublicKey().Bytes()
}

// say lets a seat call a method whose first argument is its name.
func (n *network) say(seat int, method string, args ...any) outcome {
	return n.call(by(n.seats[seat]), n.council, method, append([]any{seatNames[seat]}, args...)...)
}

// propose makes a proposal; a call is {contract, method, arguments}.
func (n *network) propose(seat int, calls ...any) (id int, payloadHash []byte) {
	members := fields(n.t, eventOf(n, n.say(seat, "propose", calls, "title").halts(), "Proposed").Item)
	return members[0].(int), members[2].([]byte)
}

// passed makes a proposal of the first seat's that the first five have agreed to.
func (n *network) passed(calls ...any) (id int, payloadHash []byte) {
	id, payloadHash = n.propose(0, calls...)
	for seat := range 5 {
		n.say(seat, "vote", id, payloadHash, true).halts()
	}
	return id, payloadHash
}

// decided makes the council run calls, by votes, after the delay.
func (n *network) decided(calls ...any) outcome {
	id, payloadHash := n.passed(calls...)
	n.at(n.now() + delayMs)
	return n.say(0, "execute", id, payloadHash)
}

// eventOf is the council's only notification of a name.
func eventOf(n *network, events []state.NotificationEvent, name string) state.NotificationEvent {
	var found []state.NotificationEvent
	for _, event := range events {
		if event.ScriptHash == n.council && event.Name == name {
			found = append(found, event)
		}
	}
	require.Len(n.t, found, 1, name)
	return found[0]
}

// newBallot deploys a seat's ballot.
func (n *network) newBallot(seat int) util.Uint160 {
	c := n.compile("../ballot")
	nef, err := c.NEF.Bytes()
	require.NoError(n.t, err)
	manifest := *c.Manifest
	manifest.Name = "hufu-ballot-" + seatNames[seat]
	manifestJSON, err := json.Marshal(&manifest)
	require.NoError(n.t, err)
	n.call(nil, n.Chain.ManagementContractHash(), "deploy", nef, manifestJSON, []any{n.council}).halts()
	hash := state.CreateContractHash(n.Validator.ScriptHash(), c.NEF.Checksum, manifest.Name)
	// Its code is that of all ballots: what runs of it counts for them.
	executed[hash] = executedOf(c.Hash)
	return hash
}

func executedOf(hash util.Uint160) map[step]bool {
	if executed[hash] == nil {
		executed[hash] = map[step]bool{}
	}
	return executed[hash]
}

func (n *network) neo() util.Uint160 {
	return nativehashes.NeoToken
}

func (n *network) gas() util.Uint160 {
	return nativehashes.GasToken
}

// giveNeo moves NEO to an account, from the validators', who hold it all.
func (n *network) giveNeo(to util.Uint160, amount int) {
	n.NewInvoker(n.neo(), n.Validator).Invoke(n.t, true, "transfer", n.Validator.ScriptHash(), to, amount, nil)
}

// registerCandidate makes a seat's validator one that NEO can vote for.
func (n *network) registerCandidate(seat int) {
	n.call(by(n.member(seat)), n.neo(), "registerCandidate", n.validatorKey(seat)).halts()
}

// openCollection begins to gather signatures of a transaction, which it returns.
func (n *network) openCollection(member int) (id int, transaction []byte) {
	transaction = []byte(fmt.Sprintf("transaction %d", n.nextBlock()))
	out := n.call(by(n.member(member)), n.council, "openCollection", n.validatorKey(member), transaction)
	return fields(n.t, eventOf(n, out.halts(), "CollectionOpened").Item)[0].(int), transaction
}

// signature is a committee member's of a transaction, as its witness needs it.
func (n *network) signature(member int, transaction []byte) []byte {
	digest := sha256.Sum256(transaction)
	signed := binary.LittleEndian.AppendUint32(nil, uint32(n.Chain.GetConfig().Magic))
	return n.member(member).Account().PrivateKey().Sign(append(signed, digest[:]...))
}
