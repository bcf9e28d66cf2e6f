import type { Alarm, AlarmCode, Certainty, FleetTexts } from './fleet.ts'

/** Something found wrong, before it is an alarm with an id and a beginning. */
export interface Finding {
  readonly code: AlarmCode
  readonly certainty: Certainty
  readonly node?: string
  /** Whether the node, or the whole network, runs on this machine: commands differ. */
  readonly isHere: boolean
  /** What is particular to this case. */
  readonly detail: FleetTexts
  readonly evidence?: readonly string[]
}

interface Sort {
  readonly severity: Alarm['severity']
  readonly page: string
  /** What the detail follows. */
  readonly what: (node: string) => FleetTexts
  readonly whatToDo: (command: string) => FleetTexts
  readonly command: (node: string, isHere: boolean) => string
}

const hufu = 'npm run -s hufu --'
const revive = (_: string, isHere: boolean): string => (isHere ? `${hufu} network revive` : 'sudo systemctl restart hufu-validator')
const bringBack = (command: string): FleetTexts => ({
  en: `Bring back the validators that are down, on the host of each: ${command}`,
  'zh-CN': `在各停止节点的主机上恢复该节点：${command}`,
})

const sorts: Readonly<Record<AlarmCode, Sort>> = {
  ALARM_FORK: {
    severity: 'critical',
    page: 'fork',
    what: node => ({
      en: `${node === '' ? 'The network' : node} has another block at the same height, and a quorum has signed both.`,
      'zh-CN': `${node === '' ? '网络' : node} 在同一高度存在不同区块，且两者均有法定数签名。`,
    }),
    whatToDo: command => ({
      en: `Stop acting on new blocks, keep the evidence, and call the council: ${command}`,
      'zh-CN': `停止依据新区块行事，保存证据，并召集理事会：${command}`,
    }),
    command: () => `${hufu} watchdog --once --json > fork.json`,
  },
  ALARM_DBFT_LOCK: {
    severity: 'critical',
    page: 'dbft-lock',
    what: () => ({
      en: 'Consensus is locked: some validators have committed, others have gone on to a later view, and neither can make the block.',
      'zh-CN': '共识锁死：部分验证节点已提交，其余已更换视图，双方均无法完成区块。',
    }),
    whatToDo: command => ({
      en: `Restart all validators together, never one by one: ${command}`,
      'zh-CN': `同时重启全部验证节点，切勿逐个重启：${command}`,
    }),
    command: () => `${hufu} network restart-all`,
  },
  ALARM_QUORUM_LOST: {
    severity: 'critical',
    page: 'quorum-lost',
    what: () => ({ en: 'Too few validators take part: the chain stands still.', 'zh-CN': '参与的验证节点不足，链已停止出块。' }),
    whatToDo: bringBack,
    command: revive,
  },
  ALARM_STALLED: {
    severity: 'critical',
    page: 'stalled',
    what: () => ({ en: 'No new block.', 'zh-CN': '没有新区块。' }),
    whatToDo: command => ({
      en: `If validators are down, bring them back first. If all are up: ${command}`,
      'zh-CN': `如有节点停止，先恢复节点；如全部在线：${command}`,
    }),
    command: () => `${hufu} network restart-all`,
  },
  ALARM_MARGIN_ZERO: {
    severity: 'critical',
    page: 'margin-zero',
    what: () => ({
      en: 'No validator can be spared: the next one lost stops the chain.',
      'zh-CN': '已无冗余：再失去一个验证节点，链即停止。',
    }),
    whatToDo: bringBack,
    command: revive,
  },
  ALARM_STATE_ROOT: {
    severity: 'critical',
    page: 'state-root',
    what: node => ({
      en: `${node} has computed another state than the others from the same blocks.`,
      'zh-CN': `${node} 由相同区块算出了与其他节点不同的状态。`,
    }),
    whatToDo: command => ({
      en: `Let it fetch the chain anew from the others: ${command}`,
      'zh-CN': `令其从其他节点重新获取整条链：${command}`,
    }),
    command: (node, isHere) =>
      isHere
        ? `${hufu} network resync ${node}`
        : 'sudo systemctl stop hufu-validator && sudo mv chain.bolt chain.bolt.wrong && sudo systemctl start hufu-validator',
  },
  ALARM_LYING: {
    severity: 'critical',
    page: 'lying',
    what: node => ({
      en: `${node} answers with blocks that no quorum of the validators signed.`,
      'zh-CN': `${node} 给出的区块没有法定数验证节点的签名。`,
    }),
    whatToDo: command => ({
      en: `Trust none of its answers, keep the evidence, and call its operator: ${command}`,
      'zh-CN': `不要采信其任何应答，保存证据并联系其运营方：${command}`,
    }),
    command: () => `${hufu} watchdog --once --json > lying.json`,
  },
  ALARM_DISK: {
    severity: 'warning',
    page: 'disk',
    what: node => ({ en: `The disk of ${node} fills up.`, 'zh-CN': `${node} 的磁盘即将写满。` }),
    whatToDo: command => ({
      en: `See what fills it, then make room or extend the volume: ${command}`,
      'zh-CN': `查明占用，然后清理或扩容：${command}`,
    }),
    command: () => 'du -xh --max-depth=2 . | sort -h | tail -20',
  },
  ALARM_MARGIN_ONE: {
    severity: 'warning',
    page: 'margin-one',
    what: () => ({ en: 'One more validator can be lost, not two.', 'zh-CN': '仅余一个验证节点的冗余。' }),
    whatToDo: bringBack,
    command: revive,
  },
  ALARM_NODE_DOWN: {
    severity: 'warning',
    page: 'node-down',
    what: node => ({ en: `${node} does not answer.`, 'zh-CN': `${node} 无应答。` }),
    whatToDo: command => ({ en: `Start it again on its host: ${command}`, 'zh-CN': `在其主机上重新启动：${command}` }),
    command: revive,
  },
  ALARM_LAGGING: {
    severity: 'warning',
    page: 'lagging',
    what: node => ({ en: `${node} is behind the others.`, 'zh-CN': `${node} 落后于其他节点。` }),
    whatToDo: command => ({
      en: `If the distance does not shrink within a minute, restart it: ${command}`,
      'zh-CN': `如一分钟内差距未缩小，请重启该节点：${command}`,
    }),
    command: (node, isHere) => (isHere ? `${hufu} network restart ${node}` : 'sudo systemctl restart hufu-validator'),
  },
}

/** Every alarm, the gravest first. */
export const alarmCodes = Object.keys(sorts) as readonly AlarmCode[]

/** The finding as an alarm: in words, with what to do, its command and its page. */
export function describeAlarm({ code, certainty, node, isHere, detail, evidence }: Finding, sinceMs: number): Alarm {
  const sort = sorts[code]
  const name = node ?? ''
  const command = sort.command(name, isHere)
  return {
    id: alarmId(code, node),
    code,
    severity: sort.severity,
    certainty,
    ...(node === undefined ? {} : { node }),
    sinceMs,
    what: join(sort.what(name), detail),
    whatToDo: sort.whatToDo(command),
    command,
    runbook: `docs/runbooks/${sort.page}.md`,
    ...(evidence === undefined ? {} : { evidence }),
  }
}

export function alarmId(code: AlarmCode, node: string | undefined): string {
  return node === undefined ? code : `${code}/${node}`
}

function join(first: FleetTexts, second: FleetTexts): FleetTexts {
  return { en: `${first.en} ${second.en}`.trim(), 'zh-CN': `${first['zh-CN']}${second['zh-CN']}` }
}
