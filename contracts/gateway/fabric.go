package gateway

import (
	"hufu/contracts/arguments"

	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
)

// Answer is what a chaincode answered to a question, by the word of enough
// organisations.
type Answer struct {
	TransactionId string   // of the question, hexadecimal
	Call          [][]byte // function and arguments
	Result        []byte
}

const (
	// MaxPartSize bounds each part of an answer, in bytes.
	MaxPartSize = 65_535
	// MaxIdentitySize bounds an endorser's identity, which holds a certificate.
	MaxIdentitySize = 16_384

	// ErrMessage is thrown when a part of an answer is no message of Fabric.
	ErrMessage = "not a message of Fabric"
	// ErrQuestion is thrown when an answer is to another question than it came with,
	// or to no question at all.
	ErrQuestion = "answer to another question"
	// ErrChannel is thrown when an answer is of another channel.
	ErrChannel = "answer of another channel"
	// ErrChaincode is thrown when an answer is of another chaincode.
	ErrChaincode = "answer of another chaincode"
	// ErrRefused is thrown when the chaincode refused to answer.
	ErrRefused = "the chaincode refused"
	// ErrEndorsements is thrown when endorsers and signatures do not match, are too
	// many, or are not of their form.
	ErrEndorsements = "endorsements malformed"
	// ErrQuorum is thrown when too few organisations have signed.
	ErrQuorum = "too few of the organisations have signed"
)

const (
	endorserTransaction = 3
	success             = 200
)

// FabricAnswer returns what a network's chaincode answered to a question, if enough
// organisations have signed it: the question's channel header, signature header and
// proposal, the answer (ProposalResponsePayload), and each endorser's identity and
// signature, r ‖ s. Signatures of others, and false ones, do not count. Which function
// was asked, and with which arguments, is for the caller to look at.
//
// See https://github.com/hyperledger/fabric-protos, the comment at the head of
// peer/transaction.proto.
func FabricAnswer(
	network string, channelHeader, signatureHeader, proposal, answer []byte, endorsers [][]byte, signatures [][]byte,
) *Answer {
	pinned := networkOn(network, KindFabric)
	channelHeader = arguments.Bytes(channelHeader, MaxPartSize)
	proposal = arguments.Bytes(proposal, MaxPartSize)
	answer = arguments.Bytes(answer, MaxPartSize)
	header, response := parseMessage(channelHeader), parseMessage(answer)
	question := append([]byte{}, channelHeader...)
	question = append(question, arguments.Bytes(signatureHeader, MaxPartSize)...)
	question = append(question, proposal...)
	if string(bytesOf(response, 1)) != string(crypto.Sha256(question)) || integerOf(header, 1) != endorserTransaction {
		panic(ErrQuestion)
	}
	if string(bytesOf(header, 4)) != pinned.Channel {
		panic(ErrChannel)
	}
	specification := messageOf(messageOf(parseMessage(proposal), 1), 1)
	action := messageOf(response, 2)
	asked, answering := bytesOf(messageOf(specification, 2), 2), bytesOf(messageOf(action, 4), 2)
	if string(asked) != pinned.Chaincode || string(answering) != pinned.Chaincode {
		panic(ErrChaincode)
	}
	outcome := messageOf(action, 3)
	if integerOf(outcome, 1) != success {
		panic(ErrRefused)
	}
	checkEndorsements(pinned, answer, endorsers, signatures)
	return &Answer{
		TransactionId: string(bytesOf(header, 5)),
		Call:          allOf(messageOf(specification, 3), 1),
		Result:        bytesOf(outcome, 3),
	}
}

// checkEndorsements throws unless enough different organisations have signed, each by
// a key that is pinned for it.
func checkEndorsements(pinned *NetworkRecord, answer []byte, endorsers [][]byte, signatures [][]byte) {
	count := len(endorsers)
	if count > MaxEndorsers || len(signatures) != count {
		panic(ErrEndorsements)
	}
	signed := map[string]bool{}
	for i := range count {
		endorser, signature := arguments.Bytes(endorsers[i], MaxIdentitySize), arguments.ByteString(signatures[i])
		if len(signature) != interop.SignatureLen {
			panic(ErrEndorsements)
		}
		organisation := string(bytesOf(parseMessage(endorser), 1))
		message := append([]byte{}, answer...)
		message = append(message, endorser...)
		for j := range pinned.Organisations {
			if pinned.Organisations[j] == organisation &&
				crypto.VerifyWithECDsa(message, pinned.PublicKeys[j], signature, crypto.Secp256r1Sha256) {
				signed[organisation] = true
			}
		}
	}
	if len(signed) < pinned.Threshold {
		panic(ErrQuorum)
	}
}
