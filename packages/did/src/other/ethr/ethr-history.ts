import { DidError } from '../../errors.ts'
import { type DidAssurance, weakestOf } from '../did-assurance.ts'
import { addressWord, functionSelector } from './ethereum-address.ts'
import { type EthrEvent, parseEthrEvent, Words } from './ethr-event.ts'
import type { EthrBlock, EthrRegistry } from './ethr-registry.ts'

/** What the registry knows of an identity, as of one block. */
export interface EthrHistory {
  readonly head: EthrBlock
  /** Oldest first, with the block of each. */
  readonly events: readonly (EthrEvent & { readonly blockNumber: number })[]
  /** `0x` and 40 digits; {@link noOwner} once deactivated. */
  readonly owner: string
  readonly assurance: DidAssurance
}

/** Whoever gives an identity to nobody ends it for good, whatever the contract would still let its first owner do. */
export const noOwner = `0x${'0'.repeat(40)}`

/** Blocks with changes that are read; an identity with more is not resolved. */
const maxBlocks = 256

/**
 * Walks the changes of an identity from the newest back: each event names the block of the one before. So an event that a node hides is missed, if it is not the
 * first of several in one block; what the changes say of the owner is compared with what the registry says.
 *
 * @throws DidError `ERR_DID_ANSWER`: what is said contradicts itself, or there is too much of it
 */
export async function readEthrHistory(registry: EthrRegistry, identity: string): Promise<EthrHistory> {
  const head = await registry.head()
  const changed = await registry.call(callOf('changed(address)', identity), head)
  const owner = await registry.call(callOf('identityOwner(address)', identity), head)
  const assurances: [DidAssurance, ...DidAssurance[]] = [changed.assurance, owner.assurance]
  const topic = `0x${addressWord(identity)}`
  const blocks: (readonly (EthrEvent & { readonly blockNumber: number })[])[] = []
  for (let number = new Words(changed.value).block(0), above = head.number + 1; number > 0; ) {
    if (number >= above) throw new DidError('ERR_DID_ANSWER', 'expected each change of an identity behind the one before it')
    if (blocks.length === maxBlocks) throw new DidError('ERR_DID_ANSWER', `expected changes of an identity in at most ${maxBlocks} blocks`)
    const logs = await registry.logs(number, topic)
    assurances.push(logs.assurance)
    const events = logs.value.flatMap(log => parseEthrEvent(log, topic) ?? [])
    // In one block only the first change names an earlier block; a gap before the others would show.
    if (events.length === 0 || !events.slice(1).every(event => event.previousBlock === number))
      throw new DidError('ERR_DID_ANSWER', 'expected every change of an identity that its registry speaks of')
    blocks.unshift(events.map(event => ({ ...event, blockNumber: number })))
    above = number
    number = events[0]!.previousBlock
  }
  const events = blocks.flat()
  const told = new Words(owner.value).address(0)
  const owners = events.flatMap(event => (event.kind === 'owner' ? [event.owner] : []))
  const last = owners.at(-1) ?? identity
  // The contract takes the zero address for "never changed".
  if ((last === noOwner ? identity : last) !== told)
    throw new DidError('ERR_DID_ANSWER', 'expected the owner whom the changes of the identity give')
  return { head, events, owner: owners.includes(noOwner) ? noOwner : told, assurance: weakestOf(assurances) }
}

function callOf(signature: string, address: string): string {
  return `0x${functionSelector(signature)}${addressWord(address)}`
}
