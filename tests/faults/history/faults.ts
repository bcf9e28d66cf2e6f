import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalNetwork, SeededRandom } from '@hufu/network'

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

/** Kills and stops nodes as the seed decides, until it is stopped; then all are up again. */
export function injectFaults(nodes: LocalNetwork, random: SeededRandom, { most, lives }: FaultOptions): FaultLog {
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

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      const chosen = random.sample([...lives.keys()], 1 + random.below(most))
      const forMs = 500 + random.below(2_500)
      const fault = random.below(3) === 0 ? hang : kill
      done.push(`${fault.name} ${chosen.join(' and ')} for ${forMs} ms`)
      await Promise.all(chosen.map(index => fault(index, forMs)))
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
