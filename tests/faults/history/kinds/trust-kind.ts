import { parseGrantChangedNotification, trust } from '@hufu/bindings'
import { foundingWriter } from '@hufu/council'
import {
  type Account,
  asBoolean,
  asNumber,
  asScriptHash,
  asStruct,
  type ContractCall,
  isNull,
  type LedgerClient,
  type ScriptHash,
  type StackItem,
} from '@hufu/ledger'
import type { SeededRandom } from '@hufu/network'
import type { HistoryKind, HistoryWorld } from '../history-kind.ts'
import { entryText, saidOf, type TrustAction, type TrustEntry, type TrustState, trustModel } from '../models/trust-model.ts'
import { Recorder } from '../recorder.ts'
import type { Registry } from '../registry.ts'
import { readInTurn, readOften } from './read-often.ts'

const [institutionKind, issueKind] = [2n, 3n]
/** What is tried, by its share; `institution` suspends and reinstates the institution itself. */
const attempts = [
  ...(['accredit', 'accredit', 'accredit', 'suspend', 'suspend', 'reinstate', 'reinstate', 'renew', 'renew', 'revoke'] as const),
  'institution',
] as const
const writersOfEach = 2
/** Changes of an institution's rights before the next three have their turn: revoked is revoked. */
const turnsOfRights = 12
const rightsAtOnce = 3

/** Institutions and what they may issue, which their authority and the council change. @param typeIds - credential types that nothing else needs */
export async function trustKind(
  world: HistoryWorld,
  registry: Registry,
  institutions: readonly Account[],
  typeIds: readonly string[],
): Promise<HistoryKind> {
  const { network, lives, isOver } = world
  const { contracts } = network.descriptor
  const { hash } = contracts.trust
  const contract = trust(hash)
  const names = institutions.map(({ scriptHash }) => scriptHash)
  const actors = { authority: registry.authority.scriptHash, council: contracts.council.hash }
  /** Ends of validities, around which readers ask. */
  const ends: number[] = [Date.now()]
  const keyOf = (institution: string, name: string) => ({
    kind: name === '' ? institutionKind : issueKind,
    subject: institution as ScriptHash,
    name,
  })

  const recorder = new Recorder(network, lives, {
    model: trustModel,
    inquire(object, { name, timesMs }) {
      const institution = object as ScriptHash
      const could = timesMs.map(timeMs => contract.mayIssue({ institution, typeId: name, timeMs: BigInt(timeMs) }))
      const calls = [contract.grant(keyOf(object, '')), contract.grant(keyOf(object, name)), ...could]
      return {
        calls,
        decode: ([ofInstitution, ofRight, ...answers]) =>
          [grantText(ofInstitution!), grantText(ofRight!), ...answers.map(item => asBoolean(item))].join('; '),
      }
    },
    hear(notification) {
      if (notification.contract !== hash || notification.name !== 'GrantChanged') return undefined
      const { subject, name, sequence, status, reason, validFromMs, validUntilMs, actor } = parseGrantChangedNotification(notification)
      const entry = {
        status: Number(status),
        reason: Number(reason),
        validFromMs: Number(validFromMs),
        validUntilMs: Number(validUntilMs),
        actor,
      }
      return { object: subject, said: `${name} ${saidOf(Number(sequence), entry)}` }
    },
  })
  for (const institution of names) {
    const [own, right] = await network.ledger.invokeReadMany(['', registry.typeId].map(name => contract.grant(keyOf(institution, name))))
    const grants = new Map([
      ['', [entryOf(own!)]],
      [registry.typeId, [entryOf(right!)]],
    ])
    recorder.initial.set(institution, { ...actors, grants } satisfies TrustState)
  }

  function submit(client: LedgerClient, object: string, action: TrustAction, idempotencyKey: string) {
    const isCouncil = 'actor' in action && action.actor === 'council'
    const call = callOf(object as ScriptHash, action)
    if (isCouncil) return foundingWriter(client, contracts.council.hash).submit([call], { account: network.committee, idempotencyKey })
    return client.submit([call], { account: registry.authority, sponsor: network.committee, idempotencyKey })
  }

  function callOf(institution: ScriptHash, action: TrustAction): ContractCall {
    const grant = keyOf(institution, action.name)
    if (action.method === 'accredit') {
      const [validFromMs, validUntilMs] = [BigInt(action.validFromMs), BigInt(action.validUntilMs)]
      return contract.accreditIssuer({ authority: actors.authority, institution, typeId: action.name, validFromMs, validUntilMs })
    }
    const actor = actors[action.actor]
    if (action.method === 'renew') return contract.renew({ actor, ...grant, validUntilMs: BigInt(action.validUntilMs) })
    return contract[action.method]({ actor, ...grant, reason: BigInt(action.reason) })
  }

  async function keepWriting(object: string, writer: number): Promise<void> {
    const client = world.client()
    const random = world.random(`trust ${object} ${writer}`)
    for (let turn = 0; !isOver(); turn++) {
      const action = chooseAction(random, rightOf(turn, random))
      if ('validUntilMs' in action) ends.push(action.validUntilMs)
      await recorder.write(object, action, () => submit(client, object, action, `${object} ${writer} ${turn}`))
    }
  }

  function rightOf(turn: number, random: SeededRandom): string {
    const first = Math.floor(turn / turnsOfRights) * rightsAtOnce
    return typeIds[(first + random.below(rightsAtOnce)) % typeIds.length]!
  }

  /** Now, and around an end of some validity. */
  function chooseTimes(random: SeededRandom): readonly number[] {
    const end = random.pick(ends.slice(-12))
    return [Date.now() - random.below(20_000), end - 1, end, end + 1]
  }

  return {
    name: 'trust',
    contract: hash,
    recorder,
    actors: () => [
      ...names.flatMap(object => Array.from({ length: writersOfEach }, (_, writer) => keepWriting(object, writer))),
      ...readOften(world, 'trust', recorder, random => {
        const latest = recorder.writes.slice(-24)
        const name = latest.length === 0 || random.below(8) === 0 ? registry.typeId : random.pick(latest).action.name || registry.typeId
        return { object: random.pick(names), question: { name, timesMs: chooseTimes(random) } }
      }),
    ],
    async readAll(node) {
      const random = world.random('trust, at the end')
      const used = new Set(recorder.writes.map(({ action }) => action.name || registry.typeId))
      for (const object of names)
        await readInTurn(
          recorder,
          node,
          [...used].map(name => ({ object, question: { name, timesMs: chooseTimes(random) } })),
        )
    },
    close: async () => [],
  }
}

function chooseAction(random: SeededRandom, name: string): TrustAction {
  const method = random.pick(attempts)
  const actor = random.below(6) === 0 ? 'council' : 'authority'
  const reason = random.below(10_000)
  const validUntilMs = Date.now() + random.pick([4_000, 20_000, 90_000]) + random.below(1_000)
  if (method === 'accredit')
    return { method, name, validFromMs: random.below(3) === 0 ? Date.now() + 3_000 : 0, validUntilMs: validUntilMs + 4_000 }
  if (method === 'renew') return { method, name, actor, validUntilMs }
  if (method === 'institution') return { method: random.pick(['suspend', 'reinstate', 'reinstate'] as const), name: '', actor, reason }
  return { method, name, actor, reason }
}

function grantText(item: StackItem): string {
  if (isNull(item)) return 'none'
  return entryText(asNumber(asStruct(item, 10)[0]), entryOf(item))
}

function entryOf(item: StackItem): TrustEntry {
  const [, status, reason, validFromMs, validUntilMs, , , actor, timeMs, blockIndex] = asStruct(item, 10)
  return {
    status: asNumber(status),
    reason: asNumber(reason),
    validFromMs: asNumber(validFromMs),
    validUntilMs: asNumber(validUntilMs),
    actor: asScriptHash(actor),
    timeMs: asNumber(timeMs),
    blockIndex: asNumber(blockIndex),
  }
}
