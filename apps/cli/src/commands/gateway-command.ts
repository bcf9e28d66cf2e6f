import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { askGateway, type GatewayOptions } from '../gateway/gateway-client.ts'
import {
  type GatewayStatus,
  networkLine,
  type ShownNetwork,
  type ShownTransfer,
  statusLines,
  transferLines,
} from '../gateway/gateway-lines.ts'
import { integer } from '../option-values.ts'

const mainFile = fileURLToPath(new URL('../../../gateway/src/main.ts', import.meta.url))
const defaultUrl = 'http://127.0.0.1:8060'

interface ListOptions extends GatewayOptions {
  readonly open?: boolean
  readonly limit: number
}

interface TransferOptions extends GatewayOptions {
  readonly asset: string
  readonly from: string
  readonly to: string
  readonly holder: string
  readonly counterpart: string
  readonly id?: string
}

/** Adds `hufu gateway`: to run a gateway, and to work with one that runs. */
export function addGatewayCommand(program: Command): void {
  const gateway = program
    .command('gateway')
    .description(help({ en: 'a gateway to other chains: transfers, views, switches', 'zh-CN': '通往其他链的网关：转移、视图与开关' }))

  gateway
    .command('run')
    .description(
      help({
        en: 'run a gateway until Ctrl-C; configured by environment variables (apps/gateway/.env.example)',
        'zh-CN': '运行网关至 Ctrl-C；以环境变量配置（apps/gateway/.env.example）',
      }),
    )
    .option('--check-config', help({ en: 'say what is wrong with the configuration, and end', 'zh-CN': '检查配置后结束' }))
    .action(action(run))

  client(gateway, 'status', { en: 'networks, counterparts, and how many transfers there are', 'zh-CN': '网络、对方网关与转移概况' }).action(
    action(status),
  )

  client(gateway, 'transfers', { en: 'transfers, the newest first', 'zh-CN': '转移列表，最新在前' })
    .argument('[transfer]', help({ en: 'only this one, with what it did', 'zh-CN': '仅此转移，附其过程' }))
    .option('--open', help({ en: 'only those under way', 'zh-CN': '仅进行中的' }))
    .option('--limit <count>', help({ en: 'how many', 'zh-CN': '数量' }), integer(1, 1_000), 50)
    .action(action(transfers))

  client(gateway, 'transfer', { en: 'begin to transfer a title to another network', 'zh-CN': '开始将权证转移到另一网络' })
    .requiredOption('--asset <id>', help({ en: 'identifier of the title', 'zh-CN': '权证标识' }))
    .requiredOption('--from <network>', help({ en: 'network that it is on', 'zh-CN': '所在网络' }))
    .requiredOption('--to <network>', help({ en: 'network that it goes to', 'zh-CN': '目标网络' }))
    .requiredOption('--holder <did>', help({ en: 'institution that holds it there', 'zh-CN': '在目标网络的持有机构' }))
    .requiredOption('--counterpart <did>', help({ en: 'gateway on the other side', 'zh-CN': '对方网关' }))
    .option(
      '--id <hex>',
      help({
        en: 'of the transfer, for a command that may run twice: 64 digits',
        'zh-CN': '转移标识（64 位十六进制），供可能重复执行的命令使用',
      }),
    )
    .action(action(transfer))

  client(gateway, 'switch', {
    en: 'switch a network: off, nothing new begins and transfers under way stand still',
    'zh-CN': '切换网络：关闭后不再开始新的事项，进行中的转移保持不动',
  })
    .argument('<network>', help({ en: 'which', 'zh-CN': '网络' }))
    .argument('<state>', 'on | off')
    .action(action(switchNetwork))

  client(gateway, 'quarantine', { en: 'what failed proof or signature', 'zh-CN': '未通过证明或签名的内容' })
    .option('--limit <count>', help({ en: 'how many', 'zh-CN': '数量' }), integer(1, 1_000), 50)
    .action(action(quarantine))
}

/** A command that asks a gateway which runs. */
function client(gateway: Command, name: string, texts: Parameters<typeof help>[0]): Command {
  return gateway
    .command(name)
    .description(help(texts))
    .option('--url <url>', help({ en: 'address of the gateway', 'zh-CN': '网关地址' }), defaultUrl)
    .requiredOption('--token-file <file>', help({ en: 'file with the operator’s token', 'zh-CN': '内含运营方令牌的文件' }))
}

async function run({ signal }: Context, { checkConfig }: { readonly checkConfig?: boolean }): Promise<void> {
  const child = spawn(process.execPath, [mainFile, ...(checkConfig === true ? ['--check-config'] : [])], { stdio: 'inherit' })
  signal.addEventListener('abort', () => child.kill('SIGTERM'))
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0 && !signal.aborted) throw new CliError('ERR_CLI_SERVER', 'the gateway ended; what it wrote says why')
}

async function status({ output }: Context, options: GatewayOptions): Promise<void> {
  const answer = await askGateway<GatewayStatus>(options, 'GET', '/status')
  output.result(answer, statusLines(output, answer))
}

async function transfers({ output }: Context, id: string | undefined, options: ListOptions): Promise<void> {
  if (id !== undefined) return showTransfer({ output }, id, options)
  const query = `limit=${options.limit}${options.open === true ? '&open=true' : ''}`
  const answer = await askGateway<{ readonly transfers: readonly ShownTransfer[] }>(options, 'GET', `/transfers?${query}`)
  output.result(answer, transferLines(output, answer.transfers))
}

async function showTransfer({ output }: Pick<Context, 'output'>, id: string, options: GatewayOptions): Promise<void> {
  interface Details {
    readonly transfer: ShownTransfer
    readonly log: readonly { readonly kind: string; readonly what: string; readonly atMs: number }[]
  }
  const answer = await askGateway<Details>(options, 'GET', `/transfers/${encodeURIComponent(id)}`)
  const lines = answer.log.map(({ kind, what, atMs }) => `  ${new Date(atMs).toISOString()}  ${kind.padEnd(9)}${what}`)
  output.result(answer, [...transferLines(output, [answer.transfer]), ...lines])
}

async function transfer({ output }: Context, options: TransferOptions): Promise<void> {
  const { asset, from, to, holder, counterpart, id } = options
  const body = {
    assetId: asset,
    fromNetwork: from,
    toNetwork: to,
    toHolder: holder,
    counterpart,
    ...(id === undefined ? {} : { transferId: id }),
  }
  const answer = await askGateway<ShownTransfer>(options, 'POST', '/transfers', body)
  output.result(answer, transferLines(output, [answer]))
}

async function switchNetwork({ output }: Context, network: string, state: string, options: GatewayOptions): Promise<void> {
  if (state !== 'on' && state !== 'off') throw new CliError('ERR_CLI_USAGE', 'expected on or off')
  const answer = await askGateway<ShownNetwork>(options, 'POST', `/networks/${encodeURIComponent(network)}/switch`, { on: state === 'on' })
  output.result(answer, [networkLine(output, answer)])
}

async function quarantine({ output }: Context, options: ListOptions): Promise<void> {
  interface Entries {
    readonly entries: readonly {
      readonly reason: string
      readonly hash: string
      readonly counterpart: string | null
      readonly times: number
    }[]
  }
  const answer = await askGateway<Entries>(options, 'GET', `/quarantine?limit=${options.limit}`)
  const lines = answer.entries.map(({ reason, hash, counterpart, times }) => `${reason}  ${hash}  ×${times}  ${counterpart ?? '–'}`)
  output.result(answer, lines.length > 0 ? lines : [output.text({ en: 'nothing in quarantine', 'zh-CN': '隔离区为空' })])
}
