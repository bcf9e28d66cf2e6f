import { setTimeout as sleep } from 'node:timers/promises'
import { lockHolder } from '@hufu/files'
import { singleAccount } from '@hufu/ledger'
import {
  backupValidator,
  beginRotation,
  checkState,
  finishRotation,
  greetPeer,
  leaveNetwork,
  lookAtFleet,
  openValidator,
  openWalletKey,
  ownRpcUrl,
  registerCandidate,
  requireSpare,
  restoreValidator,
  turnOf,
  upgradeValidator,
  validatorFolder,
} from '@hufu/network'
import type { Context } from '../command.ts'
import { localSponsor } from '../council/council-keys.ts'
import { CliError } from '../errors.ts'
import { readText } from '../read-json.ts'
import { openWritingSession } from '../session.ts'
import { askNodes, folderOf, passwordFrom, platform, stepOptions, type ValidatorOptions } from './validator-options.ts'

export interface BackupOptions extends ValidatorOptions {
  readonly to: string
  readonly withChain?: boolean
}

export async function backup({ home, output }: Context, options: BackupOptions): Promise<void> {
  const made = await backupValidator(folderOf(home, options), options.to, { withChain: options.withChain === true, nowMs: Date.now() })
  output.result({ folder: made.folder, ...made.manifest }, [
    output.text({
      en: `Backed up into ${made.folder}, and read back. The wallet in it is encrypted; keep its password elsewhere.`,
      'zh-CN': `已备份至 ${made.folder} 并校验。其中钱包已加密，口令须另行保管。`,
    }),
  ])
}

export interface RestoreOptions extends ValidatorOptions {
  readonly from: string
  readonly networkFile?: string
}

export async function restore({ home, output }: Context, options: RestoreOptions): Promise<void> {
  const { manifest, behindBlocks } = await restoreValidator(options.from, folderOf(home, options), {
    ask: askNodes,
    nowMs: Date.now(),
    greet: address => greetPeer(address, askNodes.timeoutMs),
    ...(options.networkFile === undefined ? {} : { networkFileText: readText(options.networkFile) }),
  })
  const behind = behindBlocks ?? '?'
  output.result({ seat: manifest.seat, madeAt: manifest.madeAt, behindBlocks }, [
    output.text({
      en: `Restored the backup of ${manifest.madeAt}, ${behind} blocks behind. Put neo-go into the folder, then preflight. Started, the node looks on until it has the blocks of the others.`,
      'zh-CN': `已恢复 ${manifest.madeAt} 的备份，落后 ${behind} 个区块。请放入 neo-go 后执行 preflight；启动后先同步，追上后才参与共识。`,
    }),
  ])
}

export interface UpgradeOptions extends ValidatorOptions {
  readonly binary?: string
  readonly networkFile?: string
  readonly wait?: boolean
  readonly check?: boolean
}

export async function upgrade(context: Context, options: UpgradeOptions): Promise<void> {
  const { home, output } = context
  const folder = folderOf(home, options)
  if (options.wait === true) await waitForTurn(context, folder)
  if (options.check === true) {
    await requireSpare(await openValidator(folder), { ask: askNodes, nowMs: Date.now })
    return output.result({ spare: true }, [
      output.text({ en: 'The network can spare this validator now.', 'zh-CN': '网络此刻可以承受本节点暂时下线。' }),
    ])
  }
  if (options.binary === undefined) throw new CliError('ERR_CLI_USAGE', 'name the new program with --binary')
  const comparison = await upgradeValidator(folder, {
    ...stepOptions(folder),
    binary: options.binary,
    platform: platform(),
    ...(options.networkFile === undefined ? {} : { networkFileText: readText(options.networkFile) }),
  })
  output.result(comparison, [
    output.text({
      en: `Upgraded: at block ${comparison.height}, with the state of ${comparison.agreeing.join(', ')}. The next one may go.`,
      'zh-CN': `升级完成：高度 ${comparison.height}，状态与 ${comparison.agreeing.join('、')} 一致。可继续下一个节点。`,
    }),
  ])
}

/** Until this validator's turn begins. */
async function waitForTurn({ output, signal }: Context, folder: string): Promise<void> {
  const { network, settings } = await openValidator(folder)
  if (settings.seat === null) return
  const turn = turnOf(network, settings.seat, Date.now())
  if (turn.isNow && turn.inMs >= network.turnMs / 2) return
  const waitMs = turn.isNow ? turn.inMs + (network.validators.length - 1) * network.turnMs : turn.inMs
  output.note({ en: `Waits ${Math.ceil(waitMs / 1_000)} s for its turn.`, 'zh-CN': `等待 ${Math.ceil(waitMs / 1_000)} 秒轮到本节点。` })
  await sleep(waitMs, undefined, { signal })
}

export interface RotateOptions extends ValidatorOptions {
  readonly finish?: boolean
  readonly wait?: boolean
}

export async function rotateKey(context: Context, options: RotateOptions): Promise<void> {
  const { home, output } = context
  const folder = folderOf(home, options)
  if (options.wait === true) await waitForTurn(context, folder)
  if (options.finish === true) {
    const removed = await finishRotation(folder, stepOptions(folder))
    return output.result({ removed }, [
      output.text({
        en: 'The old key is out of the wallet. Make a backup, and destroy the backups from before.',
        'zh-CN': '旧密钥已移出钱包。请重新备份，并销毁此前的备份。',
      }),
    ])
  }
  const { key } = await beginRotation(folder, passwordFrom(options), stepOptions(folder))
  output.result(key, [
    output.text({ en: `next key  ${key.publicKey}`, 'zh-CN': `新密钥  ${key.publicKey}` }),
    output.text({
      en: 'Now: hufu validator backup; hufu validator register --next; a network file that names it (use-file); hufu council propose set-validator; and once it is voted in, rotate-key --finish.',
      'zh-CN':
        '接下来：hufu validator backup；hufu validator register --next；采用写有新密钥的网络文件（use-file）；hufu council propose set-validator；当选后执行 rotate-key --finish。',
    }),
  ])
}

export interface RegisterOptions extends ValidatorOptions {
  readonly next?: boolean
}

export async function register({ home, output }: Context, options: RegisterOptions): Promise<void> {
  const { wallet } = await openValidator(folderOf(home, options))
  const key = options.next === true ? wallet?.keys[1] : wallet?.keys[0]
  if (wallet === null || key === undefined) throw new CliError('ERR_CLI_USAGE', 'the wallet has no such key')
  const signer = await openWalletKey(wallet, key.publicKey, passwordFrom(options))
  const session = await openWritingSession(home)
  try {
    const { sponsor = singleAccount(signer) } = await localSponsor(home)
    await registerCandidate(session.client, signer, sponsor)
  } finally {
    await session.close()
  }
  output.result({ publicKey: key.publicKey }, [
    output.text({
      en: 'The key is a candidate: the council can vote for it (hufu council propose set-validator).',
      'zh-CN': '密钥已登记为候选，理事会可以表决（hufu council propose set-validator）。',
    }),
  ])
}

export async function leave({ home, output }: Context, options: ValidatorOptions): Promise<void> {
  const folder = folderOf(home, options)
  await leaveNetwork(folder, askNodes, Date.now())
  const pid = lockHolder(validatorFolder(folder).lock)
  if (pid !== undefined) process.kill(pid, 'SIGTERM')
  output.result({ left: true }, [
    output.text({
      en: 'Left: this folder never signs again. Keep wallet and record for the archive, and switch the service off.',
      'zh-CN': '已退出：本目录不再签名。请将钱包与记录归档，并停用服务。',
    }),
  ])
}

/** Ends with 1 if the node has another state than its root says. */
export async function checkOwnState({ home, output }: Context, options: ValidatorOptions): Promise<void> {
  const found = await checkState(ownRpcUrl(await openValidator(folderOf(home, options))), askNodes)
  const differs = output.text({ en: 'differs from its state root', 'zh-CN': '与状态根不符' })
  const unreadable = output.text({ en: 'cannot be read whole', 'zh-CN': '无法完整读取' })
  output.result(found, [
    output.text({
      en: `${found.entries} entries of ${found.contracts} contracts at block ${found.blockIndex}: ${found.findings.length === 0 ? 'as the state root says' : 'the database is damaged'}`,
      'zh-CN': `区块 ${found.blockIndex}：${found.contracts} 个合约共 ${found.entries} 条记录，${found.findings.length === 0 ? '与状态根一致' : '数据库已损坏'}`,
    }),
    ...found.findings.map(({ contract, kind }) => `${contract} ${kind === 'differs' ? differs : unreadable}`),
  ])
  if (found.findings.length > 0) process.exitCode = 1
}

export async function status({ home, output }: Context, options: ValidatorOptions): Promise<void> {
  const folder = folderOf(home, options)
  const { files, network, settings, state, wallet } = await openValidator(folder)
  const fleet = await lookAtFleet(network, askNodes, Date.now())
  const own = fleet.members.find(member => member.name === settings.seat)
  const pid = lockHolder(files.lock) ?? null
  const turn = settings.seat === null ? null : turnOf(network, settings.seat, Date.now())
  const value = {
    network: network.name,
    sequence: network.sequence,
    role: settings.role,
    seat: settings.seat,
    phase: state.phase,
    mustCatchUp: state.mustCatchUp,
    pid,
    heartbeat: state.heartbeat,
    takesPart: own?.takesPart ?? null,
    keys: wallet?.keys.map(key => key.publicKey) ?? [],
    backupHeight: state.backupHeight,
    head: fleet.head?.blockIndex ?? null,
    quorum: fleet.quorum,
    margin: fleet.margin,
    isStalled: fleet.isStalled,
    members: fleet.members,
    turn,
  }
  const rows = fleet.members.map(
    member =>
      `${member.name.padEnd(14)} ${String(member.height ?? '–').padEnd(9)} ${member.takesPart ? output.text({ en: 'takes part', 'zh-CN': '参与' }) : output.text({ en: 'does not take part', 'zh-CN': '未参与' })}  ${member.version ?? ''}`,
  )
  output.result(value, [
    output.text({
      en: `${settings.seat ?? 'observer'} of ${network.name} (file ${network.sequence}): ${state.phase}, process ${pid ?? '–'}, own height ${state.heartbeat?.height ?? '–'}, network ${value.head ?? '–'}`,
      'zh-CN': `${network.name} 的 ${settings.seat ?? '观察节点'}（文件第 ${network.sequence} 版）：${state.phase}，进程 ${pid ?? '–'}，本机高度 ${state.heartbeat?.height ?? '–'}，网络高度 ${value.head ?? '–'}`,
    }),
    ...rows,
    output.text({
      en: `quorum ${fleet.quorum}, margin ${fleet.margin}${fleet.isStalled ? ', no blocks' : ''}${turn === null ? '' : turn.isNow ? `; its turn, for ${Math.ceil(turn.inMs / 1_000)} s` : `; its turn in ${Math.ceil(turn.inMs / 1_000)} s`}`,
      'zh-CN': `法定数 ${fleet.quorum}，余量 ${fleet.margin}${fleet.isStalled ? '，未出块' : ''}${turn === null ? '' : turn.isNow ? `；正轮到本节点，剩 ${Math.ceil(turn.inMs / 1_000)} 秒` : `；${Math.ceil(turn.inMs / 1_000)} 秒后轮到本节点`}`,
    }),
  ])
}
