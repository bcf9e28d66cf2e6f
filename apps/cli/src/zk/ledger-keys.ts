import { readFile } from 'node:fs/promises'
import { proofs } from '@hufu/bindings'
import { developmentVerifyingKeyFile } from '@hufu/circuits'
import { type Account, asBoolean, asBytes, asInteger, asStruct, isNull } from '@hufu/ledger'
import { bytesToHex, equalBytes, sha256 } from '@hufu/primitives'
import {
  type CheckProofs,
  type CircuitName,
  checkKeyForNetwork,
  circuitNames,
  createProofChecker,
  createVerifier,
  parseVerifyingKey,
  type VerifyingKey,
} from '@hufu/proofs'
import { CliError } from '../errors.ts'
import type { Session } from '../session.ts'

/** A checker of proofs by the verifying keys that stand on the ledger. @throws CliError `ERR_CLI_NETWORK`: a circuit has none */
export async function ledgerProofChecker(session: Session): Promise<CheckProofs> {
  const production = await isProduction(session)
  const keys: Partial<Record<CircuitName, VerifyingKey>> = {}
  for (const circuit of circuitNames) {
    const stored = await latestKey(session, circuit)
    if (stored === undefined) throw new CliError('ERR_CLI_NETWORK', `the network has no verifying key of the circuit ${circuit} yet`)
    const key = parseVerifyingKey(stored.file)
    checkKeyForNetwork(key, { production })
    keys[circuit] = key
  }
  return createProofChecker(await createVerifier(), keys as Record<CircuitName, VerifyingKey>)
}

/** Whether the network refuses development keys. */
export async function isProduction({ client, network }: Session): Promise<boolean> {
  return asBoolean(await client.invokeRead(proofs(network.contracts.proofs.hash).production()))
}

/** Puts the development keys on the ledger where others or none stand. @returns number of writes */
export async function bringDevelopmentKeys(session: Session, committee: Account): Promise<number> {
  let writes = 0
  for (const circuit of circuitNames) {
    if (await setVerifyingKey(session, committee, circuit, await readFile(developmentVerifyingKeyFile(circuit)))) writes++
  }
  return writes
}

/** Makes a verifying key a circuit's latest, if it is not; returns once that is durable. */
export async function setVerifyingKey(session: Session, committee: Account, circuit: CircuitName, file: Uint8Array): Promise<boolean> {
  const stored = await latestKey(session, circuit)
  if (stored !== undefined && equalBytes(stored.file, file)) return false
  const version = BigInt((stored?.version ?? 0) + 1)
  const contract = session.network.contracts.proofs.hash
  const write = await session.client.submit(
    [proofs(contract).setVerifyingKey({ circuitId: circuit, version, key: new Uint8Array(file) })],
    {
      account: committee,
      idempotencyKey: `verifying key ${contract} ${circuit} ${version} ${bytesToHex(sha256(file))}`,
    },
  )
  await write.durable()
  return true
}

async function latestKey(
  session: Session,
  circuitId: CircuitName,
): Promise<{ readonly version: number; readonly file: Uint8Array } | undefined> {
  const contract = proofs(session.network.contracts.proofs.hash)
  const item = await session.client.invokeRead(contract.verifyingKey({ circuitId, version: 0n }))
  if (isNull(item)) return undefined
  const [version, file] = asStruct(item, 6)
  return { version: Number(asInteger(version)), file: asBytes(file) }
}
