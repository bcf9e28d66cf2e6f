import { base64ToBytes, errorCode } from '@hufu/primitives'
import { LedgerError } from './errors.ts'
import { type Header, parseHeader } from './light/header.ts'
import type { RpcCaller } from './node-pool.ts'

/**
 * Reads the header of a block, by a node's word: its hash is computed here, its signatures are not checked.
 *
 * @param previousHash - hash of the block before it, if the caller knows
 * @throws LedgerError `ERR_LEDGER_CHAIN`: it does not follow that block
 */
export function readHeader(node: RpcCaller, blockIndex: number, previousHash?: string): Promise<Header> {
  return node.call('getblockheader', [blockIndex, false], result => {
    const header = parseHeader(parseBytes(result))
    if (header.blockIndex !== blockIndex) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the header of the block asked for')
    if (previousHash !== undefined && header.previousHash !== previousHash) {
      throw new LedgerError('ERR_LEDGER_CHAIN', 'block does not follow the last one known: another chain, or one that lost blocks')
    }
    return header
  })
}

function parseBytes(result: unknown): Uint8Array {
  try {
    if (typeof result === 'string') return base64ToBytes(result)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw new LedgerError('ERR_LEDGER_ANSWER', 'expected an answer in base64')
}
