import { type PublicKey, parsePublicKey } from '@hufu/keys'
import { multisigScriptHash, quorumOf, scriptHashToBytes } from '@hufu/ledger'
import { ByteWriter, bytesToHex, hexToBytes, reverseBytes, sha256 } from '@hufu/primitives'

/** Neo N3's genesis block is of this moment on every network. */
const genesisTimeMs = 1_468_595_301_000n
const genesisNonce = 2_083_236_893n

/**
 * Hash of the genesis block of a network with state roots in its headers: known before any node has run.
 *
 * @param standbyKeys - the first validators' keys, compressed, hexadecimal, in any order
 * @returns big-endian hexadecimal, as nodes display it
 */
export function genesisHash(standbyKeys: readonly string[]): string {
  const keys: readonly PublicKey[] = standbyKeys.map(key => parsePublicKey('P-256', hexToBytes(key)))
  const nothing = new Uint8Array(32)
  // neo-go pkg/core/util.go (CreateGenesisBlock); layout as in packages/ledger/src/light/header.ts.
  const header = new ByteWriter()
    .uint32(0)
    .bytes(nothing)
    .bytes(nothing)
    .uint64(genesisTimeMs)
    .uint64(genesisNonce)
    .uint32(0)
    .uint8(0)
    .bytes(scriptHashToBytes(multisigScriptHash(quorumOf(keys.length), keys)))
    .bytes(nothing)
  return bytesToHex(reverseBytes(sha256(header.toBytes())))
}
