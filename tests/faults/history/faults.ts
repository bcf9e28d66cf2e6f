import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededRandom } from '@hufu/network'
import type { ProxiedNetwork } from './proxied-network.ts'

/** What was done to the nodes, to be printed where a run fails. */
export interface FaultLog {
  readonly done: readonly string[]
  stop(): Promise<void>
}

export interface FaultOptions {
  /** Nodes at a time. */
  readonly most: number
  /** How often each node was started: counted up here. */
  readonly lives: number[]
}

/** Kills nodes, stops them, and cuts them off from the others, as the seed decides, until it is stopped; then all are up again. */
export function injectFaults(proxied: ProxiedNetwork, random: SeededRandom, { most, lives }: FaultOptions): FaultLog {
  const { nodes } = proxied.network
  const done: string[] = []
  const ending = new AbortController()
  const pause = (ms: number) => sleep(ms, undefined, { signal: ending.signal }).catch(() => undefined)

  async function kill(index: number, forMs: number): Promise<void> {
    await nodes.killNode(index)
    await pause(forMs)
    lives[index]!++
    nodes.startNode(index)
  }

  async function hang(index: number, forMs: number): Promise<void> {
    const pid = nodes.pids[index]
    if (typeof pid !== 'number') return
    process.kill(pid, 'SIGSTOP')
    await pause(forMs)
    process.kill(pid, 'SIGCONT')
  }

  /** They answer as before, and hear nothing of the others nor of each other. */
  async function cut(chosen: readonly number[], forMs: number): Promise<void> {
    await proxied.cut([[...lives.keys()].filter(index => !chosen.includes(index))])
    await pause(forMs)
    await proxied.heal()
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      const chosen = random.sample([...lives.keys()], 1 + random.below(most))
      const forMs = 500 + random.below(2_500)
      const fault = random.pick(['kill', 'kill', 'hang', 'cut'] as const)
      done.push(`${fault} ${chosen.join(' and ')} for ${forMs} ms`)
      if (fault === 'cut') await cut(chosen, forMs)
      else await Promise.all(chosen.map(index => (fault === 'kill' ? kill : hang)(index, forMs)))
      await pause(500 + random.below(2_000))
    }
  }

  const running = run()
  return {
    done,
    async stop() {
      ending.abort()
      await running
    },
  }
}
