import { existsSync } from 'node:fs'
import { copyFile, open, rename, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode } from '@hufu/primitives'
import { AskNode, type AskOptions } from './ask-node.ts'
import { compareWithFleet, type FleetComparison } from './compare-with-fleet.ts'
import { ValidatorError } from './errors.ts'
import { hashOfFile } from './hash-of-file.ts'
import { lookAtFleet } from './look-at-fleet.ts'
import { softwareFor } from './network-file.ts'
import { requireMargin, requireTurn } from './require-margin.ts'
import { ownRpcUrl } from './run-validator.ts'
import { type OpenedValidator, openValidator, replaceNetworkFile, type ValidatorFolder } from './validator-folder.ts'

/** How a step that takes the node off for a moment is carried out. */
export interface StepOptions {
  readonly ask: AskOptions
  readonly nowMs: () => number
  /** Lets who runs the node end it and start it again; settles once that was asked for. */
  readonly restart: () => Promise<void>
  /** Time for the node to be back among the others. */
  readonly backWithinMs: number
}

/** A new program, and how it comes in. */
export interface UpgradeOptions extends StepOptions {
  readonly binary: string
  readonly platform: string
  /** The network file that names the new program, if it is a later one than the node's. */
  readonly networkFileText?: string
}

const pollMs = 250

/**
 * Gives a validator another program: only one that the network file names, only in its turn, and only while the network can spare it. It waits until the node
 * is back among the others with the same blocks and state; if it does not come back, the program from before takes its place again.
 *
 * @throws ValidatorError `ERR_VALIDATOR_BINARY`: none that the network file names; `ERR_VALIDATOR_MARGIN`; `ERR_VALIDATOR_TURN`; `ERR_VALIDATOR_UNREACHABLE`;
 *   `ERR_VALIDATOR_UPGRADE`: it did not come back, and has its old program again; `ERR_VALIDATOR_STATE_DIFFERS`; `ERR_VALIDATOR_NETWORK_FILE`
 */
export async function upgradeValidator(path: string, options: UpgradeOptions): Promise<FleetComparison> {
  const opened = await openValidator(path)
  if (options.networkFileText !== undefined) await replaceNetworkFile(opened, options.networkFileText)
  const { files, network } = await openValidator(path)
  const wanted = await hashOfFile(options.binary).catch(() => undefined)
  if (!softwareFor(network, options.platform).some(each => each.sha256 === wanted))
    throw new ValidatorError('ERR_VALIDATOR_BINARY', 'the new program is not one that the network file names')
  await requireSpare(await openValidator(path), options)
  const hadOne = existsSync(files.binary)
  await putIn(files, options.binary)
  try {
    const comparison = await restartAndWait(path, options)
    await rm(files.previousBinary, { force: true })
    return comparison
  } catch (error) {
    if (!hadOne) throw error
    // Who runs the node takes the old program back by itself if the new one does not start.
    if (existsSync(files.previousBinary)) {
      await rename(files.previousBinary, files.binary)
      await options.restart().catch(() => undefined)
    }
    if (errorCode(error) === 'ERR_VALIDATOR_STATE_DIFFERS') throw error
    throw new ValidatorError(
      'ERR_VALIDATOR_UPGRADE',
      'the node did not come back with the new program; the one from before is in its place again',
      {
        cause: error,
      },
    )
  }
}

/** Whether the network can spare the node now. An observer can always be spared. @throws ValidatorError as {@link upgradeValidator} */
export async function requireSpare(
  { network, settings }: OpenedValidator,
  { ask, nowMs }: Pick<StepOptions, 'ask' | 'nowMs'>,
): Promise<void> {
  if (settings.seat === null) return
  const fleet = await lookAtFleet(network, ask, nowMs())
  requireMargin(network, fleet, settings.seat)
  // By this host's clock between blocks, which preflight holds to that of the others.
  requireTurn(network, settings.seat, Math.max(fleet.head!.timeMs, nowMs()))
}

/** Has the node started again and waits until it is among the others. @throws ValidatorError as {@link upgradeValidator} */
export async function restartAndWait(path: string, { ask, nowMs, restart, backWithinMs }: StepOptions): Promise<FleetComparison> {
  const opened = await openValidator(path)
  const { network, settings } = opened
  const own = new AskNode(ownRpcUrl(opened), ask)
  const before = await own.version().catch(() => undefined)
  const deadline = nowMs() + backWithinMs
  await restart()
  for (;;) {
    const now = await own.version().catch(() => undefined)
    if (now !== undefined && now.nonce !== before?.nonce) {
      const fleet = await lookAtFleet(network, ask, nowMs())
      const comparison = await compareWithFleet(network, ownRpcUrl(opened), settings.seat, fleet, ask).catch(error => {
        if (errorCode(error) === 'ERR_VALIDATOR_STATE_DIFFERS') throw error
        return undefined
      })
      const isBack = settings.seat === null || fleet.members.some(member => member.name === settings.seat && member.takesPart)
      if (comparison?.isCaughtUp === true && isBack) return comparison
    }
    if (nowMs() > deadline) throw new ValidatorError('ERR_VALIDATOR_BEHIND', 'the node is not back among the others in time')
    await sleep(pollMs)
  }
}

/** The new program in the old one's place, which is kept beside it. */
async function putIn(files: ValidatorFolder, binary: string): Promise<void> {
  const next = `${files.binary}.new`
  await rm(next, { force: true })
  await copyFile(binary, next)
  const handle = await open(next, 'r+')
  try {
    await handle.chmod(0o755)
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (existsSync(files.binary)) await rename(files.binary, files.previousBinary)
  await rename(next, files.binary)
}
