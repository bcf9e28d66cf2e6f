package tests

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/nspcc-dev/neo-go/pkg/crypto/keys"
	"github.com/stretchr/testify/require"
)

const (
	hospitals = "fabric:hospitals@0123456789abcdef"
	// transactionOfEndorsers is the only type of header that an answer may have.
	transactionOfEndorsers = 3
)

// fabricAnswer is a question to a chaincode of a made-up channel with its answer, as Fabric's gateway hands them out.
type fabricAnswer struct {
	channel, chaincode, answeredBy string
	kind, status                   int
	call                           []string
	result                         string
	endorsers                      []endorser
	input                          []byte // function and arguments, where they are not those of call
	// Whether it answers another question, and what else stands in its parts.
	otherQuestion                        bool
	headerTail, proposalTail, answerTail []byte
}

// endorser is a peer that signs for an organisation, and whose key it has.
type endorser struct{ mspId, key string }

// newAnswer is an answer as it should be, signed by these organisations.
func newAnswer(mspIds ...string) *fabricAnswer {
	a := &fabricAnswer{
		channel: "hospitals", chaincode: "hufu", answeredBy: "hufu", kind: transactionOfEndorsers, status: 200,
		call: []string{"registry.get", "Hospital1MSP", "radiology"}, result: `{"status":"active"}`,
	}
	for _, mspId := range mspIds {
		a.endorsers = append(a.endorsers, endorser{mspId, mspId})
	}
	return a
}

// peerKey is the signing key of a peer; one name gives the same each time.
func peerKey(t testing.TB, name string) *keys.PrivateKey {
	secret := sha256.Sum256([]byte("endorser " + name))
	key, err := keys.NewPrivateKeyFromBytes(secret[:])
	require.NoError(t, err)
	return key
}

func peerKeys(t testing.TB, names ...string) (publicKeys []any) {
	for _, name := range names {
		publicKeys = append(publicKeys, peerKey(t, name).PublicKey().Bytes())
	}
	return publicKeys
}

// asked are the parts of the question: channel header, signature header, proposal.
func (a *fabricAnswer) asked() (channelHeader, signatureHeader, proposal []byte) {
	creator, nonce := slices.Concat(messageField(1, "ClientMSP"), messageField(2, "certificate")), "nonce of 24 bytes or what"
	signatureHeader = slices.Concat(messageField(1, string(creator)), messageField(2, nonce))
	transactionId := sha256.Sum256(append([]byte(nonce), creator...))
	if a.kind != 0 {
		channelHeader = numberField(1, a.kind)
	}
	channelHeader = slices.Concat(channelHeader, messageField(4, a.channel), messageField(5, hex.EncodeToString(transactionId[:])))
	input := a.input
	if input == nil {
		for _, argument := range a.call {
			input = append(input, messageField(1, argument)...)
		}
	}
	specification := slices.Concat(numberField(1, 1), messageField(2, string(messageField(2, a.chaincode))), messageField(3, string(input)))
	proposal = messageField(1, string(messageField(1, string(specification))))
	return append(channelHeader, a.headerTail...), signatureHeader, append(proposal, a.proposalTail...)
}

// answer is what endorsers sign: the question's hash and the outcome.
func (a *fabricAnswer) answer() []byte {
	channelHeader, signatureHeader, proposal := a.asked()
	question := sha256.Sum256(slices.Concat(channelHeader, signatureHeader, proposal))
	if a.otherQuestion {
		question = sha256.Sum256([]byte("another"))
	}
	response := slices.Concat(numberField(1, a.status), messageField(3, a.result))
	action := slices.Concat(messageField(1, "read and written"), messageField(3, string(response)), messageField(4, string(messageField(2, a.answeredBy))))
	return slices.Concat(messageField(1, string(question[:])), messageField(2, string(action)), a.answerTail)
}

// args are what fabricAnswer takes behind the network.
func (a *fabricAnswer) args(t testing.TB) []any {
	channelHeader, signatureHeader, proposal := a.asked()
	answer := a.answer()
	endorsers, signatures := []any{}, []any{}
	for _, each := range a.endorsers {
		identity := identityOf(each.mspId, each.key)
		endorsers = append(endorsers, identity)
		signatures = append(signatures, peerKey(t, each.key).Sign(append(slices.Clone(answer), identity...)))
	}
	return []any{channelHeader, signatureHeader, proposal, answer, endorsers, signatures}
}

// identityOf is an organisation's name and a certificate of a peer.
func identityOf(mspId, key string) []byte {
	return slices.Concat(messageField(1, mspId), messageField(2, "certificate of "+key))
}

// messageField is a field with a length: text, bytes or a message.
func messageField(number int, content string) []byte {
	field := binary.AppendUvarint(nil, uint64(number*8+2))
	field = binary.AppendUvarint(field, uint64(len(content)))
	return append(field, content...)
}

func numberField(number, value int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number*8)), uint64(value))
}
