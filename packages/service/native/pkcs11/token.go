package main

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/miekg/pkcs11"
)

// sessions is how many signatures the token makes at one time.
const sessions = 4

// Codes of answers.
const (
	ok       = 0
	noKey    = 1
	wrongPin = 2
	failed   = 3
)

var (
	errNoKey    = errors.New("no such key, or several")
	errWrongPin = errors.New("PIN refused")
)

func codeOf(err error) byte {
	switch {
	case err == nil:
		return ok
	case errors.Is(err, errNoKey):
		return noKey
	case errors.Is(err, errWrongPin):
		return wrongPin
	default:
		return failed
	}
}

// p256 is the object identifier of the curve, as CKA_EC_PARAMS has it.
var p256 = []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}

// token is a PKCS#11 token with sessions that are open.
type token struct {
	context *pkcs11.Ctx
	free    chan pkcs11.SessionHandle
}

func openToken(module, label string) (*token, error) {
	context := pkcs11.New(module)
	if context == nil {
		return nil, errors.New("module cannot be loaded")
	}
	if err := context.Initialize(); err != nil {
		return nil, fmt.Errorf("module cannot be initialised: %w", err)
	}
	slot, err := slotOf(context, label)
	if err != nil {
		return nil, err
	}
	t := &token{context: context, free: make(chan pkcs11.SessionHandle, sessions)}
	for range sessions {
		session, err := context.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
		if err != nil {
			return nil, fmt.Errorf("session cannot be opened: %w", err)
		}
		t.free <- session
	}
	return t, nil
}

func slotOf(context *pkcs11.Ctx, label string) (uint, error) {
	slots, err := context.GetSlotList(true)
	if err != nil {
		return 0, fmt.Errorf("slots cannot be listed: %w", err)
	}
	for _, slot := range slots {
		if info, err := context.GetTokenInfo(slot); err == nil && info.Label == label {
			return slot, nil
		}
	}
	return 0, errors.New("no token of this label")
}

func (t *token) close() {
	_ = t.context.Finalize()
	t.context.Destroy()
}

// logIn counts for all sessions.
func (t *token) logIn(pin string) error {
	session := <-t.free
	defer func() { t.free <- session }()
	err := t.context.Login(session, pkcs11.CKU_USER, pin)
	var code pkcs11.Error
	if errors.As(err, &code) {
		switch code {
		case pkcs11.CKR_USER_ALREADY_LOGGED_IN:
			return nil
		case pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_INVALID, pkcs11.CKR_PIN_LEN_RANGE, pkcs11.CKR_PIN_LOCKED, pkcs11.CKR_PIN_EXPIRED:
			return errWrongPin
		}
	}
	return err
}

// findKey returns the point of the pair of keys with a label, 65 bytes, if the private
// key signs and cannot leave the token.
func (t *token) findKey(label string) ([]byte, error) {
	session := <-t.free
	defer func() { t.free <- session }()
	private, err := t.find(session, pkcs11.CKO_PRIVATE_KEY, label)
	if err != nil {
		return nil, err
	}
	if err := t.checkStays(session, private); err != nil {
		return nil, err
	}
	public, err := t.find(session, pkcs11.CKO_PUBLIC_KEY, label)
	if err != nil {
		return nil, err
	}
	return t.pointOf(session, public)
}

// checkStays refuses a key that could be read out of the token.
func (t *token) checkStays(session pkcs11.SessionHandle, key pkcs11.ObjectHandle) error {
	attributes, err := t.context.GetAttributeValue(session, key, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, nil),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, nil),
	})
	if err != nil {
		return err
	}
	if !isTrue(attributes[0].Value) || isTrue(attributes[1].Value) {
		return fmt.Errorf("key can leave the token: %w", errNoKey)
	}
	return nil
}

func isTrue(value []byte) bool { return len(value) == 1 && value[0] != 0 }

func (t *token) pointOf(session pkcs11.SessionHandle, public pkcs11.ObjectHandle) ([]byte, error) {
	attributes, err := t.context.GetAttributeValue(session, public, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, nil),
		pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil),
	})
	if err != nil {
		return nil, err
	}
	if string(attributes[0].Value) != string(p256) {
		return nil, fmt.Errorf("key of another curve: %w", errNoKey)
	}
	// An OCTET STRING in DER; some tokens give the bytes alone.
	var point []byte
	if rest, err := asn1.Unmarshal(attributes[1].Value, &point); err != nil || len(rest) > 0 {
		point = attributes[1].Value
	}
	if len(point) != 65 || point[0] != 4 {
		return nil, fmt.Errorf("key of another form: %w", errNoKey)
	}
	return point, nil
}

// sign signs a digest of 32 bytes. It returns r and s, 32 bytes each.
func (t *token) sign(label string, digest []byte) ([]byte, error) {
	session := <-t.free
	defer func() { t.free <- session }()
	key, err := t.find(session, pkcs11.CKO_PRIVATE_KEY, label)
	if err != nil {
		return nil, err
	}
	mechanism := []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_ECDSA, nil)}
	if err := t.context.SignInit(session, mechanism, key); err != nil {
		return nil, err
	}
	signature, err := t.context.Sign(session, digest)
	if err == nil && len(signature) != 64 {
		return nil, errors.New("signature of another length")
	}
	return signature, err
}

// makePair makes a pair of keys whose private one never leaves the token.
func (t *token) makePair(label string) ([]byte, error) {
	session := <-t.free
	defer func() { t.free <- session }()
	if _, err := t.find(session, pkcs11.CKO_PRIVATE_KEY, label); err == nil {
		return nil, errors.New("there is a key of this label already")
	}
	mechanism := []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_EC_KEY_PAIR_GEN, nil)}
	public, _, err := t.context.GenerateKeyPair(session, mechanism,
		[]*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
			pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true),
			pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, p256),
			pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
		},
		[]*pkcs11.Attribute{
			pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
			pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true),
			pkcs11.NewAttribute(pkcs11.CKA_SIGN, true),
			pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
			pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false),
			pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
		})
	if err != nil {
		return nil, err
	}
	return t.pointOf(session, public)
}

// find returns the one object of a class with a label.
func (t *token) find(session pkcs11.SessionHandle, class uint, label string) (pkcs11.ObjectHandle, error) {
	template := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, class),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, label),
	}
	if err := t.context.FindObjectsInit(session, template); err != nil {
		return 0, err
	}
	found, _, err := t.context.FindObjects(session, 2)
	if final := t.context.FindObjectsFinal(session); err == nil {
		err = final
	}
	if err != nil {
		return 0, err
	}
	if len(found) != 1 {
		return 0, errNoKey
	}
	return found[0], nil
}
