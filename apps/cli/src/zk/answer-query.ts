import { dayInChina, randomBytes } from '@hufu/primitives'
import {
  type Challenge,
  type CompiledStatement,
  compileStatement,
  type LedgerChallenge,
  type PreparedCredential,
  type Prover,
  prepareCredential,
  presentCredential,
  presentToLedger,
  type SpendRequest,
  type ZkCredential,
} from '@hufu/proofs'
import type { Trees } from '@hufu/service'
import { CliError } from '../errors.ts'
import { FileOneUseStore } from './file-one-use-store.ts'
import { pathOfCredential } from './ledger-roots.ts'
import type { RegisteredStatement } from './registered-statement.ts'
import { credentialsOf, type Wallet } from './wallet.ts'

/** What a wallet answers with. */
export interface Answering {
  readonly prover: Prover
  readonly trees: Trees
  readonly networkName: string
  readonly walletsFolder: string
  readonly wallet: Wallet
}

/** The wallet's newest credential of a type. @throws CliError `ERR_CLI_WALLET`: it has none */
export function newestCredential({ walletsFolder, wallet }: Answering, credentialType: string): ZkCredential {
  const credential = credentialsOf(walletsFolder, wallet, credentialType).at(-1)
  if (credential === undefined)
    throw new CliError('ERR_CLI_WALLET', `the wallet ${wallet.name} has no credential of type ${credentialType}`)
  return credential
}

/** The statement as it is today. */
export function compileToday({ statement, layout }: RegisteredStatement): CompiledStatement {
  return compileStatement(statement, layout, { today: dayInChina(Date.now()) })
}

/** Proves, ahead of time, that a credential stands in a tree of the latest epoch. Errors as `prepareCredential`. */
export async function prepareNow(
  { prover, trees, networkName, wallet }: Answering,
  credential: ZkCredential,
  { layout }: RegisteredStatement,
  { slots }: CompiledStatement,
): Promise<PreparedCredential> {
  const { published, path } = await pathOfCredential(trees, networkName, credential)
  return prepareCredential({ prover, random: randomBytes, credential, layout, secret: wallet.secret, path, published, slots })
}

/**
 * Answers a registered query. The prepared proof is on disk before, and off it before it is shown, so that a crash cannot make it be shown twice.
 *
 * @param prepared - default: made now
 */
export async function answerQuery(
  answering: Answering,
  registered: RegisteredStatement,
  challenge: Challenge,
  prepared?: PreparedCredential,
): Promise<string> {
  const statement = compileToday(registered)
  const credential = newestCredential(answering, registered.statement.credentialType)
  const item = await takeOnce(answering.wallet, prepared ?? (await prepareNow(answering, credential, registered, statement)))
  const { prover, wallet } = answering
  return presentCredential({ prover, secret: wallet.secret, challenge, show: { credential, prepared: item, statement } })
}

/** Answers a registered query that its verifier spends on the ledger. */
export async function answerOnLedger(
  answering: Answering,
  registered: RegisteredStatement,
  challenge: LedgerChallenge,
): Promise<SpendRequest> {
  const statement = compileToday(registered)
  const credential = newestCredential(answering, registered.statement.credentialType)
  const prepared = await takeOnce(answering.wallet, await prepareNow(answering, credential, registered, statement))
  const { prover, wallet } = answering
  return presentToLedger({ prover, secret: wallet.secret, credential, prepared, statement, challenge })
}

async function takeOnce(wallet: Wallet, prepared: PreparedCredential): Promise<PreparedCredential> {
  const store = new FileOneUseStore(wallet.preparedFolder)
  await store.add(prepared)
  if (!(await store.takeOut(prepared.id))) throw new CliError('ERR_CLI_WALLET', 'the prepared proof was shown before')
  return prepared
}
