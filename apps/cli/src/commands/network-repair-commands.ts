import {
  askRunner,
  defaultThresholds,
  NetworkError,
  type NetworkRequest,
  type NetworkStep,
  needOfRestart,
  openNetworkFolder,
} from '@hufu/network'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import type { Texts } from '../language.ts'
import { openWatch } from '../watch/open-watch.ts'

/** Adds to `hufu network` what runbooks tell operators to do: each asks the process that runs the local network. */
export function addNetworkRepairCommands(network: Command): void {
  network
    .command('revive')
    .description(
      help({ en: 'start the validators that are down, restart those that hang', 'zh-CN': '启动已停止的验证节点，重启无应答的节点' }),
    )
    .action(action(context => carryOut(context, { action: 'revive' })))
  network
    .command('restart-all')
    .description(
      help({
        en: 'stop all validators together, start them together, wait until the chain moves: for a locked consensus',
        'zh-CN': '同时停止并同时启动全部验证节点，等待恢复出块：用于共识锁死',
      }),
    )
    .option('--force', help({ en: 'even if the chain moves', 'zh-CN': '即使链正常出块' }))
    .action(action(restartAll))
  network
    .command('restart')
    .description(help({ en: 'restart one validator', 'zh-CN': '重启一个验证节点' }))
    .argument('<validator>')
    .action(action((context, node: string) => carryOut(context, { action: 'restart', node })))
  network
    .command('resync')
    .description(
      help({ en: 'delete the database of one validator: it fetches the chain anew', 'zh-CN': '删除一个验证节点的数据库，令其重新同步' }),
    )
    .argument('<validator>')
    .action(action((context, node: string) => carryOut(context, { action: 'resync', node })))
}

async function restartAll(context: Context, options: { readonly force?: boolean }): Promise<void> {
  if (options.force !== true) await refuseNeedless(context)
  await carryOut(context, { action: 'restart-all' })
}

/** @throws NetworkError `ERR_NETWORK_NOT_NEEDED`: the chain moves, or what it lacks is validators */
async function refuseNeedless({ home, output }: Context): Promise<void> {
  output.note({ en: 'Looking whether a restart of all is needed …', 'zh-CN': '正在确认是否需要全部重启……' })
  const watch = await openWatch(home, { isManual: true })
  const need = await needOfRestart(watch, defaultThresholds.pollMs).finally(() => watch.stop())
  if (need === 'moves')
    throw new NetworkError('ERR_NETWORK_NOT_NEEDED', 'the chain makes blocks: nothing is to be restarted; --force does it all the same')
  if (need === 'quorumLost')
    throw new NetworkError(
      'ERR_NETWORK_NOT_NEEDED',
      'too few validators are up: bring them back with hufu network revive; --force restarts all',
    )
}

async function carryOut({ home, output }: Context, request: NetworkRequest): Promise<void> {
  const startedAt = performance.now()
  const files = await openNetworkFolder(home.networkFolder)
  const steps = await askRunner(files, request, step => output.note(stepText(step)))
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1))
  const done =
    steps.length === 0
      ? { en: 'Nothing was to be done.', 'zh-CN': '无需处置。' }
      : { en: `Done in ${seconds} s.`, 'zh-CN': `已完成，用时 ${seconds} 秒。` }
  output.result({ ...request, seconds, steps }, [output.text(done)])
}

function stepText({ step, node = '', height = 0 }: NetworkStep): Texts {
  const texts: Readonly<Record<NetworkStep['step'], Texts>> = {
    stopping: { en: `stopping ${node === '' ? 'all validators' : node}`, 'zh-CN': `正在停止${node === '' ? '全部验证节点' : ` ${node}`}` },
    stopped: { en: `${node} has stopped`, 'zh-CN': `${node} 已停止` },
    emptied: { en: `database of ${node} is deleted`, 'zh-CN': `${node} 的数据库已删除` },
    started: { en: `${node} is started`, 'zh-CN': `${node} 已启动` },
    answers: { en: `${node} has caught up, block ${height}`, 'zh-CN': `${node} 已同步至区块 ${height}` },
    agree: { en: `all answer, with block ${height}`, 'zh-CN': `全部应答，区块 ${height}` },
    moves: { en: `the chain moves: block ${height}`, 'zh-CN': `链已恢复出块：区块 ${height}` },
  }
  return texts[step]
}
