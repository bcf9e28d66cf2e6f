import type { Alarm, FleetNode, FleetSnapshot } from '@hufu/network'
import type { Output } from '../output.ts'

/** A fleet for people: a row a validator, the margin, and each alarm with what to do. */
export function snapshotLines(output: Output, snapshot: FleetSnapshot): readonly string[] {
  const { nodes, height, quorum, margin, viewChanges, blockTimeMs, windowMs, forecast, alarms } = snapshot
  const up = nodes.filter(node => node.up).length
  const minutes = Math.round(windowMs / 60_000)
  const blockTime = blockTimeMs === null ? '–' : (blockTimeMs / 1000).toFixed(1)
  return [
    output.text({
      en: 'validator      state         height  on disk  peers  skipped  memory   disk free  version',
      'zh-CN': 'validator      状态          高度    已落盘   连接   错过     内存     剩余磁盘   版本',
    }),
    ...nodes.map(nodeLine),
    output.text({
      en: `${up} of ${nodes.length} up; quorum is ${quorum}, margin ${margin}; block ${height ?? '–'}, every ${blockTime} s; ${viewChanges} view changes in ${minutes} min`,
      'zh-CN': `${nodes.length} 个节点中 ${up} 个在线；法定数 ${quorum}，余量 ${margin}；区块 ${height ?? '–'}，平均 ${blockTime} 秒；${minutes} 分钟内更换视图 ${viewChanges} 次`,
    }),
    output.text(forecast.why),
    ...alarms.flatMap(alarm => alarmLines(output, alarm)),
  ]
}

/** An alarm, and what to do about it. */
export function alarmLines(output: Output, { code, certainty, what, whatToDo, runbook }: Alarm): readonly string[] {
  return [`${code} (${output.text(certainties[certainty])}): ${output.text(what)}`, `  → ${output.text(whatToDo)}`, `    ${runbook}`]
}

const certainties = {
  proven: { en: 'proven', 'zh-CN': '已证实' },
  seen: { en: 'seen', 'zh-CN': '已观测' },
  inferred: { en: 'inferred', 'zh-CN': '推断' },
} as const

function nodeLine(node: FleetNode): string {
  const state = node.up ? 'up' : node.condition === 'answers' ? 'unknown' : node.condition
  return [
    node.name.padEnd(14),
    state.padEnd(13),
    cell(node.height, 7),
    cell(node.persistedHeight, 8),
    cell(node.peers, 6),
    cell(node.viewChanges, 8),
    cell(node.memoryBytes === null ? null : `${Math.round(node.memoryBytes / 1024 ** 2)} MiB`, 8),
    cell(node.diskFreeBytes === null ? null : `${(node.diskFreeBytes / 1024 ** 3).toFixed(1)} GiB`, 10),
    node.version ?? '–',
  ].join(' ')
}

function cell(value: string | number | null, width: number): string {
  return (value === null ? '–' : String(value)).padEnd(width)
}
