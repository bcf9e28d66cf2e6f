import type { Clock } from '@hufu/primitives'
import type { Texts } from '@hufu/trust'
import { CredentialWords } from './credential-words.ts'
import type { SeedKeys } from './keys/seed-keys.ts'
import type { LedgerView } from './network/ledger-view.ts'
import type { NetworkFile } from './network/network-file.ts'
import type { ZkProofs } from './proofs/zk-proofs.ts'
import type { CredentialRecord, HistoryRecord } from './records.ts'
import type { SealedStore } from './store/sealed-store.ts'
import type { Party, Progress, ProgressOptions, WalletEvent } from './wallet.ts'

/** What an open wallet works with. It is gone when the wallet locks. */
export interface Session {
  readonly file: NetworkFile
  readonly ledger: LedgerView
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly keys: SeedKeys
  readonly store: SealedStore
  readonly proofs: ZkProofs
  readonly emit: (event: WalletEvent) => void
}

/** The words of a credential that is kept. */
export function wordsOf({ file }: Pick<Session, 'file'>, { typeId, schema }: Pick<CredentialRecord, 'typeId' | 'schema'>): CredentialWords {
  return new CredentialWords(typeId, schema, file.labels)
}

/** The other side, by the name that the network file has, or else the one that it gives itself. */
export function partyOf(
  { file }: Pick<Session, 'file'>,
  did: string,
  other: { readonly name?: Texts; readonly address?: string } = {},
): Party {
  const known = file.institutions.find(institution => institution.did === did)
  const origin = other.address === undefined ? undefined : new URL(other.address).origin
  const fallback = other.name ?? { 'zh-CN': origin ?? did, en: origin ?? did }
  return {
    did,
    name: known?.name ?? fallback,
    nameVerified: known !== undefined,
    ...(origin === undefined ? {} : { origin }),
  }
}

/** Writes down what happened. @returns its identifier */
export async function writeHistory(
  { store, emit }: Pick<Session, 'store' | 'emit'>,
  entry: HistoryRecord,
  id: string = crypto.randomUUID(),
): Promise<string> {
  await store.change([{ kind: 'history', id, value: entry }])
  emit({ type: 'history' })
  return id
}

const steps: Readonly<Record<Progress['step'], Texts>> = {
  connecting: { 'zh-CN': '正在连接', en: 'Connecting' },
  authorising: { 'zh-CN': '正在核对领取码', en: 'Checking the collection code' },
  'making-keys': { 'zh-CN': '正在生成密钥', en: 'Making keys' },
  collecting: { 'zh-CN': '正在领取', en: 'Collecting' },
  checking: { 'zh-CN': '正在核验', en: 'Checking' },
  keeping: { 'zh-CN': '正在加密保存', en: 'Sealing and keeping' },
  'loading-circuit': { 'zh-CN': '正在载入证明程序', en: 'Loading the prover' },
  'reading-tree': { 'zh-CN': '正在读取公开的凭证树', en: 'Reading the public tree' },
  proving: { 'zh-CN': '正在生成证明', en: 'Making the proof' },
  signing: { 'zh-CN': '正在签名', en: 'Signing' },
  sending: { 'zh-CN': '正在加密发送', en: 'Encrypting and sending' },
  done: { 'zh-CN': '完成', en: 'Done' },
}

/** Tells how far something has come; what was cancelled stops here. */
export function stepper({ onProgress, signal }: ProgressOptions): (step: Progress['step'], fraction: number) => void {
  return (step, fraction) => {
    signal?.throwIfAborted()
    onProgress?.({ step, text: steps[step], fraction })
  }
}
