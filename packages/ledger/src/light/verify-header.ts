import { isSignatureValid, type PublicKey, parsePublicKey } from '@hufu/keys'
import { errorCode, hash160, hexToBytes } from '@hufu/primitives'
import { LedgerError } from '../errors.ts'
import { type ScriptHash, scriptHashFromBytes } from '../script-hash.ts'
import { signedMessage } from '../transaction.ts'
import type { Header } from './header.ts'
import { parseMultisigScript, parseSignatures } from './multisig-script.ts'

/** Account whose keys stand in the header's witness; that they signed is for `verifyHeader` to say. */
export function signersOf(header: Header): ScriptHash {
  return scriptHashFromBytes(hash160(header.verificationScript))
}

/**
 * Checks that the trusted validators signed a header: exactly as many of them as their account asks for.
 * Signatures with a high s count, as they do for Neo nodes.
 *
 * @param trusted.magic - number of the network, which the signatures cover
 * @param trusted.nextConsensus - account of the validators that had to sign it
 * @returns the header
 * @throws LedgerError `ERR_LEDGER_PROOF`: signed by others, by too few, out of order, on another network, or altered
 */
export async function verifyHeader(
  header: Header,
  trusted: { readonly magic: number; readonly nextConsensus: ScriptHash },
): Promise<Header> {
  if (signersOf(header) !== trusted.nextConsensus)
    throw new LedgerError('ERR_LEDGER_PROOF', 'header is not signed by the trusted validators')
  const { threshold, publicKeys } = parseMultisigScript(header.verificationScript)
  const signatures = parseSignatures(header.invocationScript, threshold)
  const message = signedMessage(trusted.magic, hexToBytes(header.hash).reverse())
  if (!(await areSignedInOrder(publicKeys.map(parseKey), message, signatures))) {
    throw new LedgerError('ERR_LEDGER_PROOF', 'header lacks valid signatures of a quorum of the validators')
  }
  return header
}

/** Each signature by another key, both in the same order. Which key made which is not said, so they are matched from both ends at once. */
async function areSignedInOrder(keys: readonly PublicKey[], message: Uint8Array, signatures: readonly Uint8Array[]): Promise<boolean> {
  const isBy = (key: number, signature: number) => isSignatureValid(keys[key]!, message, signatures[signature]!)
  let [firstKey, lastKey] = [0, keys.length - 1]
  let [first, last] = [0, signatures.length - 1]
  while (first <= last) {
    if (last - first > lastKey - firstKey) return false
    const [isFirst, isLast] = await Promise.all([isBy(firstKey, first), isBy(lastKey, last)])
    if (isFirst) first++
    if (isLast) last--
    // A key that did not make the outermost signature made none of the rest: the order forbids it.
    firstKey++
    lastKey--
  }
  return true
}

function parseKey(bytes: Uint8Array): PublicKey {
  try {
    return parsePublicKey('P-256', bytes)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new LedgerError('ERR_LEDGER_PROOF', 'expected P-256 keys in the witness of the header', { cause })
  }
}
