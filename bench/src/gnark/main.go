// Command gnark verifies Groth16 proofs with gnark as it comes, one after the other, for a
// comparison. The first line of its input is a JSON object with one key and proofs; each line
// after it is a number of proofs to verify, and is answered by how many were refused. It ends
// when its input does.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"

	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
	groth16 "github.com/consensys/gnark/backend/groth16/bls12-381"
	"github.com/rs/zerolog"
)

// order is what there is to verify; points are compressed, in base64.
type order struct {
	Alpha, Beta, Gamma, Delta string
	Inputs                    []string // IC, of the constant 1 and of each public input
	Claims                    []struct {
		A, B, C string
		Inputs  []string // decimal
	}
}

type claim struct {
	proof  groth16.Proof
	inputs fr.Vector
}

func main() {
	zerolog.SetGlobalLevel(zerolog.Disabled)
	input := bufio.NewReader(os.Stdin)
	line, err := input.ReadBytes('\n')
	check(err)
	key, claims := parse(line)
	fmt.Println("ready")
	next := 0
	for scanner := bufio.NewScanner(input); scanner.Scan(); {
		count, err := strconv.Atoi(scanner.Text())
		check(err)
		refused := 0
		for range count {
			c := &claims[next%len(claims)]
			next++
			// A copy: gnark may append to the inputs.
			if groth16.Verify(&c.proof, key, append(fr.Vector{}, c.inputs...)) != nil {
				refused++
			}
		}
		fmt.Println(refused)
	}
}

func parse(line []byte) (*groth16.VerifyingKey, []claim) {
	var o order
	check(json.Unmarshal(line, &o))
	key := &groth16.VerifyingKey{}
	decode(&key.G1.Alpha, o.Alpha)
	decode(&key.G2.Beta, o.Beta)
	decode(&key.G2.Gamma, o.Gamma)
	decode(&key.G2.Delta, o.Delta)
	key.G1.K = make([]bls12381.G1Affine, len(o.Inputs))
	for i := range o.Inputs {
		decode(&key.G1.K[i], o.Inputs[i])
	}
	check(key.Precompute())
	claims := make([]claim, len(o.Claims))
	for i, from := range o.Claims {
		decode(&claims[i].proof.Ar, from.A)
		decode(&claims[i].proof.Bs, from.B)
		decode(&claims[i].proof.Krs, from.C)
		claims[i].inputs = make(fr.Vector, len(from.Inputs))
		for j, text := range from.Inputs {
			_, err := claims[i].inputs[j].SetString(text)
			check(err)
		}
	}
	return key, claims
}

func decode(point interface{ SetBytes([]byte) (int, error) }, encoded string) {
	bytes, err := base64.StdEncoding.DecodeString(encoded)
	check(err)
	_, err = point.SetBytes(bytes)
	check(err)
}

func check(err error) {
	if err != nil {
		log.Fatal("gnark: ", err)
	}
}
