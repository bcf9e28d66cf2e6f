package main

import (
	"github.com/nspcc-dev/neo-go/pkg/io"
	"github.com/nspcc-dev/neo-go/pkg/util"
)

// forgeRecovery sends recovery messages, which carry what others are said to have said: with validators that do not exist, with changes of
// view that nobody asked for, and with a proposal and answers that nobody made.
func forgeRecovery(l *liar) {
	m := message{kind: recoveryMessage, height: l.chain.BlockHeight() + 1, validator: l.index()}
	what := ""
	switch l.random.IntN(3) {
	case 0:
		what = "validators that do not exist"
		m.body = l.recoveryBody([]byte{byte(len(l.mouths) + 1), 200, 255}, nil)
	case 1:
		what = "changes of view that nobody asked for"
		m.view = 1
		m.body = l.recoveryBody(l.allValidators(), nil)
	default:
		what = "a proposal that nobody made"
		p := proposal{prevHash: l.chain.CurrentBlockHash(), timestampMs: l.nextTimestampMs(), nonce: l.random.Uint64()}
		if root, err := l.chain.GetStateModule().GetStateRoot(l.chain.BlockHeight()); err == nil {
			p.stateRoot = root.Root
		}
		m.body = l.recoveryBody(l.allValidators(), &p)
	}
	l.tell(l.everybody(), l.seal(m))
	l.note(m, what, l.everybody())
}

// recoveryBody is the body of a recovery message in which each named validator asked to leave view 0, or answered the proposal.
func (l *liar) recoveryBody(validators []byte, p *proposal) []byte {
	w := io.NewBufBinWriter()
	if p == nil {
		w.WriteVarUint(uint64(len(validators)))
		for _, index := range validators {
			w.WriteB(index)
			w.WriteB(0)
			w.WriteU64LE(l.nextTimestampMs())
			w.WriteVarBytes(signatureScript(l.randomBytes(64)))
		}
		w.WriteBool(false)
		w.WriteVarUint(util.Uint256Size)
		w.WriteBytes(l.randomBytes(util.Uint256Size))
	} else {
		w.WriteVarUint(0)
		w.WriteBool(true)
		inner := message{kind: prepareRequest, body: p.encode()}
		w.WriteBytes(inner.encode())
	}
	w.WriteVarUint(uint64(len(validators)))
	for _, index := range validators {
		w.WriteB(index)
		w.WriteVarBytes(signatureScript(l.randomBytes(64)))
	}
	w.WriteVarUint(0)
	return w.Bytes()
}

func (l *liar) allValidators() []byte {
	all := make([]byte, len(l.mouths)+1)
	for index := range all {
		all[index] = byte(index)
	}
	return all
}

func (l *liar) nextTimestampMs() uint64 {
	b, err := l.chain.GetBlock(l.chain.CurrentBlockHash())
	if err != nil {
		return 0
	}
	return b.Timestamp + 1
}
