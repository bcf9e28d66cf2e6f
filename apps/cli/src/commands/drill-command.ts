import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { type DrillReport, type DrillRun, drillScenarios, runDrill, type Scenario } from '@hufu/network'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { integer } from '../option-values.ts'
import type { Output } from '../output.ts'

interface DrillCommandOptions {
  readonly list?: boolean
  readonly long?: boolean
  readonly seed?: string
  readonly rate?: number
  readonly delay?: number
  readonly jitter?: number
  readonly binary?: string
  readonly upgradeBinary?: string
}

/** Adds `hufu drill`. */
export function addDrillCommand(program: Command): void {
  program
    .command('drill')
    .description(
      help({
        en: 'rehearse a fault on a network of seven validators of its own, and see whether what is promised holds',
        'zh-CN': '在独立的七节点网络上演练故障，检验承诺是否成立',
      }),
    )
    .argument('[scenario]', help({ en: 'which one; --list names them', 'zh-CN': '演练名称；--list 列出全部' }))
    .option('--list', help({ en: 'name the scenarios', 'zh-CN': '列出演练' }))
    .option(
      '--seed <text>',
      help({ en: 'decides keys, whom it hits, and delays (default: a new one)', 'zh-CN': '决定密钥、对象与延迟（默认：新种子）' }),
    )
    .option('--long', help({ en: 'the long form: every pair, every node, longer faults', 'zh-CN': '长版：全部组合，更长故障' }))
    .option('--rate <writes>', help({ en: 'writes a second', 'zh-CN': '每秒写入数' }), integer(0, 1_000))
    .option(
      '--delay <ms>',
      help({ en: 'how long a message between validators takes', 'zh-CN': '验证节点间消息延迟（毫秒）' }),
      integer(0, 5_000),
    )
    .option('--jitter <ms>', help({ en: 'up to so much more', 'zh-CN': '额外随机延迟上限（毫秒）' }), integer(0, 5_000))
    .option('--binary <file>', help({ en: 'another neo-go for all nodes', 'zh-CN': '所有节点改用的 neo-go 程序' }))
    .option('--upgrade-binary <file>', help({ en: 'the program that the rolling upgrade brings', 'zh-CN': '滚动升级所用的新程序' }))
    .action(action(drill))
}

async function drill(context: Context, name: string | undefined, options: DrillCommandOptions): Promise<void> {
  const { output, signal } = context
  if (options.list === true || name === undefined) return list(output)
  const scenario = drillScenarios.find(each => each.name === name)
  if (scenario === undefined) throw new CliError('ERR_CLI_USAGE', 'unknown drill; hufu drill --list names them')
  const seed = options.seed ?? randomBytes(4).toString('hex')
  output.note({ en: `drill ${name}, seed ${seed}: ${scenario.what.en}`, 'zh-CN': `演练 ${name}，种子 ${seed}：${scenario.what['zh-CN']}` })
  const { rate, delay, jitter, binary, upgradeBinary } = options
  const report = await runDrill(scenario, {
    seed,
    isLong: options.long === true,
    say: texts => output.note(texts),
    signal,
    ...(rate === undefined ? {} : { writesPerSecond: rate }),
    ...(delay === undefined ? {} : { delayMs: delay }),
    ...(jitter === undefined ? {} : { jitterMs: jitter }),
    ...(binary === undefined ? {} : { binary: resolve(binary) }),
    ...(upgradeBinary === undefined ? {} : { upgradeBinary: resolve(upgradeBinary) }),
  })
  output.result(report, reportLines(output, scenario, report))
  if (!report.kept) process.exitCode = 1
}

function list(output: Output): void {
  const width = Math.max(...drillScenarios.map(({ name }) => name.length)) + 2
  output.result(
    drillScenarios.map(({ name, what, settings }) => ({ name, what: output.text(what), ...settings })),
    drillScenarios.map(({ name, what }) => `${name.padEnd(width)}${output.text(what)}`),
  )
}

function reportLines(output: Output, { name }: Scenario, report: DrillReport): readonly string[] {
  const { machine, settings, seed, blockTimeMs, kept } = report
  const again = `hufu drill ${name} --seed ${seed}${settings.isLong === true ? ' --long' : ''}`
  return [
    ...report.runs.flatMap(run => runLines(output, run)),
    '',
    output.text({
      en: `block time ${blockTimeMs} ms; ${machine.cores} cores, load average ${machine.loadBefore} before and ${machine.loadAfter} after; the drill's own delay p99 ${machine.ownDelayP99Ms} ms`,
      'zh-CN': `出块时间 ${blockTimeMs} 毫秒；${machine.cores} 核，负载 ${machine.loadBefore} → ${machine.loadAfter}；演练自身延迟 p99 ${machine.ownDelayP99Ms} 毫秒`,
    }),
    output.text({ en: `seed ${seed}; again: ${again}`, 'zh-CN': `种子 ${seed}；重做：${again}` }),
    output.text(kept ? { en: 'every promise was kept', 'zh-CN': '全部承诺成立' } : { en: 'a promise was broken', 'zh-CN': '有承诺未成立' }),
  ]
}

function runLines(output: Output, { name, figures, promises, remarks = [] }: DrillRun): readonly string[] {
  return [
    '',
    name,
    ...figures.map(figure => `  ${figure.name.padEnd(40)} ${String(figure.value).padStart(9)} ${figure.unit}`),
    ...promises.map(({ text, measured, limit, kept }) =>
      output.text({
        en: `  ${kept ? 'kept  ' : 'BROKEN'} ${text}: ${measured}, at most ${limit}`,
        'zh-CN': `  ${kept ? '成立  ' : '未成立'} ${text}：${measured}，上限 ${limit}`,
      }),
    ),
    ...remarks.map(remark => `  ${remark}`),
  ]
}
