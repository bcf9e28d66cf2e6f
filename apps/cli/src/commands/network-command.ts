import { spawn } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FileOutbox, lockHolder } from '@hufu/files'
import { LedgerClient, type NetworkDescriptor, quorumOf } from '@hufu/ledger'
import {
  committeeAccount,
  createNetworkFolder,
  deployContracts,
  foundNetwork,
  fundAccounts,
  LocalNetwork,
  localCouncil,
  type NetworkFolder,
  networkDescriptor,
  networkStatus,
  noContracts,
  openNetworkFolder,
  validatorsAccount,
  wipeNetwork,
  writeDescriptor,
} from '@hufu/network'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import type { Home } from '../home.ts'
import { integer } from '../option-values.ts'
import { validatorNames } from '../pilot/cast.ts'
import { addNetworkFileCommands } from './network-file-commands.ts'
import { addNetworkRepairCommands } from './network-repair-commands.ts'

export const defaultBasePort = 20_400
export const pilotNetwork = { name: 'pilot', magic: 787_878 } as const

/** A local network is for trying out: nobody wants to wait a minute for the next roots. */
const localEpochMs = 2_000

/** GAS that the committee gets from the treasury for fees. */
const committeeDatoshi = 1_000_000n * 100_000_000n

interface StartOptions {
  readonly validators: number
  readonly basePort: number
  readonly detach?: boolean
}

/** Adds `hufu network`. */
export function addNetworkCommand(program: Command): void {
  const network = program
    .command('network')
    .description(help({ en: 'a local network of real Neo N3 validators', 'zh-CN': '由真实 Neo N3 验证节点组成的本地网络' }))
  network
    .command('start')
    .description(
      help({
        en: 'make it if need be, start it, deploy the contracts, and stay until Ctrl-C',
        'zh-CN': '必要时创建，启动并部署合约，运行至 Ctrl-C',
      }),
    )
    .option(
      '--validators <count>',
      help({ en: 'how many, 1 to 7 (when it is made)', 'zh-CN': '验证节点数，1 至 7（创建时）' }),
      integer(1, 7),
      7,
    )
    .option(
      '--base-port <port>',
      help({ en: 'first of three ports a node (when it is made)', 'zh-CN': '起始端口，每节点三个（创建时）' }),
      integer(1024, 65_000),
      defaultBasePort,
    )
    .option('--detach', help({ en: 'go on in the background', 'zh-CN': '在后台运行' }))
    .action(action(start))
  network
    .command('stop')
    .description(help({ en: 'stop it, keeping its data', 'zh-CN': '停止网络，保留数据' }))
    .action(action(stop))
  network
    .command('status')
    .description(help({ en: 'heights, peers and processes of the nodes', 'zh-CN': '各节点的高度、连接与进程' }))
    .action(action(status))
  network
    .command('wipe')
    .description(help({ en: 'remove it with all its data', 'zh-CN': '删除网络及其全部数据' }))
    .action(action(wipe))
  addNetworkFileCommands(network)
  addNetworkRepairCommands(network)
}

async function start(context: Context, options: StartOptions): Promise<void> {
  if (options.detach === true) return startDetached(context)
  const { network } = await startLocalNetwork(context, options)
  const { output, signal } = context
  output.note({ en: 'The network runs. Ctrl-C stops it.', 'zh-CN': '网络运行中。按 Ctrl-C 停止。' })
  if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  await network.stop()
  output.note({ en: 'Stopped; the data is kept.', 'zh-CN': '已停止；数据已保留。' })
}

/** Makes the network if need be, starts it, and brings the contracts on it. */
export async function startLocalNetwork(
  { home, output }: Context,
  options: Pick<StartOptions, 'validators' | 'basePort'>,
): Promise<{ network: LocalNetwork; descriptor: NetworkDescriptor }> {
  const startedAt = performance.now()
  const files = await openOrCreate(home, options)
  const network = await LocalNetwork.start(files)
  try {
    const count = files.nodes.length
    output.note({
      en: `${count} validators answer (${secondsSince(startedAt)} s)`,
      'zh-CN': `${count} 个验证节点已就绪（${secondsSince(startedAt)} 秒）`,
    })
    const descriptor = await bringContracts(home, files)
    output.note({
      en: `contracts are on the ledger (${secondsSince(startedAt)} s)`,
      'zh-CN': `合约已上链（${secondsSince(startedAt)} 秒）`,
    })
    return { network, descriptor }
  } catch (error) {
    await network.stop()
    throw error
  }
}

async function openOrCreate(home: Home, { validators, basePort }: Pick<StartOptions, 'validators' | 'basePort'>): Promise<NetworkFolder> {
  if (existsSync(home.networkFolder)) return openNetworkFolder(home.networkFolder)
  return createNetworkFolder(home.networkFolder, { ...pilotNetwork, validators: validatorNames.slice(-validators), basePort })
}

async function bringContracts(home: Home, files: NetworkFolder): Promise<NetworkDescriptor> {
  const outbox = await FileOutbox.open(home.outboxFile, { lockWaitMs: 10_000 })
  const client = new LedgerClient({ network: networkDescriptor(files, noContracts), outbox })
  try {
    await client.resume()
    const committee = committeeAccount(files)
    await fundAccounts(client, validatorsAccount(files), [committee.scriptHash], committeeDatoshi, `fund committee ${committee.scriptHash}`)
    const contracts = await deployContracts(client, committee, { production: false, council: localCouncil(files) })
    await foundNetwork(client, files, contracts)
    const descriptor = { ...networkDescriptor(files, contracts), epochMs: localEpochMs }
    await writeDescriptor(files, descriptor)
    return descriptor
  } finally {
    client.close()
    await outbox.close()
  }
}

async function startDetached({ home, output }: Context): Promise<void> {
  const log = openSync(join(home.folder, 'network.log'), 'a', 0o600)
  const child = spawn(
    process.execPath,
    process.argv.slice(1).filter(argument => argument !== '--detach'),
    { detached: true, stdio: ['ignore', log, log] },
  )
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
  for (;;) {
    const code = await Promise.race([ended, sleep(200)])
    if (typeof code === 'number')
      throw new CliError('ERR_CLI_NETWORK', 'the network did not start; network.log in the home folder says why')
    if (existsSync(home.networkFile) && (await networkStatus(home.networkFolder)).nodes.every(node => node.up)) break
  }
  child.unref()
  output.result({ pid: child.pid }, [
    output.text({
      en: `The network runs in process ${child.pid}; hufu network stop ends it.`,
      'zh-CN': `网络运行于进程 ${child.pid}；hufu network stop 可停止。`,
    }),
  ])
  process.exit(0)
}

async function stop({ home, output }: Context): Promise<void> {
  const files = await openNetworkFolder(home.networkFolder)
  const pid = lockHolder(files.lock)
  if (pid === undefined) {
    output.result({ stopped: false }, [output.text({ en: 'It does not run.', 'zh-CN': '网络未在运行。' })])
    return
  }
  process.kill(pid, 'SIGTERM')
  while (lockHolder(files.lock) === pid) await sleep(100)
  output.result({ stopped: true, pid }, [output.text({ en: 'Stopped; the data is kept.', 'zh-CN': '已停止；数据已保留。' })])
}

async function status({ home, output }: Context): Promise<void> {
  const { runnerPid, nodes } = await networkStatus(home.networkFolder)
  const up = nodes.filter(node => node.up).length
  const quorum = quorumOf(nodes.length)
  const value = { runnerPid, quorum, margin: up - quorum, nodes }
  const header = output.text({
    en: 'validator      state  height  on disk  peers  process',
    'zh-CN': 'validator      状态   高度    已落盘   连接   进程',
  })
  const rows = nodes.map(node =>
    [
      node.name.padEnd(14),
      (node.up ? 'up' : 'down').padEnd(6),
      cell(node.height, 7),
      cell(node.persistedHeight, 8),
      cell(node.peers, 6),
      cell(node.pid, 7),
    ].join(' '),
  )
  const margin = output.text({
    en: `${up} of ${nodes.length} up; quorum is ${quorum}, margin ${up - quorum}`,
    'zh-CN': `${nodes.length} 个节点中 ${up} 个在线；法定数 ${quorum}，余量 ${up - quorum}`,
  })
  output.result(value, [header, ...rows, margin])
}

async function wipe({ home, output }: Context): Promise<void> {
  await wipeNetwork(home.networkFolder)
  output.result({ wiped: true }, [output.text({ en: 'Removed, with all its data.', 'zh-CN': '已删除网络及其全部数据。' })])
}

function cell(value: number | null, width: number): string {
  return (value === null ? '–' : String(value)).padEnd(width)
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1)
}
