import { base64ToBytes, bytesToBase64, dayInChina } from '@hufu/primitives'
import { WalletError } from '../errors.ts'
import { SeedKeys } from '../keys/seed-keys.ts'
import { holdingsOf } from '../present/held-for-query.ts'
import type { CopyRecord, CredentialRecord, HistoryRecord, ZkRecord } from '../records.ts'
import type { Session } from '../session.ts'
import { type Change, SealedStore } from '../store/sealed-store.ts'
import type { WalletDatabase } from '../store/wallet-database.ts'
import type { BackupFile } from '../wallet.ts'
import { type BackupContent, readBackup, writeBackup } from './backup-file.ts'

/**
 * Makes a backup. Of the copies that are left, half are set aside for it, once: a copy that two devices showed would join what it was shown for. Later backups
 * carry the same ones, as long as they are there.
 *
 * @param seed - 32 bytes; the caller wipes them
 */
export async function backUp(session: Session, seed: Uint8Array, passphrase: string, iterations?: number): Promise<BackupFile> {
  const { store, clock, file } = session
  await setAside(session)
  const content: BackupContent = {
    network: file.network.name,
    madeAtMs: clock.nowMs(),
    seed: bytesToBase64(seed),
    credentials: await store.list<CredentialRecord>('credential'),
    copies: (await store.list<CopyRecord>('copy')).filter(({ reserved }) => reserved),
    zk: await store.list<ZkRecord>('zk'),
    history: await store.list<HistoryRecord>('history'),
  }
  return { fileName: `hufu-wallet-${dayInChina(clock.nowMs())}.backup`, text: await writeBackup(content, passphrase, iterations) }
}

async function setAside(session: Session): Promise<void> {
  const changes = (await holdingsOf(session)).flatMap(({ copies }): readonly Change[] => {
    if (copies.some(({ reserved }) => reserved)) return []
    return copies
      .slice(Math.ceil(copies.length / 2))
      .map(({ id, ...copy }) => ({ kind: 'copy' as const, id, value: { ...copy, reserved: true } satisfies CopyRecord }))
  })
  if (changes.length > 0) await session.store.change(changes)
}

/** A backup that was opened: what a new wallet begins with. */
export interface OpenedBackup {
  /** 32 bytes; to be wiped. */
  readonly seed: Uint8Array<ArrayBuffer>
  /** Puts everything into the database, sealed by the backup's own keys. */
  fill(database: WalletDatabase): Promise<void>
}

/** @throws WalletError as `readBackup`; `ERR_WALLET_BACKUP_NETWORK`: of another network */
export async function openBackup(
  text: string,
  passphrase: string,
  options: { readonly network: string; readonly nowMs: number },
): Promise<OpenedBackup> {
  const content = await readBackup(text, passphrase)
  if (content.network !== options.network) throw new WalletError('ERR_WALLET_BACKUP_NETWORK', 'backup: expected one of this network')
  const seed = base64ToBytes(content.seed)
  return {
    seed,
    async fill(database) {
      const store = new SealedStore(database, (await SeedKeys.of(seed)).dataKey)
      await store.change(changesOf(content, options.nowMs))
    },
  }
}

function changesOf({ credentials, copies, zk, history }: BackupContent, nowMs: number): readonly Change[] {
  const of = <Value extends { readonly id: string }>(kind: Change['kind'], records: readonly Value[]): readonly Change[] =>
    records.map(({ id, ...value }) => ({ kind, id, value }))
  const restored: HistoryRecord = { timeMs: nowMs, action: 'restored', credentials: [], shown: [], proven: [], transaction: [] }
  return [
    ...of('credential', credentials),
    // What was set aside is this device's now.
    ...of(
      'copy',
      copies.map(copy => ({ ...copy, reserved: false })),
    ),
    ...of('zk', zk),
    ...of('history', history),
    { kind: 'history', id: crypto.randomUUID(), value: restored },
  ]
}
