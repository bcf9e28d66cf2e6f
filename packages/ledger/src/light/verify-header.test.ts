import { ByteWriter, bytesToBase64, hash160, hexToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { makeHeader, validatorSet } from '../../test/synthetic-chain.ts'
import vectors from '../../vectors/neo-go-headers.json' with { type: 'json' }
import { addressOfScriptHash } from '../address.ts'
import { parseScriptHash, scriptHashFromBytes } from '../script-hash.ts'
import { parseHeader } from './header.ts'
import { signersOf, verifyHeader } from './verify-header.ts'

const refused = expect.objectContaining({ code: 'ERR_LEDGER_PROOF' })
const { magic } = vectors
const byName = (name: string) => vectors.headers.find(header => header.name === name)!

async function verifyHex(hex: string, signers: string, network = magic) {
  return verifyHeader(parseHeader(hexToBytes(hex)), { magic: network, nextConsensus: parseScriptHash(signers) })
}

/** A header of the vectors with another witness. */
function withWitness(
  name: string,
  change: (witness: { signatures: string[]; verification: string }) => { signatures: readonly string[]; verification: string },
) {
  const header = parseHeader(hexToBytes(byName(name).bytes))
  const invocation = Buffer.from(header.invocationScript).toString('hex')
  const witness = change({
    signatures: invocation.match(/0c40.{128}/g)!,
    verification: Buffer.from(header.verificationScript).toString('hex'),
  })
  const verification = hexToBytes(witness.verification)
  const bytes = new ByteWriter()
    .bytes(header.bytes.subarray(0, 141))
    .varUint(1)
    .varBytes(hexToBytes(witness.signatures.join('')))
    .varBytes(verification)
    .toBytes()
  return { hex: Buffer.from(bytes).toString('hex'), signers: scriptHashFromBytes(hash160(verification)) }
}

describe.each(vectors.headers)('neo-go header: $name', ({ bytes, signers, json }) => {
  test('says what neo-go says', () => {
    const header = parseHeader(hexToBytes(bytes))
    expect({
      hash: `0x${header.hash}`,
      previousblockhash: `0x${header.previousHash}`,
      merkleroot: `0x${header.merkleRoot}`,
      time: header.timeMs,
      index: header.blockIndex,
      nextconsensus: addressOfScriptHash(header.nextConsensus),
      primary: header.primaryIndex,
      previousstateroot: `0x${header.previousStateRoot}`,
      witnesses: [{ invocation: bytesToBase64(header.invocationScript), verification: bytesToBase64(header.verificationScript) }],
    }).toEqual({ ...json, version: undefined, nonce: undefined })
    expect(signersOf(header)).toBe(signers)
  })

  test('is signed by its validators on its network', async () => {
    await expect(verifyHex(bytes, signers)).resolves.toMatchObject({ blockIndex: json.index })
    await expect(verifyHex(bytes, signers, magic + 1)).rejects.toThrow(refused)
    await expect(verifyHex(bytes, '00'.repeat(20))).rejects.toThrow(refused)
  })

  test('is refused cut short or with a byte more', async () => {
    for (let length = 0; length < bytes.length; length += 2)
      await expect(verifyHex(bytes.slice(0, length), signers)).rejects.toThrow(refused)
    await expect(verifyHex(`${bytes}00`, signers)).rejects.toThrow(refused)
  })
})

test.each(['1 of 1', '5 of 7, with gaps'])('refuses each byte of a header altered: %s', async name => {
  const { bytes, signers } = byName(name)
  for (let index = 0; index < bytes.length / 2; index++) {
    const altered = hexToBytes(bytes)
    altered[index]! ^= 0x01
    await expect(verifyHex(Buffer.from(altered).toString('hex'), signers), `byte ${index}`).rejects.toThrow(refused)
  }
})

test('refuses fewer signatures, more, one twice, in another order, or of another header', async () => {
  const name = '5 of 7, with gaps'
  const alien = parseHeader(hexToBytes(byName('5 of 7, the first').bytes))
  const alienSignature = Buffer.from(alien.invocationScript).toString('hex').slice(0, 132)
  const changes: Record<string, (signatures: string[]) => string[]> = {
    none: () => [],
    fewer: signatures => signatures.slice(1),
    more: signatures => [...signatures, signatures[4]!],
    twice: signatures => signatures.with(1, signatures[0]!),
    reversed: signatures => signatures.toReversed(),
    alien: signatures => signatures.with(0, alienSignature),
    zero: signatures => signatures.with(0, `0c40${'00'.repeat(64)}`),
  }
  for (const [label, change] of Object.entries(changes)) {
    const { hex, signers } = withWitness(name, ({ signatures, verification }) => ({ signatures: change(signatures), verification }))
    await expect(verifyHex(hex, signers), label).rejects.toThrow(refused)
  }
  const { hex, signers } = withWitness(name, witness => witness)
  await expect(verifyHex(hex, signers)).resolves.toBeDefined()
})

test('refuses a key that is not on its curve, even in the trusted account', async () => {
  const { hex, signers } = withWitness('5 of 7, the first', ({ signatures, verification }) => ({
    signatures,
    verification: `${verification.slice(0, 6)}02${'00'.repeat(31)}05${verification.slice(72)}`,
  }))
  await expect(verifyHex(hex, signers)).rejects.toThrow(refused)
})

test('refuses a header of another version, and one without witness or with two', () => {
  const { bytes } = byName('1 of 1')
  for (const other of [
    `01${bytes.slice(2)}`,
    `${bytes.slice(0, 282)}00`,
    `${bytes.slice(0, 282)}02${bytes.slice(284)}${bytes.slice(284)}`,
  ]) {
    expect(() => parseHeader(hexToBytes(other))).toThrow(refused)
  }
})

test('accepts five of seven signatures in order, whosoever they are, and no other choice or order', async () => {
  const set = await validatorSet('a', 7)
  const signedBy = async (indices: readonly number[]) => {
    const signers = indices.map(index => set.signers[index]!)
    const header = await makeHeader({
      magic,
      blockIndex: 1,
      signedBy: { ...set, signers },
      next: set,
      stateRoot: '00'.repeat(32),
      signatures: 7,
    })
    return verifyHeader(header, { magic, nextConsensus: set.scriptHash }).then(
      () => true,
      () => false,
    )
  }
  for (let choice = 0; choice < 2 ** 7; choice++) {
    const indices = [0, 1, 2, 3, 4, 5, 6].filter(index => (choice >> index) % 2 === 1)
    expect(await signedBy(indices), `${indices}`).toBe(indices.length === 5)
  }
  for (const indices of [
    [1, 0, 2, 3, 4],
    [0, 1, 2, 4, 3],
    [0, 1, 1, 3, 4],
    [6, 5, 4, 3, 2],
  ]) {
    expect(await signedBy(indices), `${indices}`).toBe(false)
  }
})
