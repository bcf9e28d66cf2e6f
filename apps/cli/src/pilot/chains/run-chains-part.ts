import { ChainError, NeoChain, type ProvenEntry, provenEntry, relayEntry, type ViewAddress } from '@hufu/chains'
import { parseStatusAnchor, readUnverifiedTerms, type StatusReference, statusAnchorKey } from '@hufu/credentials'
import { bytesToBase64, bytesToHex, equalBytes, errorCode } from '@hufu/primitives'
import { CliError } from '../../errors.ts'
import type { Texts } from '../../language.ts'
import { statusLists } from '../../verification.ts'
import { type Counter, issueAtCounter, revokeAtCounter } from '../counter.ts'
import { type ForgedMessage, forgeMessages } from './forge-messages.ts'
import { type ChainKind, type ChainStart, chainNames, type HeldEntry, type OtherChain } from './other-chain.ts'

/** What the part of other chains is shown with. */
export interface ChainsRun extends Counter {
  readonly starts: readonly ChainStart[]
  readonly step: (texts: Texts) => void
}

/** A chain that is up. */
type Shown = OtherChain & { readonly kind: ChainKind }

/** The entry on Neo that says how the credentials of one status list stand. */
interface Watched {
  readonly reference: StatusReference
  readonly key: Uint8Array
  readonly address: ViewAddress
  readonly neo: NeoChain
}

/** What arrived on a chain, and how the credential stands by what that chain holds. */
interface Seen {
  readonly shown: Shown
  readonly brought: ProvenEntry
  readonly tookMs: number
  readonly height: number
  readonly transactionId: string
  readonly held: HeldEntry
}

const statusMaxAgeMs = 5 * 60 * 1000

/**
 * The part of other chains in the guided run: a revocation on Neo is seen, proven, on a hospital group's channel and on an EVM chain; what a gateway
 * that lies says is refused by both.
 *
 * @throws CliError: a chain believed what is false, or did not see the revocation
 */
export async function runChainsPart(run: ChainsRun): Promise<void> {
  const chains = sayWhatIsUp(run)
  if (chains.length === 0) return
  const collected = await issueAtCounter(run)
  const watched = watchedEntry(run, collected.credential)
  const before = await bring(run, watched, chains, collected.block)
  await requireStatus(run, watched, before, 'valid')

  const block = await revokeAtCounter(run, collected.credential)
  const reached = before.map(({ shown }) => shown)
  const after = await bring(run, watched, reached, block)
  if (after.length === 0) return
  await requireStatus(run, watched, after, 'revoked')
  sayWhatWasSeen(run, block, after)
  await lieToChains(run, watched, { before, after })
}

/** Says which chains there are, and of others why not. */
function sayWhatIsUp({ starts, step, context: { output } }: ChainsRun): readonly Shown[] {
  const up = starts.flatMap(start => ('chain' in start ? [{ kind: start.kind, tookMs: start.tookMs, ...start.chain }] : []))
  if (up.length > 0)
    step({
      en: `other chains beside Neo, which trust nobody's word for what Neo says: they check its validators' signatures themselves`,
      'zh-CN': '除 Neo 外另有其他链：它们不信任任何转述，自行核验 Neo 验证节点的签名',
    })
  const lines = starts.map(start => {
    const name = output.text(chainNames[start.kind])
    if (!('error' in start)) return `  ✓ ${name}  ${output.text(start.chain.setting)}  [${output.text(seconds(start.tookMs))}]`
    const without = output.text({ en: 'could not be set up; the pilot goes on without it', 'zh-CN': '未能启动，试点在没有它的情况下继续' })
    return `  ✗ ${name}  ${without}: [${codeOf(start.error)}] ${messageOf(start.error)}`
  })
  const json = starts.map(({ kind, tookMs, ...outcome }) =>
    'error' in outcome
      ? { chain: kind, error: { code: codeOf(outcome.error), message: messageOf(outcome.error) } }
      : { chain: kind, network: outcome.chain.chain.network, tookMs },
  )
  output.result({ step: 'other-chains', chains: json }, lines)
  return up
}

function watchedEntry({ session, bureau }: ChainsRun, credential: string): Watched {
  const { status } = readUnverifiedTerms(credential)
  const { network } = session
  const key = statusAnchorKey(bureau.account.scriptHash, status!.uri)
  const address = { contract: String(network.contracts.status.id), path: [bytesToBase64(key)] }
  return { reference: status!, key, address, neo: new NeoChain({ network }) }
}

/** Brings the entry to all; one that fails is told of, and left out from then on. */
async function bring(
  { step }: ChainsRun,
  { neo, address, key }: Watched,
  chains: readonly Shown[],
  since: number,
): Promise<readonly Seen[]> {
  const targets = chains.map(({ chain }) => chain)
  const arrivals = await relayEntry({ source: neo, address, since, targets })
  const seen = await Promise.all(
    arrivals.map(async (arrival, index): Promise<Seen | undefined> => {
      const shown = chains[index]!
      if ('error' in arrival) {
        const said = `[${codeOf(arrival.error)}] ${messageOf(arrival.error)}`
        const { en, 'zh-CN': chinese } = chainNames[shown.kind]
        step({ en: `nothing could be brought to ${en}: ${said}`, 'zh-CN': `未能送达${chinese}：${said}` })
        return undefined
      }
      const { receipt, tookMs, view, proof } = arrival
      const { height, transactionId } = receipt
      return { shown, brought: { view, proof }, tookMs, height, transactionId, held: await shown.held(key) }
    }),
  )
  return seen.filter(each => each !== undefined)
}

/** Verifies the bureau's published status list by the hash that each chain holds, as somebody would who has never heard of Neo's nodes. */
async function requireStatus(
  { session, bureau }: ChainsRun,
  { reference, key }: Watched,
  seen: readonly Seen[],
  wanted: 'valid' | 'revoked',
): Promise<void> {
  for (const { shown } of seen) {
    const lists = statusLists(session, async ({ sha256 }) => {
      const { hash, sequence, timeMs, blockIndex } = parseStatusAnchor((await shown.held(key)).value)
      if (!equalBytes(hash, sha256)) return null
      return { supersededAtMs: null, evidence: { network: shown.chain.network, sequence, anchoredAtMs: timeMs, blockIndex } }
    })
    const status = await lists.statusOf({ issuer: bureau.did, reference }, { maxAgeMs: statusMaxAgeMs })
    if (status !== wanted) throw new CliError('ERR_CLI_USAGE', `by what ${chainNames[shown.kind].en} holds, a credential is not ${wanted}`)
  }
}

function sayWhatWasSeen({ step, context: { output } }: ChainsRun, block: number, seen: readonly Seen[]): void {
  step({
    en: `a resident's credential is revoked on Neo, durable in block ${block}; seen, proven, on ${seen.length} other chains, each counted from there. By what each holds, the credential is revoked:`,
    'zh-CN': `一位居民的凭证已在 Neo 上撤销，持久化于区块 ${block}；其他 ${seen.length} 条链已见到经证明的撤销（自此计时），依各链所存，该凭证已撤销：`,
  })
  const lines = seen.map(({ shown, tookMs, height, held, brought }) => {
    const by = output.text({
      en: `proven ${seconds(tookMs).en} later, in its block ${height}: Neo's state after block ${held.neoBlock}; ${assuranceText(held).en}`,
      'zh-CN': `${seconds(tookMs)['zh-CN']}后得到证明，位于该链区块 ${height}：Neo 区块 ${held.neoBlock} 之后的状态；${assuranceText(held)['zh-CN']}`,
    })
    return `  ✓ ${output.text(chainNames[shown.kind])}  ${by}  [${brought.view.network} → ${shown.chain.network}]`
  })
  const json = seen.map(({ shown, tookMs, height, transactionId, held }) => ({
    chain: shown.kind,
    network: shown.chain.network,
    provenAfterMs: Math.round(tookMs),
    height,
    transactionId,
    neoBlock: held.neoBlock,
    listHash: bytesToHex(parseStatusAnchor(held.value).hash),
    assurance: held.assurance,
    status: 'revoked',
  }))
  output.result({ step: 'revocation-on-other-chains', neoBlock: block, chains: json }, lines)
}

function assuranceText({ assurance }: HeldEntry): Texts {
  if (assurance.kind === 'endorsementProof') {
    const names = assurance.endorsers.join(', ')
    return { en: `signed by ${names}`, 'zh-CN': `由 ${names} 签名` }
  }
  return { en: 'the word of the one node that was asked', 'zh-CN': '以所询问的单一节点的答复为准' }
}

/** Sends every chain what is false, in the relay's own name, and ends the pilot if one believes any of it. */
async function lieToChains(
  run: ChainsRun,
  watched: Watched,
  { before, after }: { readonly before: readonly Seen[]; readonly after: readonly Seen[] },
): Promise<void> {
  const { step, context } = run
  const was = before[0]!.brought
  const shownUpTo = Math.max(...after.map(({ brought }) => brought.view.height!))
  const fresh = await provenEntry({ source: watched.neo, address: watched.address }, shownUpTo + 1)
  const hashes = { before: parseStatusAnchor(was.view.value).hash, after: parseStatusAnchor(fresh.view.value).hash }
  const messages = forgeMessages({ before: was.proof, after: fresh.proof, hashes })
  const refusals = await Promise.all(
    after.flatMap(({ shown }) => messages.map(async message => ({ message, shown, error: await refusalOf(shown, message) }))),
  )
  await requireStatus(run, watched, after, 'revoked')
  step({
    en: `a gateway that lies sends forged messages, by which the credential would count again: all ${refusals.length} are refused, and every chain holds what it held`,
    'zh-CN': `说谎的网关发送伪造消息，企图使该凭证重新有效：${refusals.length} 次均被拒绝，各链所存不变`,
  })
  const { output } = context
  const lines = refusals.map(({ message, shown, error }) => {
    const [name, text] = [output.text(chainNames[shown.kind]), output.text(message.text)]
    return `  ✗ ${name}  ${text}  [${error.code}] ${error.message}`
  })
  const json = refusals.map(({ message, shown, error }) => ({
    chain: shown.kind,
    network: shown.chain.network,
    forgery: message.name,
    code: error.code,
    message: error.message,
  }))
  output.result({ step: 'forged-messages-refused', refusals: json }, lines)
}

/** The refusal that must be: anything else, acceptance too, ends the pilot. */
async function refusalOf({ kind, chain }: Shown, { name, proof, refusedWith }: ForgedMessage): Promise<ChainError> {
  try {
    await chain.anchor({ proof }, { idempotencyKey: `forged-${name}-${crypto.randomUUID()}` })
  } catch (error) {
    if (error instanceof ChainError && error.code === refusedWith) return error
    throw error
  }
  throw new CliError('ERR_CLI_USAGE', `${chainNames[kind].en} accepted a forged message`)
}

function seconds(ms: number): Texts {
  const number = (ms / 1000).toFixed(1)
  return { en: `${number} s`, 'zh-CN': `${number} 秒` }
}

function codeOf(error: unknown): string {
  return errorCode(error) ?? 'ERR_INTERNAL'
}

/** Without a code of ours, a message may quote what must not be shown. */
function messageOf(error: unknown): string {
  return errorCode(error) === undefined ? 'unexpected' : (error as Error).message
}
