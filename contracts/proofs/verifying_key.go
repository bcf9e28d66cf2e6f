package proofs

import (
	"hufu/contracts/arguments"

	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
)

// Layout of a verifying key's file: a head of fixed size, the circuit's name, and
// two hashes before the points.
const (
	keyHeadSize = 7
	keyMagic    = "HFVK"
	keyFormat   = 1

	keyFlagsOffset      = 5
	keyNameLengthOffset = 6
	// MaxPublicInputs is the most public inputs that a circuit can have.
	MaxPublicInputs = 256
	// maxKeySize leaves no room for one more point.
	maxKeySize = keyHeadSize + MaxCircuitIdLength + 2*arguments.DigestSize + G1Size + 3*G2Size + 2 + (MaxPublicInputs+1)*G1Size
)

// parseKey parses the file of a circuit's verifying key, whose points need not be
// in their groups yet, and returns where alpha stands in it. It refuses keys with
// which false proofs could be made.
func parseKey(circuitId string, key []byte) int {
	size := len(key)
	hashesOffset := keyHeadSize + len(circuitId)
	alphaOffset := hashesOffset + 2*arguments.DigestSize
	countOffset := alphaOffset + G1Size + 3*G2Size
	if size < countOffset+2+G1Size || string(key[:4]) != keyMagic || key[4] != keyFormat || key[keyFlagsOffset] > 1 {
		panic(ErrKey)
	}
	if int(key[keyNameLengthOffset]) != len(circuitId) || string(key[keyHeadSize:hashesOffset]) != circuitId {
		panic(ErrKey)
	}
	count := int(key[countOffset])*256 + int(key[countOffset+1])
	if size != countOffset+2+count*G1Size {
		panic(ErrKey)
	}
	transcriptHash := key[hashesOffset+arguments.DigestSize : alphaOffset]
	if isDevelopment(key) != (string(transcriptHash) == string(make([]byte, arguments.DigestSize))) {
		panic(ErrKey)
	}
	checkSecondGroup(key[alphaOffset+G1Size : countOffset])
	checkInputPoints(key[countOffset+2:], count)
	return alphaOffset
}

// checkSecondGroup throws unless beta, gamma and delta are unrelated, and gamma is
// the generator. Where two of them are the same or opposite, false proofs are made
// in a moment.
func checkSecondGroup(points []byte) {
	beta, gamma, delta := points[:G2Size], points[G2Size:2*G2Size], points[2*G2Size:]
	if string(gamma) != g2Generator {
		panic(ErrKey)
	}
	b, g, d := unsigned(beta), unsigned(gamma), unsigned(delta)
	if b == g || b == d || d == g {
		panic(ErrKey)
	}
}

// checkInputPoints throws if a point stands twice among those of the inputs, or with
// its negative: a proof for some inputs would be one for others too.
func checkInputPoints(points []byte, count int) {
	seen := []string{}
	for i := range count {
		x := unsigned(points[i*G1Size : (i+1)*G1Size])
		for j := range seen {
			if seen[j] == x {
				panic(ErrKey)
			}
		}
		seen = append(seen, x)
	}
}

// unsigned returns what a point and its negative have in common: x.
func unsigned(encoded []byte) string {
	return string(append([]byte{encoded[0] & 0x1F}, encoded[1:]...))
}

// constantOf returns e(alpha, beta) · e(IC₀, gamma), which every proof is compared
// with. Of the key's other points it makes sure that they are in their groups.
func constantOf(key []byte, alphaOffset int) []byte {
	betaOffset := alphaOffset + G1Size
	inputsOffset := betaOffset + 3*G2Size + 2
	alpha, beta := point(key[alphaOffset:betaOffset]), point(key[betaOffset:betaOffset+G2Size])
	gamma := crypto.Bls12381Deserialize([]byte(g2Generator))
	point(deltaOf(key))
	for start := inputsOffset + G1Size; start < len(key); start += G1Size {
		point(key[start : start+G1Size])
	}
	constant := crypto.Bls12381Add(crypto.Bls12381Pairing(alpha, beta),
		crypto.Bls12381Pairing(point(key[inputsOffset:inputsOffset+G1Size]), gamma))
	return crypto.Bls12381Serialize(constant)
}

// isDevelopment tells if whoever made the key could have kept what makes false proofs.
func isDevelopment(key []byte) bool {
	return key[keyFlagsOffset] == 1
}

// inputCount returns how many public inputs a key has.
func inputCount(key []byte) int {
	offset := countOffset(key)
	return int(key[offset])*256 + int(key[offset+1]) - 1
}

func deltaOf(key []byte) []byte {
	offset := countOffset(key)
	return key[offset-G2Size : offset]
}

// countOffset returns where the number of the inputs' points stands.
func countOffset(key []byte) int {
	return keyHeadSize + int(key[keyNameLengthOffset]) + 2*arguments.DigestSize + G1Size + 3*G2Size
}
