import type { Account } from '@hufu/ledger'
import { addressOfScriptHash } from '@hufu/ledger'
import { bytesToBase64 } from '@hufu/primitives'
import { encryptKey, type ScryptParameters } from './encrypt-key.ts'

/** Cheap on purpose: the keys of a local network are development keys, and seven nodes shall open theirs in milliseconds. */
const developmentScrypt: ScryptParameters = { n: 2, r: 1, p: 1 }

/** Password of every wallet of a local network. Not a secret: its keys are development keys. */
export const developmentPassword = 'hufu-development-only'

/** A Neo wallet file (NEP-6) with one key, as neo-go opens it. */
export function developmentWallet(secret: Uint8Array, account: Account): string {
  const wallet = {
    version: '1.0',
    scrypt: developmentScrypt,
    accounts: [
      {
        address: addressOfScriptHash(account.scriptHash),
        key: encryptKey(secret, account.scriptHash, developmentPassword, developmentScrypt),
        label: 'validator (development key)',
        contract: {
          script: bytesToBase64(account.verificationScript),
          parameters: [{ name: 'parameter0', type: 'Signature' }],
          deployed: false,
        },
        lock: false,
        isDefault: true,
      },
    ],
    extra: null,
  }
  return `${JSON.stringify(wallet, null, 2)}\n`
}
