import type { Header } from '@hufu/ledger'
import { bytesToBase64 } from '@hufu/primitives'
import { isLocked, isLockedWithout } from './dbft-lock.ts'
import type { Finding } from './describe-alarm.ts'
import type { FleetTexts, NodeConsensus, WatchThresholds } from './fleet.ts'
import { isLagging, isUp, takesPart, type WatchedState } from './watched-state.ts'

/** What is known of the fleet after a poll. */
export interface FleetFacts {
  readonly nowMs: number
  readonly states: readonly WatchedState[]
  readonly quorum: number
  readonly height: number | null
  /** Since the chain moved last. */
  readonly sinceBlockMs: number | null
  /** Headers of history that was on a quorum's disks, and is another now. */
  readonly rewritten: readonly Header[]
  /** Whether headers are checked up to the validators' keys. */
  readonly isVerified: boolean
}

const nothing: FleetTexts = { en: '', 'zh-CN': '' }
/** So long a broken link can go unnoticed by the nodes themselves (neo-go's ping and its timeout); before it, a partition looks like a lock. */
const lockInferredAfterBlockTimes = 10

/** Says what is wrong with a fleet. Pure: the same facts give the same findings. */
export function judgeFleet(facts: FleetFacts, thresholds: WatchThresholds): readonly Finding[] {
  return [
    ...facts.states.flatMap(state => judgeNode(state, facts, thresholds)),
    ...judgeMargin(facts, thresholds),
    ...judgeProgress(facts, thresholds),
  ]
}

/** Validators that may still be lost before the chain stops. */
export function marginOf({ states, quorum, nowMs }: Pick<FleetFacts, 'states' | 'quorum' | 'nowMs'>, thresholds: WatchThresholds): number {
  return states.filter(state => takesPart(state, thresholds, nowMs)).length - quorum
}

export function isStalled({ states, sinceBlockMs }: FleetFacts, thresholds: WatchThresholds): boolean {
  if (sinceBlockMs === null) return false
  const { maxBlockTimeMs, stalledAfterBlockTimes, stalledWhileBusyMs } = thresholds
  const isBusy = states.some(({ answer }) => (answer?.metrics.pooled ?? 0) > 0)
  const patienceMs = maxBlockTimeMs * stalledAfterBlockTimes
  return sinceBlockMs >= (isBusy ? Math.min(stalledWhileBusyMs, patienceMs) : patienceMs)
}

function judgeNode(state: WatchedState, facts: FleetFacts, thresholds: WatchThresholds): readonly Finding[] {
  const { node, condition, answer } = state
  const base = { node: node.name, isHere: node.folder !== undefined }
  const findings: Finding[] = []
  if (condition === 'lies') findings.push({ ...base, code: 'ALARM_LYING', certainty: 'proven', detail: nothing })
  else if (state.failedPolls >= thresholds.failedPolls) {
    findings.push({ ...base, code: 'ALARM_NODE_DOWN', certainty: 'seen', detail: conditionTexts[condition] })
  }
  if (state.contradiction === 'fork') {
    const certainty = facts.isVerified ? 'proven' : 'inferred'
    findings.push({ ...base, code: 'ALARM_FORK', certainty, detail: nothing, evidence: evidenceOf(state.forkHeaders) })
  }
  if (state.contradiction === 'stateRoot') {
    findings.push({ ...base, code: 'ALARM_STATE_ROOT', certainty: state.isProven ? 'proven' : 'seen', detail: nothing })
  }
  if (isUp(state, thresholds) && isLagging(state, thresholds, facts.nowMs) && state.contradiction === null) {
    const blocks = (facts.height ?? 0) - (answer?.height ?? 0)
    const detail = { en: `It lacks ${blocks} blocks.`, 'zh-CN': `缺少 ${blocks} 个区块。` }
    findings.push({ ...base, code: 'ALARM_LAGGING', certainty: 'seen', detail })
  }
  const disk = judgeDisk(state, thresholds)
  if (disk !== null) findings.push({ ...base, code: 'ALARM_DISK', ...disk })
  return findings
}

function evidenceOf(headers: readonly Header[]): readonly string[] {
  return headers.map(header => bytesToBase64(header.bytes))
}

const conditionTexts: Readonly<Record<WatchedState['condition'], FleetTexts>> = {
  answers: nothing,
  refused: { en: 'Nothing listens there, or the host cannot be reached.', 'zh-CN': '端口无监听，或主机不可达。' },
  hangs: { en: 'It takes connections and says nothing, or its host is cut off.', 'zh-CN': '可建立连接但不应答，或主机已断网。' },
  broken: { en: 'What it says is no answer, or it does not show the blocks it claims.', 'zh-CN': '应答无法识别，或未能出示其声称的区块。' },
  otherNetwork: { en: 'It belongs to another network.', 'zh-CN': '它属于另一个网络。' },
  lies: nothing,
}

function judgeDisk({ diskFreeBytes, diskTrend }: WatchedState, thresholds: WatchThresholds): Pick<Finding, 'certainty' | 'detail'> | null {
  if (diskFreeBytes === null) return null
  const free = (diskFreeBytes / 1024 ** 3).toFixed(1)
  const fullInMs = diskTrend.fullInMs()
  if (fullInMs !== null && fullInMs < thresholds.diskFullInMs) {
    const hours = Math.max(1, Math.round(fullInMs / 3_600_000))
    const detail = {
      en: `${free} GiB are free; at the pace of late it is full in about ${hours} h.`,
      'zh-CN': `剩余 ${free} GiB，按近期速度约 ${hours} 小时后写满。`,
    }
    return { certainty: 'inferred', detail }
  }
  if (diskFreeBytes >= thresholds.diskFreeBytes) return null
  return { certainty: 'seen', detail: { en: `${free} GiB are free.`, 'zh-CN': `剩余 ${free} GiB。` } }
}

function judgeMargin(facts: FleetFacts, thresholds: WatchThresholds): readonly Finding[] {
  const { states, quorum, nowMs } = facts
  const margin = marginOf(facts, thresholds)
  const missing = states.filter(state => !takesPart(state, thresholds, nowMs))
  // A network so small that it never had more to spare is not in trouble for it.
  if (margin > 1 || missing.length === 0) return []
  const names = missing.map(({ node }) => node.name)
  const part = states.length - missing.length
  const detail = {
    en: `${part} of ${states.length} take part, ${quorum} must; missing: ${names.join(', ')}.`,
    'zh-CN': `${states.length} 个中 ${part} 个参与，至少需 ${quorum} 个；缺少：${names.join('、')}。`,
  }
  const code = margin < 0 ? 'ALARM_QUORUM_LOST' : margin === 0 ? 'ALARM_MARGIN_ZERO' : 'ALARM_MARGIN_ONE'
  return [{ code, certainty: 'seen', isHere: missing.every(({ node }) => node.folder !== undefined), detail }]
}

function judgeProgress(facts: FleetFacts, thresholds: WatchThresholds): readonly Finding[] {
  const { states, quorum, sinceBlockMs, rewritten, isVerified } = facts
  const isHere = states.every(({ node }) => node.folder !== undefined)
  const findings: Finding[] = []
  if (rewritten.length > 0) {
    const detail = { en: 'Blocks that were durable have been replaced.', 'zh-CN': '已持久化的区块被替换。' }
    findings.push({ code: 'ALARM_FORK', certainty: isVerified ? 'proven' : 'inferred', isHere, detail, evidence: evidenceOf(rewritten) })
  }
  const consensus = states.map(state => (isUp(state, thresholds) ? state.consensus : null))
  if (isLocked(consensus, quorum)) {
    const detail = { en: 'Their logs show it.', 'zh-CN': '由节点日志确认。' }
    findings.push({ code: 'ALARM_DBFT_LOCK', certainty: 'proven', isHere, detail })
  }
  if (!isStalled(facts, thresholds)) return findings
  const seconds = Math.round((sinceBlockMs ?? 0) / 1000)
  const since = { en: `The latest is ${seconds} s old.`, 'zh-CN': `最新区块已 ${seconds} 秒。` }
  findings.push({ code: 'ALARM_STALLED', certainty: 'seen', isHere, detail: since })
  if (findings.some(({ code }) => code === 'ALARM_DBFT_LOCK')) return findings
  const detail = lockGuess(consensus, facts, thresholds)
  if (detail !== null) findings.push({ code: 'ALARM_DBFT_LOCK', certainty: 'inferred', isHere, detail })
  return findings
}

/** Why a chain that stands looks locked; null if it does not, or if it cannot be told from a partition: a quorum must be up, on the head, and connected. */
function lockGuess(consensus: readonly (NodeConsensus | null)[], facts: FleetFacts, thresholds: WatchThresholds): FleetTexts | null {
  const { states, quorum, sinceBlockMs, height, nowMs } = facts
  const ready = states.filter(
    state => takesPart(state, thresholds, nowMs) && state.answer?.height === height && (state.answer?.peers ?? 0) >= quorum - 1,
  )
  if (ready.length < quorum) return null
  if (isLockedWithout(consensus.map(asItMeansTo), quorum, states.length - quorum)) {
    return {
      en: 'Their logs show that it hangs on validators that keep silent, play false, or wait for what does not come.',
      'zh-CN': '日志显示共识取决于沉默、作伪或等待无果的验证节点。',
    }
  }
  if ((sinceBlockMs ?? 0) < thresholds.maxBlockTimeMs * lockInferredAfterBlockTimes) return null
  const seconds = Math.round((sinceBlockMs ?? 0) / 1000)
  return {
    en: `All that is needed is up and connected, and yet the latest block is ${seconds} s old. It could also be a partition that the nodes have not noticed.`,
    'zh-CN': `所需节点均在线且互联，但最新区块已 ${seconds} 秒。也可能是节点尚未察觉的网络分区。`,
  }
}

/** One that has asked to leave its view, and still stands there after a stall, is taken to be of no more use to it. */
function asItMeansTo(state: NodeConsensus | null): NodeConsensus | null {
  if (state === null || state.committedView !== null || state.askedForView === null) return state
  return { ...state, view: Math.max(state.view, state.askedForView) }
}
