import { readFile } from 'node:fs/promises'
import { proofs } from '@hufu/bindings'
import { developmentVerifyingKeyFile } from '@hufu/circuits'
import type { Account } from '@hufu/ledger'
import { bytesToHex, equalBytes, sha256 } from '@hufu/primitives'
import { type CheckProofs, type CircuitName, circuitNames, createProofChecker, createVerifier } from '@hufu/proofs'
import { latestVerifyingKey, ledgerVerifyingKeys } from '@hufu/service'
import type { Session } from '../session.ts'

/** A checker of proofs by the verifying keys that stand on the ledger. Throws as `ledgerVerifyingKeys`. */
export async function ledgerProofChecker(session: Session): Promise<CheckProofs> {
  return createProofChecker(await createVerifier(), await ledgerVerifyingKeys(session))
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
  const stored = await latestVerifyingKey(session, circuit)
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
