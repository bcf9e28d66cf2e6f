import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NetworkDescriptor } from '@hufu/ledger'
import { buildFabric, isFabricBuilt } from '@hufu/network'
import type { Home } from '../../home.ts'
import type { Texts } from '../../language.ts'
import type { ChainKind, ChainStart, OtherChain } from './other-chain.ts'
import { startEvmChain } from './start-evm-chain.ts'
import { startHospitalChannel } from './start-hospital-channel.ts'

/** Chains of others that come up beside the pilot. */
export interface OtherChains {
  /** Whether Fabric is being built just now, which takes minutes: on the first start only. */
  isBuilding(): boolean
  /** What became of each. Never rejects. */
  readonly started: Promise<readonly ChainStart[]>
  /** Ends a build that goes on, and all that is up. */
  stop(): Promise<void>
}

const progressMs = 60_000

/** Sets up a hospital group's channel and an EVM chain. One that fails holds up neither the other nor the pilot. */
export function startOtherChains(options: {
  readonly home: Home
  readonly network: NetworkDescriptor
  readonly step: (texts: Texts) => void
}): OtherChains {
  const { home, network } = options
  let isBuilding = !isFabricBuilt()
  const stopping = new AbortController()
  const started = Promise.all([
    outcomeOf('fabric', async () => {
      if (isBuilding) await build(options, stopping.signal).finally(() => (isBuilding = false))
      return startHospitalChannel(home, network)
    }),
    outcomeOf('evm', () => startEvmChain(network)),
  ])
  return {
    isBuilding: () => isBuilding,
    started,
    async stop() {
      stopping.abort()
      await Promise.all((await started).map(start => ('chain' in start ? start.chain.stop() : undefined)))
    },
  }
}

async function build({ home, step }: Parameters<typeof startOtherChains>[0], signal: AbortSignal): Promise<void> {
  const logFile = join(home.folder, 'fabric-build.log')
  const startedAt = performance.now()
  const passed = () => Math.round((performance.now() - startedAt) / 1000)
  step({
    en: `Hyperledger Fabric is being built in the background, this once: some minutes, ${logFile} has what it says; nothing else waits for it`,
    'zh-CN': `正在后台构建 Hyperledger Fabric（仅首次，约需数分钟，日志：${logFile}）；其余功能无需等待`,
  })
  const progress = setInterval(() => {
    const packages = linesIn(logFile)
    step({
      en: `Hyperledger Fabric is still being built: ${passed()} s, ${packages} packages so far`,
      'zh-CN': `Hyperledger Fabric 仍在构建：已 ${passed()} 秒，完成 ${packages} 个包`,
    })
  }, progressMs)
  await buildFabric(logFile, signal).finally(() => clearInterval(progress))
  step({ en: `Hyperledger Fabric is built, in ${passed()} s`, 'zh-CN': `Hyperledger Fabric 构建完成，用时 ${passed()} 秒` })
}

/** The build names each package that it is done with. */
function linesIn(file: string): number {
  return readFileSync(file, 'utf8').split('\n').length - 1
}

async function outcomeOf(kind: ChainKind, start: () => Promise<OtherChain>): Promise<ChainStart> {
  const startedAt = performance.now()
  const outcome = await start().then(
    chain => ({ chain }),
    (error: unknown) => ({ error }),
  )
  return { kind, tookMs: Math.round(performance.now() - startedAt), ...outcome }
}
