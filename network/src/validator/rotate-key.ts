import type { FleetComparison } from './compare-with-fleet.ts'
import { ValidatorError } from './errors.ts'
import { nextValidators } from './leave-network.ts'
import { requireSpare, restartAndWait, type StepOptions } from './upgrade-validator.ts'
import { openValidator, readState, writeState, writeWallet } from './validator-folder.ts'
import { type WalletKey, withNewKey, withoutKey } from './validator-wallet.ts'

/**
 * Gives a validator its next key, beside the one that it has: neo-go signs with the one that is voted in, so the change comes with a block, and no moment has two
 * processes or none. The new key must then be backed up, made a candidate, and voted in by the council.
 *
 * @returns the new key
 * @throws ValidatorError `ERR_VALIDATOR_WALLET`: a rotation is under way already; `ERR_VALIDATOR_PASSWORD`; `ERR_VALIDATOR_MARGIN`, `ERR_VALIDATOR_TURN`
 */
export async function beginRotation(
  path: string,
  password: string,
  options: StepOptions,
): Promise<{ readonly key: WalletKey; readonly comparison: FleetComparison }> {
  const opened = await openValidator(path)
  const { files, wallet, settings } = opened
  if (wallet === null || settings.seat === null) throw new ValidatorError('ERR_VALIDATOR_WALLET', 'an observer has no key')
  if (wallet.keys.length !== 1)
    throw new ValidatorError('ERR_VALIDATOR_WALLET', 'the wallet holds a next key already: finish that rotation first')
  await requireSpare(opened, options)
  const next = await withNewKey(wallet, `${settings.seat} (next)`, password)
  await writeWallet(files, next)
  // The backups from before do not have this key.
  await writeState(files, { ...readState(files), backupHeight: null })
  const comparison = await restartAndWait(path, options)
  return { key: next.keys[1]!, comparison }
}

/**
 * Takes the old key out of the wallet, once the new one is voted in and the network file names it.
 *
 * @returns the key that was taken out
 * @throws ValidatorError `ERR_VALIDATOR_WALLET`: no rotation is under way; `ERR_VALIDATOR_STILL_VOTED`: the old key is voted in, or the new one is not yet;
 *   `ERR_VALIDATOR_SEAT`: the network file names the old key yet; `ERR_VALIDATOR_MARGIN`, `ERR_VALIDATOR_TURN`, `ERR_VALIDATOR_UNREACHABLE`
 */
export async function finishRotation(path: string, options: StepOptions): Promise<string> {
  const opened = await openValidator(path)
  const { files, network, wallet, settings } = opened
  const [old, next, ...more] = wallet?.keys ?? []
  if (old === undefined || next === undefined || more.length > 0)
    throw new ValidatorError('ERR_VALIDATOR_WALLET', 'no rotation is under way')
  const voted = await nextValidators(network, options.ask, options.nowMs())
  if (voted.has(old.publicKey))
    throw new ValidatorError('ERR_VALIDATOR_STILL_VOTED', 'the old key is voted in: without it the validator would be lost')
  if (!voted.has(next.publicKey)) throw new ValidatorError('ERR_VALIDATOR_STILL_VOTED', 'the new key is not voted in yet')
  if (network.validators.find(each => each.name === settings.seat)?.publicKey !== next.publicKey)
    throw new ValidatorError('ERR_VALIDATOR_SEAT', 'the network file names the old key yet: take the next one (hufu validator use-file)')
  await requireSpare(opened, options)
  await writeWallet(files, withoutKey(wallet!, old.publicKey))
  await restartAndWait(path, options)
  return old.publicKey
}
