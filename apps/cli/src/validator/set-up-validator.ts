import { chmodSync, copyFileSync, existsSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import {
  hashOfFile,
  holdKeyCeremony,
  hostProbes,
  initValidator,
  neoGo,
  openValidator,
  parseNetworkFile,
  preflight,
  replaceNetworkFile,
  softwareFor,
  validatorFolder,
} from '@hufu/network'
import type { Context } from '../command.ts'
import { CliError } from '../errors.ts'
import { readText } from '../read-json.ts'
import { askNodes, folderOf, passwordFrom, platform, type ValidatorOptions } from './validator-options.ts'

export interface KeygenOptions extends ValidatorOptions {
  readonly name: string
  readonly operator?: string
  readonly witness?: readonly string[]
}

export async function keygen({ home, output }: Context, options: KeygenOptions): Promise<void> {
  const folder = folderOf(home, options)
  const record = await holdKeyCeremony(folder, {
    name: options.name,
    operator: options.operator ?? userInfo().username,
    witnesses: options.witness ?? [],
    password: passwordFrom(options),
    nowMs: Date.now(),
  })
  output.result(record, [
    output.text({ en: `public key   ${record.publicKey}`, 'zh-CN': `公钥       ${record.publicKey}` }),
    output.text({ en: `address      ${record.address}`, 'zh-CN': `地址       ${record.address}` }),
    output.text({ en: `wallet file  SHA-256 ${record.walletSha256}`, 'zh-CN': `钱包文件    SHA-256 ${record.walletSha256}` }),
    output.text({
      en: `Made on ${hostname()}. Print key-ceremony.json, sign it by hand with the witnesses, and give the public key to the coordinator.`,
      'zh-CN': `生成于 ${hostname()}。请打印 key-ceremony.json，由操作人与见证人签字，并将公钥交协调单位。`,
    }),
  ])
}

export interface InitOptions extends ValidatorOptions {
  readonly networkFile: string
  readonly fingerprint: string
  readonly name?: string
  readonly observer?: boolean
  readonly founding?: boolean
  readonly p2p?: string
  readonly rpc: string
  readonly metrics: string
  readonly neoGo?: string
}

export async function init({ home, output }: Context, options: InitOptions): Promise<void> {
  if ((options.name === undefined) !== (options.observer === true))
    throw new CliError('ERR_CLI_USAGE', 'name the seat with --name, or make an observer with --observer')
  const folder = folderOf(home, options)
  const text = readText(options.networkFile)
  const { network } = parseNetworkFile(text)
  const seat = options.name ?? null
  const p2pPort =
    network.validators
      .find(each => each.name === seat)
      ?.p2p.split(':')
      .at(-1) ?? '20333'
  const binary = options.neoGo ?? neoGo
  const hash = await hashOfFile(binary).catch(() => undefined)
  if (!softwareFor(network, platform()).some(each => each.sha256 === hash))
    throw new CliError(
      'ERR_CLI_USAGE',
      'the program is not one that the network file names: build it from the pinned sources, or name it with --neo-go',
    )
  const opened = await initValidator(folder, {
    networkFileText: text,
    trust: { fingerprint: options.fingerprint },
    seat,
    listen: { p2p: options.p2p ?? `0.0.0.0:${p2pPort}`, rpc: options.rpc, metrics: options.metrics },
    isFounding: options.founding === true,
  })
  copyFileSync(binary, opened.files.binary)
  chmodSync(opened.files.binary, 0o755)
  output.result({ folder, network: network.name, seat, listen: opened.settings.listen }, [
    output.text({
      en: `The folder is ready for ${seat ?? 'an observer'} of network ${network.name}. Next: hufu validator preflight`,
      'zh-CN': `目录已就绪：网络 ${network.name} 的 ${seat ?? '观察节点'}。下一步：hufu validator preflight`,
    }),
  ])
}

export async function takeNetworkFile({ home, output }: Context, file: string, options: ValidatorOptions): Promise<void> {
  const network = await replaceNetworkFile(await openValidator(folderOf(home, options)), readText(file))
  output.result({ sequence: network.sequence }, [
    output.text({
      en: `Network file ${network.sequence} is taken; the node reads it when it is started again.`,
      'zh-CN': `已采用第 ${network.sequence} 版网络文件；节点下次启动时生效。`,
    }),
  ])
}

export async function lookBefore({ home, output }: Context, options: ValidatorOptions): Promise<void> {
  const folder = folderOf(home, options)
  if (!existsSync(validatorFolder(folder).folder))
    throw new CliError('ERR_CLI_FILE', 'there is no such folder; hufu validator keygen or init makes it')
  const report = await preflight(folder, {
    probes: hostProbes(askNodes),
    platform: platform(),
    ...(options.passwordFile === undefined ? {} : { password: passwordFrom(options) }),
  })
  const lines = report.findings.flatMap(({ code, level, what, fix }) => [
    `${level === 'fault' ? output.text({ en: 'FAULT  ', 'zh-CN': '故障 ' }) : output.text({ en: 'warning', 'zh-CN': '警告 ' })} ${code}: ${output.text(what)}`,
    `        → ${output.text(fix)}`,
  ])
  const { measured } = report
  lines.push(
    output.text({
      en: `${report.faults} faults, ${report.warnings} warnings; fsync ${measured.syncMs.toFixed(1)} ms, clock ${measured.clockAheadMs === null ? 'not known' : `${measured.clockAheadMs.toFixed(0)} ms off`}, ${measured.peersReached} peers reached, network at ${measured.height ?? '–'}`,
      'zh-CN': `故障 ${report.faults} 项，警告 ${report.warnings} 项；fsync ${measured.syncMs.toFixed(1)} 毫秒，时钟${measured.clockAheadMs === null ? '未知' : `偏差 ${measured.clockAheadMs.toFixed(0)} 毫秒`}，可达节点 ${measured.peersReached} 个，网络高度 ${measured.height ?? '–'}`,
    }),
  )
  if (report.faults > 0) process.exitCode = 1
  output.result(report, lines)
}
