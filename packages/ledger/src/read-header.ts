import { LedgerError } from './errors.ts'
import { type Header, parseHeader } from './light/header.ts'
import type { RpcCaller } from './node-pool.ts'
import { parseBase64Answer } from './parse-base64-answer.ts'

/**
 * Reads the header of a block, by a node's word: its hash is computed here, its signatures are not checked.
 *
 * @param previousHash - hash of the block before it, if the caller knows
 * @throws LedgerError `ERR_LEDGER_CHAIN`: it does not follow that block
 */
export function readHeader(node: RpcCaller, blockIndex: number, previousHash?: string): Promise<Header> {
  return node.call('getblockheader', [blockIndex, false], result => {
    const header = parseHeader(parseBase64Answer(result))
    if (header.blockIndex !== blockIndex) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the header of the block asked for')
    if (previousHash !== undefined && header.previousHash !== previousHash) {
      throw new LedgerError('ERR_LEDGER_CHAIN', 'block does not follow the last one known: another chain, or one that lost blocks')
    }
    return header
  })
}
