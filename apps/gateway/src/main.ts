import { existsSync } from 'node:fs'
import { writeFileWhole } from '@hufu/files'
import { generateSecret, importSigner, publicKeyToMultikey } from '@hufu/keys'
import { type NetworkDescriptor, parseNetworkDescriptor } from '@hufu/ledger'
import { bytesToBase64url } from '@hufu/primitives'
import {
  createLog,
  createMetrics,
  exampleEnvironment,
  isSealedKeyFile,
  openClockWatch,
  readConfig,
  readConfiguredFile,
  readTls,
  readToken,
  runServer,
  ServiceError,
  sealKeyFile,
} from '@hufu/service'
import { openChains } from './chains/open-chains.ts'
import { configSchema, type GatewayConfig, readGatewayConfig } from './config.ts'
import { openAllowList } from './counterparts/open-allow-list.ts'
import { openGateway } from './open-gateway.ts'
import { createGatewayServer } from './server.ts'
import { parseGatewaySettings } from './settings/gateway-settings.ts'
import type { KeyFile } from './settings/read-gateway-key.ts'

const usage = `Usage: main.ts [--check-config | --example-env | --new-key FILE KEY-ID | --seal-key FILE]

Without an option, serves until it is told to stop (SIGTERM or SIGINT). Configured by environment variables.
  --check-config   say what is wrong with the configuration, and end
  --example-env    write an example of all variables to standard output, and end
  --new-key        make a key for one counterpart, named by a DID URL of this gateway: write its file, print its public key, and end
  --seal-key       seal a key file under the passphrase of KEY_PASSPHRASE_FILE, and end
`

async function main([option, ...values]: readonly string[]): Promise<void> {
  if (option === undefined) return serve(readGatewayConfig(process.env))
  process.stdout.write(await textOf(option, values))
}

async function textOf(option: string, [file, keyId]: readonly string[]): Promise<string> {
  if (option === '--example-env') return exampleEnvironment(configSchema)
  if (option === '--check-config') {
    const config = readGatewayConfig(process.env)
    parseGatewaySettings(await readConfiguredFile('GATEWAY_FILE', config.gatewayFile))
    return 'configuration is in order\n'
  }
  if (option === '--new-key' && file !== undefined && keyId !== undefined) return newKey(file, keyId)
  if (option === '--seal-key' && file !== undefined) return sealKey(file)
  throw new ServiceError('ERR_SERVICE_CONFIG', usage)
}

async function newKey(file: string, id: string): Promise<string> {
  if (!/^did:[^#\s]+#\S+$/.test(id)) throw new ServiceError('ERR_SERVICE_CONFIG', "--new-key: expected a DID URL of this gateway's key")
  if (existsSync(file)) throw new ServiceError('ERR_SERVICE_CONFIG', `${file}: there is such a file already`)
  const secret = generateSecret('P-256')
  await writeFileWhole(file, `${JSON.stringify({ version: 1, id, secret: bytesToBase64url(secret) } satisfies KeyFile, null, 2)}\n`)
  return `${publicKeyToMultikey((await importSigner('P-256', secret)).publicKey)}\n`
}

async function sealKey(file: string): Promise<string> {
  const content = await readConfiguredFile('--seal-key', file)
  if (isSealedKeyFile(content)) throw new ServiceError('ERR_SERVICE_CONFIG', `${file}: sealed already`)
  const { keyPassphraseFile } = readConfig({ keyPassphraseFile: configSchema.keyPassphraseFile }, process.env)
  if (keyPassphraseFile === undefined) throw new ServiceError('ERR_SERVICE_CONFIG', 'KEY_PASSPHRASE_FILE: expected a file')
  await writeFileWhole(file, await sealKeyFile(content, (await readConfiguredFile('KEY_PASSPHRASE_FILE', keyPassphraseFile)).trim()))
  return 'sealed\n'
}

async function readNetwork({ networkFile }: GatewayConfig): Promise<NetworkDescriptor | undefined> {
  return networkFile === undefined ? undefined : parseNetworkDescriptor(await readConfiguredFile('NETWORK_FILE', networkFile))
}

async function serve(config: GatewayConfig): Promise<void> {
  const { host, port, stopAfterMs } = config
  const log = createLog({ level: config.logLevel })
  const tls = await readTls(config)
  const publicUrl = config.publicUrl ?? `${tls === undefined ? 'http' : 'https'}://${host}:${port}`
  const operatorToken = (await readToken('OPERATOR_TOKEN_FILE', config.operatorTokenFile))!
  const settings = parseGatewaySettings(await readConfiguredFile('GATEWAY_FILE', config.gatewayFile))
  const metrics = createMetrics()
  const chains = await openChains(config, settings)
  const network = await readNetwork(config)
  const allowList = network === undefined ? undefined : openAllowList(network, config)
  const clockWatch = network === undefined ? undefined : openClockWatch(network, log)
  const gateway = await openGateway(config, { settings, chains, allowList, clockWatch, publicUrl, operatorToken, log, metrics })
  const server = await createGatewayServer({
    ...{ ...config, publicUrl, operatorToken, log, tls, metrics, clockWatch },
    ...{ database: gateway.database, jobs: gateway.jobs, parts: gateway.parts, readiness: gateway.readiness },
    metricsToken: await readToken('METRICS_TOKEN_FILE', config.metricsTokenFile),
  })
  server.addHook('onClose', async () => {
    await gateway.close()
    await chains.close()
  })
  await runServer(server, { host, port, stopAfterMs })
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof ServiceError ? error.message : String(error)}\n`)
  // What was opened by then would go on: a server that did not start must not do background work.
  process.exit(1)
}
