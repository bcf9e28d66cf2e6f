// Makes the vectors of SM2, SM3 and SM4-GCM with tjfoc/gmsm (Apache-2.0), an implementation that shares no code with ours, and checks what ours signed:
//
//	node sign.ts > ours.json && go run . < ours.json > vectors.json
package main

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"

	"github.com/tjfoc/gmsm/sm2"
	"github.com/tjfoc/gmsm/sm3"
	"github.com/tjfoc/gmsm/sm4"
	"github.com/tjfoc/gmsm/x509"
)

// signature is one of SM2: r and s as 64 bytes, and as DER where gmsm made it.
type signature struct {
	PublicKey string `json:"publicKey"`
	ID        string `json:"id"`
	Message   string `json:"message"`
	Signature string `json:"signature"`
	Der       string `json:"der,omitempty"`
	Spki      string `json:"spki,omitempty"`
	Secret    string `json:"secret,omitempty"`
}

type digest struct {
	Message string `json:"message"`
	Digest  string `json:"digest"`
}

type sealed struct {
	Key            string `json:"key"`
	Nonce          string `json:"nonce"`
	AssociatedData string `json:"associatedData"`
	Plaintext      string `json:"plaintext"`
	Sealed         string `json:"sealed"`
}

type vectors struct {
	MadeBy      string      `json:"madeBy"`
	OursChecked int         `json:"oursChecked"`
	Sm2         []signature `json:"sm2"`
	Sm3         []digest    `json:"sm3"`
	Sm4Gcm      []sealed    `json:"sm4Gcm"`
}

const defaultID = "1234567812345678"

func main() {
	out := vectors{MadeBy: "github.com/tjfoc/gmsm v1.4.1", OursChecked: checkOurs()}
	for index, id := range []string{defaultID, defaultID, defaultID, defaultID, "ALICE123@YAHOO.COM", "招商银行"} {
		out.Sm2 = append(out.Sm2, sign(randomBytes(index*37), id))
	}
	for _, size := range []int{0, 1, 55, 56, 63, 64, 65, 119, 120, 1000} {
		message := randomBytes(size)
		out.Sm3 = append(out.Sm3, digest{hexOf(message), hexOf(sm3.Sm3Sum(message))})
	}
	for _, sizes := range [][2]int{{0, 0}, {0, 5}, {1, 0}, {16, 16}, {17, 13}, {100, 40}} {
		out.Sm4Gcm = append(out.Sm4Gcm, seal(randomBytes(sizes[0]), randomBytes(sizes[1])))
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	try(encoder.Encode(out))
}

// checkOurs verifies every signature on standard input, and that it fails for another message.
func checkOurs() int {
	var ours []signature
	try(json.NewDecoder(os.Stdin).Decode(&ours))
	for index, one := range ours {
		key := publicKeyOf(bytesOf(one.PublicKey))
		raw, message := bytesOf(one.Signature), bytesOf(one.Message)
		r, s := new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])
		if !sm2.Sm2Verify(key, message, []byte(one.ID), r, s) {
			panic(fmt.Sprintf("signature %d of ours does not verify", index))
		}
		if sm2.Sm2Verify(key, append(message, 0), []byte(one.ID), r, s) {
			panic(fmt.Sprintf("signature %d of ours verifies for another message", index))
		}
	}
	return len(ours)
}

func sign(message []byte, id string) signature {
	key, err := sm2.GenerateKey(rand.Reader)
	try(err)
	r, s, err := sm2.Sm2Sign(key, message, []byte(id), rand.Reader)
	try(err)
	der, err := sm2.SignDigitToSignData(r, s)
	try(err)
	text, err := x509.WritePublicKeyToPem(&key.PublicKey)
	try(err)
	block, _ := pem.Decode(text)
	return signature{
		PublicKey: "04" + fixed(key.X) + fixed(key.Y),
		ID:        id,
		Message:   hexOf(message),
		Signature: fixed(r) + fixed(s),
		Der:       hexOf(der),
		Spki:      hexOf(block.Bytes),
		Secret:    fixed(key.D),
	}
}

func seal(plaintext, associatedData []byte) sealed {
	key, nonce := randomBytes(16), randomBytes(12)
	block, err := sm4.NewCipher(key)
	try(err)
	gcm, err := cipher.NewGCM(block)
	try(err)
	return sealed{hexOf(key), hexOf(nonce), hexOf(associatedData), hexOf(plaintext), hexOf(gcm.Seal(nil, nonce, plaintext, associatedData))}
}

func publicKeyOf(point []byte) *sm2.PublicKey {
	return &sm2.PublicKey{Curve: sm2.P256Sm2(), X: new(big.Int).SetBytes(point[1:33]), Y: new(big.Int).SetBytes(point[33:])}
}

func fixed(number *big.Int) string {
	return hexOf(number.FillBytes(make([]byte, 32)))
}

func randomBytes(size int) []byte {
	bytes := make([]byte, size)
	_, err := rand.Read(bytes)
	try(err)
	return bytes
}

func hexOf(bytes []byte) string {
	return hex.EncodeToString(bytes)
}

func bytesOf(text string) []byte {
	bytes, err := hex.DecodeString(text)
	try(err)
	return bytes
}

func try(err error) {
	if err != nil {
		panic(err)
	}
}
