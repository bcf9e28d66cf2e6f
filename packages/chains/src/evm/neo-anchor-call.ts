import { headerSigners, type ProofBundle, parseHeader } from '@hufu/ledger'
import { base64ToBytes, bytesToHex, equalBytes, errorCode } from '@hufu/primitives'
import type { Hex } from 'viem'
import { ChainError } from '../errors.ts'

/** A header as NeoLightClient takes it. */
export interface SignedHeader {
  readonly bytes: Hex
  /** See {@link signersOf}. */
  readonly signers: bigint
  readonly blockIndex: number
}

/**
 * What NeoLightClient must be told for a proof bundle: headers that name new validators, and the arguments of `anchor`, which depend on nothing but the
 * bundle. Whether it is true is for the contract to say.
 *
 * @throws ChainError `ERR_CHAIN_PROOF`: not the members of a bundle
 */
export async function neoAnchorCall(
  evidence: unknown,
): Promise<{ readonly headers: readonly SignedHeader[]; readonly args: readonly string[] }> {
  const { magic, contractId, key, headers, proof } = bundleOf(evidence)
  const signed = await Promise.all(headers.map(header => signedHeader(base64ToBytes(header), magic)))
  const { bytes, signers } = signed.at(-1)!
  const args = [
    JSON.stringify([bytes]),
    JSON.stringify([String(signers)]),
    String(contractId),
    hex(base64ToBytes(key)),
    hex(base64ToBytes(proof)),
  ]
  return { headers: signed.slice(0, -1), args }
}

async function signedHeader(bytes: Uint8Array, magic: number): Promise<SignedHeader> {
  return { bytes: hex(bytes), signers: await signersOf(bytes, magic), blockIndex: blockIndexOf(bytes) }
}

/**
 * Who signed a header, as the contract wants it said: bit i for the key at place i. It spares the contract trying keys that did not sign; 0 if the
 * header is not what it says, for the contract to refuse.
 */
export async function signersOf(bytes: Uint8Array, magic: number): Promise<bigint> {
  try {
    const { validators, signers } = await headerSigners(parseHeader(bytes), magic)
    const placeOf = (key: (typeof signers)[0]) => validators.findIndex(each => equalBytes(each.bytes, key.bytes))
    return signers.reduce((bits, key) => bits | (1n << BigInt(placeOf(key))), 0n)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return 0n
  }
}

/** Of what is no header: more than there can be, so that the contract is shown it. */
function blockIndexOf(bytes: Uint8Array): number {
  try {
    return parseHeader(bytes).blockIndex
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return 2 ** 32
  }
}

function bundleOf(evidence: unknown): ProofBundle {
  const { version, magic, contractId, key, headers, proof } = (evidence ?? {}) as Partial<ProofBundle>
  const isBundle =
    version === 1 &&
    Number.isInteger(magic) &&
    Number.isInteger(contractId) &&
    isBase64(key) &&
    isBase64(proof) &&
    Array.isArray(headers) &&
    headers.length > 0 &&
    headers.every(isBase64)
  if (!isBundle) throw new ChainError('ERR_CHAIN_PROOF', 'expected a proof bundle of version 1')
  return evidence as ProofBundle
}

function isBase64(json: unknown): json is string {
  try {
    return typeof json === 'string' && base64ToBytes(json).length >= 0
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return false
  }
}

function hex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`
}
