import { isSignatureValid } from '@hufu/keys'
import { type LedgerResult, runLedgerScenario, simulatedAccount } from './ledger-scenario.ts'
import type { PlantedFault } from './list-server.ts'
import { simulatedSigner } from './simulated-signer.ts'
import { type PlantedTitleFault, runTitleScenario, type TitleResult } from './title-scenario.ts'
import { type Watch, World } from './world.ts'

const account = simulatedAccount(simulatedSigner())
const gatewaySigners = [simulatedSigner(), simulatedSigner()] as const
// Keys are taken in at their first use and then kept: before the first seed, so that it is as the others.
await new World(0, undefined).run(async () => {
  for (const { publicKey } of gatewaySigners) await isSignatureValid(publicKey, new Uint8Array(), new Uint8Array(64))
})

/** What a seed's run gave. */
export interface SeedRun<Result> {
  readonly result: Result
  readonly virtualMs: number
  readonly events: number
  /** SHA-256 of all that happened, in its order. */
  readonly trace: string
}

/** Runs the ledger's scenario with a seed. @throws SeedFailure */
export function runLedgerSeed(seed: number, planted?: PlantedFault, watch?: Watch): Promise<SeedRun<LedgerResult>> {
  return runSeed(seed, watch, world => runLedgerScenario(world, account, planted))
}

/** Runs the gateways' scenario with a seed. @throws SeedFailure */
export function runTitleSeed(seed: number, planted?: PlantedTitleFault, watch?: Watch): Promise<SeedRun<TitleResult>> {
  return runSeed(seed, watch, world => runTitleScenario(world, gatewaySigners, planted))
}

/** A run in which something was not as it must be. */
export class SeedFailure extends Error {
  readonly reason: string
  /** The last lines of the trace. */
  readonly tail: readonly string[]

  constructor(seed: number, reason: string, tail: readonly string[], cause: unknown) {
    super(`seed ${seed}: ${reason}`, { cause })
    this.reason = reason
    this.tail = tail
  }
}

async function runSeed<Result>(
  seed: number,
  watch: Watch | undefined,
  scenario: (world: World) => Promise<Result>,
): Promise<SeedRun<Result>> {
  const world = new World(seed, watch)
  const startedAtMs = world.nowMs
  try {
    const result = await world.run(() => scenario(world))
    return { result, virtualMs: world.nowMs - startedAtMs, events: world.trace.lines, trace: world.trace.digest() }
  } catch (cause) {
    throw new SeedFailure(seed, cause instanceof Error ? cause.message : String(cause), world.trace.tail, cause)
  }
}
