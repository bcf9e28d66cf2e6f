import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { alarmLogLine, defaultThresholds, type FleetSnapshot, type Watch, type WebhookSink, webhookSink } from '@hufu/network'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { integer } from '../option-values.ts'
import { openWatch } from '../watch/open-watch.ts'
import { serveMetrics } from '../watch/serve-metrics.ts'
import { alarmLines, snapshotLines } from '../watch/snapshot-lines.ts'

interface WatchdogOptions {
  readonly once?: boolean
  readonly webhookFile?: string
  readonly webhookSecretFile?: string
  readonly metricsPort?: number
}

/** Exit codes of `--once`, as monitoring programs know them. */
const exitCodes = { warning: 1, critical: 2 } as const

/** Adds `hufu watchdog`. */
export function addWatchdogCommand(program: Command): void {
  program
    .command('watchdog')
    .description(
      help({
        en: 'watch the validators and raise alarms, each with what to do; runs until Ctrl-C',
        'zh-CN': '监视验证节点并发出警报，附处置办法；运行至 Ctrl-C',
      }),
    )
    .option(
      '--once',
      help({
        en: 'look until it is clear how things are, say it, and end: 0 well, 1 warning, 2 critical',
        'zh-CN': '查清现状后输出并结束：0 正常，1 警告，2 严重',
      }),
    )
    .option('--webhook-file <file>', help({ en: 'file with the URL that alarms are posted to', 'zh-CN': '内含警报推送 URL 的文件' }))
    .option(
      '--webhook-secret-file <file>',
      help({ en: 'file with the secret that posts are signed with', 'zh-CN': '内含推送签名密钥的文件' }),
    )
    .option(
      '--metrics-port <port>',
      help({ en: 'port of 127.0.0.1 with metrics for Prometheus', 'zh-CN': '在 127.0.0.1 的该端口提供 Prometheus 指标' }),
      integer(1, 65_535),
    )
    .action(action(watchdog))
}

async function watchdog(context: Context, options: WatchdogOptions): Promise<void> {
  const watch = await openWatch(context.home, { isManual: options.once === true })
  try {
    if (options.once === true) await lookOnce(context, watch)
    else await watchOn(context, watch, options)
  } finally {
    watch.stop()
  }
}

async function lookOnce({ output, signal }: Context, watch: Watch): Promise<void> {
  const snapshot = await lookUntilClear(watch, signal)
  output.result(snapshot, snapshotLines(output, snapshot))
  const gravest = snapshot.alarms.some(({ severity }) => severity === 'critical')
    ? 'critical'
    : snapshot.alarms.length > 0
      ? 'warning'
      : null
  if (gravest !== null) process.exitCode = exitCodes[gravest]
}

/** Until every node has been heard or given up, and the chain has moved or stands. */
async function lookUntilClear(watch: Watch, signal: AbortSignal): Promise<FleetSnapshot> {
  const { pollMs, failedPolls } = defaultThresholds
  const first = await watch.poll()
  for (let polls = 1; ; polls++) {
    const snapshot = await watch.poll()
    const isMoving = first.height !== null && (snapshot.height ?? 0) > first.height
    const stands = snapshot.alarms.some(
      ({ code }) => code === 'ALARM_STALLED' || code === 'ALARM_QUORUM_LOST' || code === 'ALARM_DBFT_LOCK',
    )
    if ((polls >= failedPolls && (isMoving || stands)) || signal.aborted) return snapshot
    await sleep(pollMs)
  }
}

async function watchOn({ output, signal }: Context, watch: Watch, options: WatchdogOptions): Promise<void> {
  const webhook = openWebhook(options)
  const server = options.metricsPort === undefined ? undefined : await serveMetrics(watch, options.metricsPort)
  watch.onAlarm(change => {
    webhook?.send(change)
    output.line(change)
    const lines = change.kind === 'raised' ? alarmLines(output, change.alarm) : []
    process.stderr.write(`${[alarmLogLine(change), ...lines].join('\n')}\n`)
  })
  watch.onSnapshot(({ nodes, height, margin }) => {
    const up = nodes.filter(node => node.up).length
    output.progress({
      en: `block ${height ?? '–'}, ${up} of ${nodes.length} up, margin ${margin}`,
      'zh-CN': `区块 ${height ?? '–'}，${nodes.length} 个中 ${up} 个在线，余量 ${margin}`,
    })
  })
  output.note({ en: 'Watching. Ctrl-C ends it.', 'zh-CN': '监视中。按 Ctrl-C 结束。' })
  if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  webhook?.stop()
  server?.close()
}

/** URL and secret come as files: on a command line, everybody on the machine could read them. */
function openWebhook({ webhookFile, webhookSecretFile }: WatchdogOptions): WebhookSink | undefined {
  if (webhookFile === undefined) return undefined
  if (webhookSecretFile === undefined) throw new CliError('ERR_CLI_USAGE', '--webhook-file needs --webhook-secret-file: posts are signed')
  try {
    return webhookSink({
      url: readSecretText(webhookFile),
      secret: Buffer.from(readSecretText(webhookSecretFile)),
      onTrouble: message => process.stderr.write(`${message}\n`),
    })
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new CliError('ERR_CLI_USAGE', `webhook: ${cause.message}`, { cause })
  }
}

function readSecretText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new CliError('ERR_CLI_FILE', 'a file of the webhook cannot be read', { cause })
  }
}
