import { ByteReader, errorCode } from '@hufu/primitives'
import { LedgerError } from './errors.ts'
import { type ScriptHash, scriptHashFromBytes } from './script-hash.ts'
import { scopeFlag, type TransactionSigner, type UnsignedTransaction } from './transaction.ts'

const maxSigners = 16
const maxAllowedContracts = 16
const maxScriptLength = 0xffff

/**
 * Reads the bytes that a transaction's signatures cover, so that whoever is asked to sign sees what they say. Only what
 * {@link unsignedTransactionBytes} can write is taken: no attributes, no reach beyond the contracts that are named.
 *
 * @throws LedgerError `ERR_LEDGER_TRANSACTION`
 */
export function readTransaction(bytes: Uint8Array): UnsignedTransaction {
  try {
    return read(new ByteReader(bytes))
  } catch (error) {
    if (errorCode(error) !== 'ERR_ENCODING_BINARY') throw error
    throw malformed('a transaction without its witnesses')
  }
}

function read(reader: ByteReader): UnsignedTransaction {
  if (reader.uint8() !== 0) throw malformed('version 0')
  const nonce = reader.uint32()
  const systemFeeDatoshi = reader.uint64()
  const networkFeeDatoshi = reader.uint64()
  const validUntilBlock = reader.uint32()
  const count = reader.varUint(maxSigners)
  if (count === 0) throw malformed('a signer')
  const signers = Array.from({ length: count }, () => readSigner(reader))
  if (new Set(signers.map(({ account }) => account)).size !== count) throw malformed('each signer once')
  if (reader.varUint(0) !== 0) throw malformed('no attributes')
  const script = reader.varBytes(maxScriptLength)
  reader.end()
  return { nonce, systemFeeDatoshi, networkFeeDatoshi, validUntilBlock, signers, script }
}

function readSigner(reader: ByteReader): TransactionSigner {
  const account = readHash(reader)
  const scope = reader.uint8()
  if (scope === scopeFlag.none) return { account, scope: 'None' }
  if (scope === scopeFlag.calledByEntry) return { account, scope: 'CalledByEntry', allowedContracts: [] }
  if (scope !== (scopeFlag.calledByEntry | scopeFlag.customContracts))
    throw malformed('a signature that reaches no further than named contracts')
  const count = reader.varUint(maxAllowedContracts)
  return { account, scope: 'CalledByEntry', allowedContracts: Array.from({ length: count }, () => readHash(reader)) }
}

function readHash(reader: ByteReader): ScriptHash {
  return scriptHashFromBytes(reader.bytes(20))
}

function malformed(expected: string): LedgerError {
  return new LedgerError('ERR_LEDGER_TRANSACTION', `transaction: expected ${expected}`)
}
