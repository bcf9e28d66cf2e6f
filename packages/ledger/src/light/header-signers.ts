import { isSignatureValid, type PublicKey, parsePublicKey } from '@hufu/keys'
import { errorCode, hexToBytes } from '@hufu/primitives'
import { LedgerError } from '../errors.ts'
import { signedMessage } from '../transaction.ts'
import type { Header } from './header.ts'
import { parseMultisigScript, parseSignatures } from './multisig-script.ts'

/** Who stands behind a header. */
export interface HeaderSigners {
  /** Keys of the validators at that block, compressed, in the network's order. */
  readonly validators: readonly PublicKey[]
  /** Those whose signatures the header carries; as many as it needs. The others may have signed, too: a header has no room for more. */
  readonly signers: readonly PublicKey[]
  /** The one that proposed the block. */
  readonly proposer: PublicKey
}

/**
 * Finds out which validators signed a header. That these are the network's validators is for the caller to know.
 *
 * @throws LedgerError `ERR_LEDGER_PROOF`: a signature is nobody's, or the witness has no such form
 */
export async function headerSigners(header: Header, magic: number): Promise<HeaderSigners> {
  const { threshold, publicKeys } = parseMultisigScript(header.verificationScript)
  const signatures = parseSignatures(header.invocationScript, threshold)
  const message = signedMessage(magic, hexToBytes(header.hash).reverse())
  const validators = publicKeys.map(parseKey)
  const signers: PublicKey[] = []
  let next = 0
  for (const signature of signatures) {
    while (next < validators.length && !(await isSignatureValid(validators[next]!, message, signature))) next++
    const signer = validators[next++]
    if (signer === undefined) throw new LedgerError('ERR_LEDGER_PROOF', 'header carries a signature of none of its validators')
    signers.push(signer)
  }
  const proposer = validators[header.primaryIndex]
  if (proposer === undefined) throw new LedgerError('ERR_LEDGER_PROOF', 'header names a proposer that is no validator')
  return { validators, signers, proposer }
}

function parseKey(bytes: Uint8Array): PublicKey {
  try {
    return parsePublicKey('P-256', bytes)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new LedgerError('ERR_LEDGER_PROOF', 'expected P-256 keys in the witness of the header', { cause })
  }
}
