import { readFile } from 'node:fs/promises'
import { proofs } from '@hufu/bindings'
import { developmentVerifyingKeyFile } from '@hufu/circuits'
import type { ContractCall } from '@hufu/ledger'
import { bytesToHex, equalBytes, sha256 } from '@hufu/primitives'
import { type CheckProofs, type CircuitName, circuitNames, createProofChecker, createVerifier } from '@hufu/proofs'
import { latestVerifyingKey, ledgerVerifyingKeys } from '@hufu/service'
import type { Session } from '../session.ts'

/** A checker of proofs by the verifying keys that stand on the ledger. Throws as `ledgerVerifyingKeys`. */
export async function ledgerProofChecker(session: Session): Promise<CheckProofs> {
  return createProofChecker(await createVerifier(), await ledgerVerifyingKeys(session))
}

/** A circuit with the file of its verifying key. */
export interface KeyFile {
  readonly circuit: CircuitName
  readonly file: Uint8Array
}

/** The development keys, as files. */
export function developmentKeys(): Promise<readonly KeyFile[]> {
  return Promise.all(circuitNames.map(async circuit => ({ circuit, file: await readFile(developmentVerifyingKeyFile(circuit)) })))
}

/** A call that only the council can make: it makes a verifying key a circuit's latest. */
export interface KeyCall extends KeyFile {
  readonly call: ContractCall
  /** Names the change, so that it is written once. */
  readonly idempotencyKey: string
}

/** What it takes to make verifying keys their circuits' latest: nothing for those that are. */
export async function verifyingKeyCalls(session: Session, files: readonly KeyFile[]): Promise<readonly KeyCall[]> {
  const contract = session.network.contracts.proofs.hash
  const calls = files.map(async ({ circuit, file }): Promise<readonly KeyCall[]> => {
    const stored = await latestVerifyingKey(session, circuit)
    if (stored !== undefined && equalBytes(stored.file, file)) return []
    const version = BigInt((stored?.version ?? 0) + 1)
    const call = proofs(contract).setVerifyingKey({ circuitId: circuit, version, key: new Uint8Array(file) })
    return [{ circuit, file, call, idempotencyKey: `verifying key ${contract} ${circuit} ${version} ${bytesToHex(sha256(file))}` }]
  })
  return (await Promise.all(calls)).flat()
}
