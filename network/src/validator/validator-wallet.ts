import { generateSecret, importSigner, type Signer } from '@hufu/keys'
import { addressOfScriptHash, singleAccount } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, bytesToHex } from '@hufu/primitives'
import { encryptKey, type ScryptParameters } from '../encrypt-key.ts'
import { decryptKey } from './decrypt-key.ts'
import { ValidatorError } from './errors.ts'

/** NEP-2's standard cost: the only one that a network in production accepts. */
export const standardScrypt: ScryptParameters = { n: 16_384, r: 8, p: 8 }

const minPasswordLength = 12

/** One key of a wallet, as anybody who reads the file sees it. */
export interface WalletKey {
  /** P-256, compressed, hexadecimal. */
  readonly publicKey: string
  readonly address: string
  /** NEP-2. */
  readonly encrypted: string
  readonly label: string
}

/** A validator's wallet file (NEP-6): the key it signs with, and while keys change, the next one too. */
export interface ValidatorWallet {
  readonly scrypt: ScryptParameters
  readonly keys: readonly WalletKey[]
}

/**
 * Makes a wallet with one new key. The key never stands anywhere unencrypted.
 *
 * @throws ValidatorError `ERR_VALIDATOR_PASSWORD`: shorter than twelve characters
 */
export function newWallet(label: string, password: string, scrypt = standardScrypt): Promise<ValidatorWallet> {
  return withNewKey({ scrypt, keys: [] }, label, password)
}

/** The wallet with one more key, new, under the same password. @throws ValidatorError `ERR_VALIDATOR_PASSWORD`: not the wallet's, or too short */
export async function withNewKey(wallet: ValidatorWallet, label: string, password: string): Promise<ValidatorWallet> {
  if ([...password].length < minPasswordLength)
    throw new ValidatorError('ERR_VALIDATOR_PASSWORD', `expected a password of at least ${minPasswordLength} characters`)
  // neo-go opens all keys of a wallet with one password.
  if (wallet.keys.length > 0) await openWalletKey(wallet, wallet.keys[0]!.publicKey, password)
  const secret = generateSecret('P-256')
  const account = singleAccount(await importSigner('P-256', secret))
  const key: WalletKey = {
    publicKey: bytesToHex(account.publicKeys[0]!.bytes),
    address: addressOfScriptHash(account.scriptHash),
    encrypted: encryptKey(secret, account.scriptHash, password, wallet.scrypt),
    label,
  }
  secret.fill(0)
  return { scrypt: wallet.scrypt, keys: [...wallet.keys, key] }
}

/** The wallet without a key. @throws ValidatorError `ERR_VALIDATOR_WALLET`: it has no such key, or no other one */
export function withoutKey(wallet: ValidatorWallet, publicKey: string): ValidatorWallet {
  const keys = wallet.keys.filter(key => key.publicKey !== publicKey)
  if (keys.length === 0 || keys.length === wallet.keys.length)
    throw new ValidatorError('ERR_VALIDATOR_WALLET', 'the wallet has no such key beside another one')
  return { scrypt: wallet.scrypt, keys }
}

/** A signer with a key of the wallet. @throws ValidatorError `ERR_VALIDATOR_PASSWORD`, `ERR_VALIDATOR_WALLET`: it has no such key */
export async function openWalletKey(wallet: ValidatorWallet, publicKey: string, password: string): Promise<Signer> {
  const key = wallet.keys.find(each => each.publicKey === publicKey)
  if (key === undefined) throw new ValidatorError('ERR_VALIDATOR_WALLET', 'the wallet has no such key')
  const secret = await decryptKey(key.encrypted, password, wallet.scrypt)
  if (secret === undefined) throw new ValidatorError('ERR_VALIDATOR_PASSWORD', 'the password does not open the wallet')
  try {
    const signer = await importSigner('P-256', secret)
    if (bytesToHex(signer.publicKey.bytes) !== publicKey)
      throw new ValidatorError('ERR_VALIDATOR_WALLET', 'the wallet holds another key than it says')
    return signer
  } finally {
    secret.fill(0)
  }
}

/** The wallet's file, as neo-go opens it. @see https://github.com/neo-project/proposals/blob/master/nep-6.mediawiki */
export function walletText({ scrypt, keys }: ValidatorWallet): string {
  const accounts = keys.map((key, index) => ({
    address: key.address,
    key: key.encrypted,
    label: key.label,
    contract: {
      script: bytesToBase64(verificationScript(key.publicKey)),
      parameters: [{ name: 'parameter0', type: 'Signature' }],
      deployed: false,
    },
    lock: false,
    isDefault: index === 0,
  }))
  return `${JSON.stringify({ version: '1.0', scrypt, accounts, extra: null }, null, 2)}\n`
}

/** Parses a wallet file whose accounts are of one key each. @throws ValidatorError `ERR_VALIDATOR_WALLET` */
export function parseWallet(text: string): ValidatorWallet {
  try {
    const { scrypt, accounts } = JSON.parse(text) as {
      scrypt: ScryptParameters
      accounts: { address: string; key: string; label: string; contract: { script: string } }[]
    }
    const { n, r, p } = scrypt
    if (![n, r, p].every(each => Number.isInteger(each) && each > 0)) throw new TypeError('expected scrypt parameters')
    if (accounts.length === 0) throw new TypeError('expected accounts')
    const keys = accounts.map(({ address, key, label, contract }) => {
      const script = base64ToBytes(contract.script)
      const publicKey = bytesToHex(script.subarray(2, 35))
      if (script.length !== 40 || bytesToHex(script) !== bytesToHex(verificationScript(publicKey))) throw new TypeError('expected one key')
      if (![address, key].every(each => typeof each === 'string')) throw new TypeError('expected an address and a key')
      return { publicKey, address, encrypted: key, label: typeof label === 'string' ? label : '' }
    })
    return { scrypt: { n, r, p }, keys }
  } catch {
    // The cause may quote the file.
    throw new ValidatorError('ERR_VALIDATOR_WALLET', 'the wallet file is not one of encrypted single keys (NEP-6)')
  }
}

/** `PUSHDATA1 33 key SYSCALL CheckSig`. */
function verificationScript(publicKey: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`0c21${publicKey}4156e7b327`, 'hex'))
}
