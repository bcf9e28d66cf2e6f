import { type Pkcs11Options, Pkcs11Token, readConfiguredFile, ServiceError } from '@hufu/service'
import type { InstitutionConfig } from './config.ts'

/** What identity files may need: the passphrase that they are sealed under, and the token that holds their keys. */
export interface KeySources {
  /** @throws ServiceError `ERR_SERVICE_CONFIG`: none is configured */
  passphrase(): Promise<string>
  /** Opened when it is first asked for. @throws ServiceError `ERR_SERVICE_CONFIG`: none is configured; `ERR_SERVICE_KEY` */
  token(): Promise<Pkcs11Token>
}

type KeyConfig = Pick<InstitutionConfig, 'keyPassphraseFile' | 'pkcs11Module' | 'pkcs11Token' | 'pkcs11PinFile'>

/** Identity files that are neither sealed nor name keys in a token need no more than this. */
export const plainKeySources: KeySources = keySourcesOf({
  keyPassphraseFile: undefined,
  pkcs11Module: undefined,
  pkcs11Token: undefined,
  pkcs11PinFile: undefined,
})

const byConfig = new WeakMap<KeyConfig, KeySources>()

/** The sources that a configuration names: the same ones each time, so that its token is opened once. Its process ends with this one. */
export function openKeySources(config: KeyConfig): KeySources {
  const before = byConfig.get(config)
  if (before !== undefined) return before
  const sources = keySourcesOf(config)
  byConfig.set(config, sources)
  return sources
}

function keySourcesOf({ keyPassphraseFile, pkcs11Module: module, pkcs11Token: token, pkcs11PinFile: pinFile }: KeyConfig): KeySources {
  let opened: Promise<Pkcs11Token> | undefined
  return {
    async passphrase() {
      if (keyPassphraseFile === undefined) throw missing('KEY_PASSPHRASE_FILE')
      return (await readConfiguredFile('KEY_PASSPHRASE_FILE', keyPassphraseFile)).trim()
    },
    async token() {
      opened ??= Pkcs11Token.open(optionsOf({ module, token, pinFile }))
      return opened
    },
  }
}

function optionsOf({ module, token, pinFile }: { [Name in 'module' | 'token' | 'pinFile']: string | undefined }): Pkcs11Options {
  if (module === undefined || token === undefined || pinFile === undefined) throw missing('PKCS11_MODULE, PKCS11_TOKEN and PKCS11_PIN_FILE')
  return { module, token, pinFile }
}

function missing(variables: string): ServiceError {
  return new ServiceError('ERR_SERVICE_CONFIG', `${variables}: expected, for an identity file needs them`)
}
