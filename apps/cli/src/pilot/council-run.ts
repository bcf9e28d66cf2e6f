import { trust } from '@hufu/bindings'
import {
  CouncilError,
  castVote,
  describePayload,
  encodePayload,
  executeProposal,
  payloadHash,
  proposalIdOf,
  propose,
  readProposal,
} from '@hufu/council'
import { accountOfDid, parseDid } from '@hufu/did'
import { bytesToHex, canonicalJsonBytes } from '@hufu/primitives'
import { queries } from '@hufu/samples'
import { ledgerTrustSource, mayAsk, registerQuery, TrustError } from '@hufu/trust'
import { CliError } from '../errors.ts'
import type { Identity } from '../identity.ts'
import type { Texts } from '../language.ts'
import type { Session } from '../session.ts'
import type { Cast } from './bring-registry.ts'
import { bureauOf, verifiers } from './cast.ts'
import { enough, type PilotCouncil } from './pilot-council.ts'

export interface CouncilRun {
  readonly session: Session
  readonly cast: Cast
  readonly council: PilotCouncil
  readonly step: (texts: Texts) => void
}

const queryId = 'adult-purchase'
const waitMs = 200

/** The council's part of the guided run: one city asks for a query of an institution; the others vote, all wait, and then it counts. */
export async function runCouncilPart({ session, cast, council, step }: CouncilRun): Promise<void> {
  const hospital = verifiers.find(({ kind }) => kind === 'hospital')!
  const [asker, bureau] = [cast.get(hospital.slug)!, cast.get(bureauOf(hospital).slug)!]
  await refusedWithoutVote(session, bureau, asker, council)

  const parts = { authority: accountOf(bureau), institution: accountOf(asker), queryId }
  const content = canonicalJsonBytes(queries[queryId])
  const calls = [trust(session.network.contracts.trust.hash).registerQuery({ ...parts, content })]
  const hash = payloadHash(encodePayload(calls))
  const seats = enough(council.seats)
  const signing = ({ name, account }: (typeof seats)[number]) => ({ seat: name, account, sponsor: council.committee })
  const [first] = seats
  const title = `Query ${queryId}`
  const proposed = await propose(session, { ...signing(first!), title, calls, attempt: crypto.randomUUID() })
  const id = proposalIdOf(await proposed.inBlock())
  const [said] = describePayload(encodePayload(calls), { network: session.network })
  step({
    en: `nobody registers a query alone: the bureau is refused, so ${first!.name} proposes to the council (number ${id}, hash ${bytesToHex(hash).slice(0, 8)}…): ${said!.texts.en}`,
    'zh-CN': `任何一方都不能单独登记查询：机构局被拒绝，于是 ${first!.name} 向理事会提出第 ${id} 号议案（哈希 ${bytesToHex(hash).slice(0, 8)}…）：${said!.texts['zh-CN']}`,
  })
  for (const seat of seats) await (await castVote(session, { ...signing(seat), id, payloadHash: hash, agrees: true })).inBlock()
  const execute = async () => (await executeProposal(session, { ...signing(first!), id, payloadHash: hash })).durable()
  // On a slow machine the delay may be over by now.
  const atOnce = await unlessTooEarly(execute)
  step({
    en: `${seats.length} of ${council.seats.length} seats agree; it has passed and waits, so that the others can veto${atOnce === undefined ? '; executing it now is refused' : ''}`,
    'zh-CN': `${council.seats.length} 席中 ${seats.length} 席赞成：议案通过并进入等待期，其他席位可否决${atOnce === undefined ? '；此时执行被拒绝' : ''}`,
  })
  const { blockIndex, blockTimeMs } = atOnce ?? (await inTime(execute))
  const { executableFromMs } = (await readProposal(session, id)).proposal
  if (executableFromMs === null || blockTimeMs < executableFromMs)
    throw new CliError('ERR_CLI_USAGE', 'a proposal was executed before its time')
  const source = ledgerTrustSource(session.client, session.network)
  const { allowed } = await mayAsk(source, parts.institution, queryId, blockTimeMs)
  if (!allowed) throw new CliError('ERR_CLI_USAGE', 'what the council decided does not count')
  step({
    en: `executed as the council decided, durable in block ${blockIndex}: from now on the hospital may ask it`,
    'zh-CN': `已按理事会决定执行，持久化于区块 ${blockIndex}：医院自此可提出该查询`,
  })
}

/** What the authority may not do by itself; anything but the right refusal ends the pilot. */
async function refusedWithoutVote(session: Session, bureau: Identity, asker: Identity, { committee }: PilotCouncil): Promise<void> {
  const parts = { authority: accountOf(bureau), institution: accountOf(asker), queryId, version: 1, content: queries[queryId] }
  try {
    await registerQuery(session, { ...parts, account: bureau.account, sponsor: committee })
  } catch (error) {
    if (error instanceof TrustError && error.code === 'ERR_TRUST_NOT_AUTHORIZED') return
    throw error
  }
  throw new CliError('ERR_CLI_USAGE', 'a query was registered without a vote')
}

async function unlessTooEarly<T>(execute: () => Promise<T>): Promise<T | undefined> {
  try {
    return await execute()
  } catch (error) {
    if (error instanceof CouncilError && error.code === 'ERR_COUNCIL_TOO_EARLY') return undefined
    throw error
  }
}

async function inTime<T>(execute: () => Promise<T>): Promise<T> {
  for (;;) {
    const done = await unlessTooEarly(execute)
    if (done !== undefined) return done
    await new Promise(resolve => setTimeout(resolve, waitMs))
  }
}

function accountOf({ did }: Identity) {
  return accountOfDid(parseDid(did))
}
