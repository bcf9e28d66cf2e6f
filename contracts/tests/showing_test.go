package tests

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"testing"

	"hufu/contracts/proofs"

	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/stretchr/testify/require"
)

// showing is a presentation to be spent, with whatever it rests on already on the ledger. Its proofs are made of
// the keys' secrets; what the circuits show is for the circuits' own tests.
type showing struct {
	p                             *pilot
	prepare, show                 *toyKey
	issuer, verifier              neotest.Signer
	queryId                       string
	purpose, nonce, meta, rootSet []byte
	event, today, maxRootAgeMs    int
	commitment, nullifier         fr.Element
	predicates                    []fr.Element
}

const hourMs = 60 * 60 * 1000

// newShowing is a presentation that the hospital may spend, unlike any other.
func newShowing(p *pilot) *showing {
	s := &showing{
		p: p, prepare: newToyKey("prepare", 2, "prepare"), show: newToyKey("show", 54, "show"),
		issuer: p.issuer(), verifier: p.hospital, queryId: queryId,
		purpose: []byte("ride"), event: 1, maxRootAgeMs: hourMs, meta: metaOf(typeId),
	}
	for _, key := range []*toyKey{s.prepare, s.show} {
		if plain(p.t, p.read(p.proofs, "verifyingKey", key.circuit, 0)) == nil {
			key.set(p, 1).halts()
		}
	}
	name := s.issuer.ScriptHash().StringLE()
	s.commitment, s.nullifier = seeded("commitment", name), seeded("nullifier", name)
	s.nonce = littleEndian(seeded("nonce", name))
	s.predicates = make([]fr.Element, 48)
	s.predicates[0].SetOne() // a range
	s.predicates[1].SetUint64(36_525)
	s.predicates[2].SetUint64(80_000)
	s.rootSet = s.publish("root", name)
	s.today = dayNumber(p.now())
	return s
}

// publish gives the issuer's tree a root and records it.
func (s *showing) publish(seed ...any) (rootSet []byte) {
	p := s.p
	index := p.publishRoot(s.issuer, littleEndian(seeded("root", seed...)))
	events := p.call(nil, p.proofs, "recordRootSet", typeId, []any{id(s.issuer)}, []any{index}).halts()
	return fields(p.t, events[0].Item)[1].([]byte)
}

// metaOf is the meta of a commitment whose values are the first four slots'.
func metaOf(typeId string) []byte {
	digest := sha256.Sum256([]byte("hufu:type:" + typeId))
	return slices.Concat([]byte{0x10, 0x32}, digest[:29], []byte{0})
}

// dayNumber counts days from 1800-01-01, which is 1.
func dayNumber(timeMs int) int {
	return timeMs/day + 62_092
}

// hashed is H of docs/zk.md.
func hashed(parts ...[]byte) []byte {
	digest := sha256.Sum256(slices.Concat(parts...))
	return append(digest[:31:31], 0)
}

func (s *showing) scope() []byte {
	purpose := sha256.Sum256(s.purpose)
	return hashed([]byte("hufu:scope:ledger"), id(s.verifier).BytesBE(), purpose[:], binary.BigEndian.AppendUint32(nil, uint32(s.event)))
}

func (s *showing) context() []byte {
	magic := binary.LittleEndian.AppendUint32(nil, uint32(s.p.Chain.GetConfig().Magic))
	return hashed([]byte("hufu:context:ledger"), magic, s.p.proofs.BytesBE(), id(s.verifier).BytesBE(), s.nonce)
}

// showInputs are SHOW's public inputs as the holder has them.
func (s *showing) showInputs() []byte {
	today := fr.NewElement(uint64(s.today))
	return slices.Concat(littleEndian(s.commitment), s.meta, littleEndian(today), s.scope(), littleEndian(s.nullifier), s.context(),
		littleEndian(s.predicates...))
}

// proofs are the two proofs, for the showing as it is now.
func (s *showing) proofs() []byte {
	prepareInputs := []fr.Element{element(s.rootSet), s.commitment}
	var showInputs []fr.Element
	for input := range slices.Chunk(s.showInputs(), proofs.ScalarSize) {
		showInputs = append(showInputs, element(input))
	}
	return slices.Concat(s.prepare.prove(prepareInputs, "prepare"), s.show.prove(showInputs, "show"))
}

// element is the scalar of 32 bytes.
func element(littleEndian []byte) (e fr.Element) {
	reversed := slices.Clone(littleEndian)
	slices.Reverse(reversed)
	return *e.SetBigInt(new(big.Int).SetBytes(reversed))
}

// args are what spend takes.
func (s *showing) args() []any {
	return s.argsWith(s.proofs())
}

func (s *showing) argsWith(proofs []byte) []any {
	return []any{id(s.verifier), s.queryId, s.purpose, s.event, s.nonce, s.maxRootAgeMs, s.rootSet, littleEndian(s.commitment),
		s.meta, s.today, littleEndian(s.nullifier), littleEndian(s.predicates...), proofs}
}

func (s *showing) spend() outcome {
	return s.p.call(by(s.verifier), s.p.proofs, "spend", s.args()...)
}

// rootSetVector is a list of roots and its hash.
type rootSetVector struct {
	Roots   []string `json:"roots"`
	RootSet string   `json:"rootSet"`
}

func rootSetVectors(t testing.TB) []rootSetVector {
	text, err := os.ReadFile("vectors/root-sets.json")
	require.NoError(t, err)
	var file struct {
		Vectors []rootSetVector `json:"vectors"`
	}
	require.NoError(t, json.Unmarshal(text, &file))
	return file.Vectors
}

func unhex(t testing.TB, digits string) []byte {
	decoded, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return decoded
}
