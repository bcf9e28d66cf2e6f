import type { LedgerCast } from './ledger-cast.ts'
import type { Addition } from './ledger-script.ts'
import type { Row } from './list-follower.ts'
import type { Answer } from './list-server.ts'

/** What a user wanted, and everything that it heard. */
export interface Request {
  readonly addition: Addition
  readonly answers: Answer[]
  isRefused: boolean
}

/** Compares what everybody was told with the ledger, now that nothing moves any more. @throws Error that says what is not so */
export async function checkLedger({ ledger, servers, follower }: LedgerCast, requests: readonly Request[]): Promise<void> {
  const { chain } = ledger
  const executed = chain.flatMap(block => block.executed.map(each => ({ ...each, blockIndex: block.index })))
  const effects = executed.filter(each => each.position !== undefined)
  const effectOf = (hash: string) => effects.find(each => each.transaction.hash === hash)
  for (const { addition, answers, isRefused } of requests) {
    const count = effects.filter(each => each.transaction.addition.key === addition.key).length
    if (count > 1) throw new Error(`${addition.key} has ${count} effects`)
    for (const answer of answers) {
      if (answer.kind === 'done') {
        const effect = effectOf(answer.transactionHash)
        if (effect === undefined) throw new Error(`${addition.key} was told done, and is not on the ledger`)
        if (effect.blockIndex !== answer.blockIndex) throw new Error(`${addition.key} was told another block than the ledger has it in`)
      } else if (answer.transactionHash !== undefined && isFinal(answer.code) && effectOf(answer.transactionHash) !== undefined)
        throw new Error(`${addition.key} was told ${answer.code}, and took effect`)
    }
    if (isRefused && count > 0) throw new Error(`${addition.key} was refused, and took effect`)
  }
  for (const server of servers) {
    const open = await server.open()
    if (open.length > 0) throw new Error(`an outbox still holds ${open.join(', ')}`)
  }
  const rows = effects.map(({ transaction: { addition }, position }): Row => [addition.list, addition.key, position!])
  const known = follower.rows
  // Blocks go on: the table may be a few ahead of this look, or this of it, but nothing is in them.
  if (JSON.stringify(known) !== JSON.stringify(rows)) throw new Error("the follower's table is not what a rebuild gives")
}

/** Whether a code says that nothing will ever come of the transaction. */
function isFinal(code: string): boolean {
  return code === 'ERR_LEDGER_REJECTED' || code === 'ERR_LEDGER_EXPIRED' || code === 'ERR_LEDGER_FAULT'
}
