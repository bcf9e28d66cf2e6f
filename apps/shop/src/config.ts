import { type ConfigOf, choice, integer, logLevels, publicUrl, readConfig, text, url } from '@hufu/service'

/** Everything that can be set, with a sentence for each. */
export const configSchema = {
  host: text('HOST', { help: 'Address to listen on.', fallback: '127.0.0.1' }),
  port: integer('PORT', { help: 'Port to listen on.', fallback: '8090', min: 1, max: 65_535 }),
  publicUrl: publicUrl('PUBLIC_URL', { help: 'Address under which browsers reach this shop.' }),
  kind: choice('SHOP_KIND', ['bank', 'hospital'], { help: 'What it is: a bank opens accounts, a hospital registers patients.' }),
  nameZh: text('NAME_ZH', { help: 'Its name, in Chinese.' }),
  nameEn: text('NAME_EN', { help: 'Its name, in English.' }),
  issuerUrl: url('ISSUER_URL', { help: 'The OpenID provider, as it names itself.' }),
  clientId: text('CLIENT_ID', { help: 'Who this shop is to the provider.' }),
  clientSecretFile: text('CLIENT_SECRET_FILE', { help: 'File with the secret that goes with it.' }),
  basicAcr: text('ACR_BASIC', { help: 'What the provider calls the level of a code name.', fallback: 'urn:hufu:acr:pseudonymous' }),
  identifiedAcr: text('ACR_IDENTIFIED', {
    help: 'What the provider calls the level of a known person.',
    fallback: 'urn:hufu:acr:identified',
  }),
  logLevel: choice('LOG_LEVEL', logLevels, { help: `How much is logged: ${logLevels.join(', ')}.`, fallback: 'info' }),
  stopAfterMs: integer('STOP_AFTER_MS', {
    help: 'How long requests under way may take to finish once it is told to stop, in milliseconds.',
    fallback: '5000',
    min: 0,
    max: 600_000,
  }),
} as const

export type ShopConfig = ConfigOf<typeof configSchema>

/** @throws ServiceError `ERR_SERVICE_CONFIG`: every variable that is missing or wrong, a line each */
export function readShopConfig(environment: NodeJS.ProcessEnv): ShopConfig {
  return readConfig(configSchema, environment)
}
