import { networkFile } from '../../../apps/wallet/src/core/fixture/test-network.ts'
import { pin, plainQuery, TestWorld, zkQuery } from '../../../apps/wallet/src/core/fixture/test-world.ts'
import { openWallet } from '../../../apps/wallet/src/core/open-wallet.ts'
import type { Wallet } from '../../../apps/wallet/src/core/wallet.ts'

/** What the test asks of the page. */
export interface WalletCorePage {
  /** Makes a wallet by PIN, locks and unlocks it, collects, answers both ways. @returns how long things took, in milliseconds */
  journey(circuits: object): Promise<Readonly<Record<string, number>>>
  /** Makes a wallet by passkey and opens it again. @returns its states and method */
  passkey(): Promise<readonly unknown[]>
  /** What is left after the page was loaded anew. */
  left(): Promise<{ readonly state: string; readonly copiesLeft: number; readonly zk: string }>
}

declare global {
  interface Window {
    walletCorePage: WalletCorePage
  }
}

const open = (circuits: object, databaseName: string) =>
  TestWorld.open(async (web, { file = networkFile(), ...options }) => {
    web.on(`GET ${location.origin}/network.json`, () => Response.json({ ...file, circuits }))
    web.otherwise = request => fetch(request)
    return openWallet({ ...options, fetch: web.fetch, databaseName })
  })

window.walletCorePage = {
  async journey(circuits) {
    const times: Record<string, number> = {}
    const timed = async <Result>(name: string, task: () => Promise<Result>): Promise<Result> => {
      const started = performance.now()
      const result = await task()
      times[name] = performance.now() - started
      return result
    }
    const world = await open(circuits, 'journey')
    const wallet = await world.wallet()
    await timed('create', () => wallet.create({ pin }))
    wallet.lock()
    await timed('unlock', () => wallet.unlock({ pin }))
    await timed('collect', () => world.collect(wallet))
    const answer = async (dcql: Parameters<typeof world.verifier.begin>[0], queryId: string) => {
      const begun = await world.verifier.begin(dcql, queryId)
      const request = await wallet.open(begun.link)
      if (request.kind !== 'request') throw new Error(JSON.stringify(request))
      return async () => {
        await wallet.answer(request, request.options[0]!.id)
        if (begun.answer === undefined) throw new Error('no answer came')
      }
    }
    await timed('answer by a copy', await answer(plainQuery, 'open'))
    await timed('answer by a proof, nothing ready', await answer(zkQuery(18), 'adult'))
    const ready = await answer(zkQuery(18), 'adult')
    await until(wallet, async () => (await wallet.credentials())[0]!.zk.preparedProofs === 1)
    await timed('answer by a proof, one ready', ready)
    await timed('backup', () => wallet.backup('correct horse battery', { pin }))
    wallet.lock()
    return times
  },
  async passkey() {
    const world = await open({}, 'passkey')
    const wallet = await world.wallet()
    const seen: unknown[] = [await wallet.canUsePasskey()]
    await wallet.create({ passkey: true })
    seen.push(wallet.state, wallet.method)
    wallet.lock()
    await wallet.unlock({ passkey: true })
    seen.push(wallet.state)
    wallet.lock()
    return seen
  },
  async left() {
    const world = await open({}, 'journey')
    const wallet = await world.wallet()
    const { state } = wallet
    await wallet.unlock({ pin })
    const [held] = await wallet.credentials()
    wallet.lock()
    return { state, copiesLeft: held!.copiesLeft, zk: held!.zk.state }
  },
}

async function until(_wallet: Wallet, isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) await new Promise(resolve => setTimeout(resolve, 50))
}
