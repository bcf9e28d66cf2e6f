import { readFile } from 'node:fs/promises'
import { createLog, exampleEnvironment, runServer, ServiceError } from '@hufu/service'
import { configSchema, type InstitutionConfig, readInstitutionConfig } from './config.ts'
import { openVcApiServices } from './open-vc-api-services.ts'
import { createInstitutionServer } from './server.ts'

const usage = `Usage: main.ts [--check-config | --example-env]

Without an option, serves until it is told to stop (SIGTERM or SIGINT). Configured by environment variables.
  --check-config   say what is wrong with the configuration, and end
  --example-env    write an example of all variables to standard output, and end
`

async function main([option]: readonly string[]): Promise<void> {
  if (option === '--example-env') process.stdout.write(exampleEnvironment(configSchema))
  else if (option === '--check-config') {
    readInstitutionConfig(process.env)
    process.stdout.write('configuration is in order\n')
  } else if (option === undefined) await serve(readInstitutionConfig(process.env))
  else throw new ServiceError('ERR_SERVICE_CONFIG', usage)
}

async function serve(config: InstitutionConfig): Promise<void> {
  const { host, port, tlsCertFile, tlsKeyFile, stopAfterMs } = config
  const tls =
    tlsCertFile === undefined || tlsKeyFile === undefined
      ? undefined
      : { cert: await readPem('TLS_CERT_FILE', tlsCertFile), key: await readPem('TLS_KEY_FILE', tlsKeyFile) }
  const publicUrl = config.publicUrl ?? `${tls === undefined ? 'http' : 'https'}://${host}:${port}`
  const vcApi = await openVcApiServices(config, undefined, publicUrl)
  const log = createLog({ level: config.logLevel })
  const server = createInstitutionServer({ ...config, log, tls, vcApi, readiness: {} })
  server.addHook('onClose', async () => vcApi.statuses.close())
  await runServer(server, { host, port, stopAfterMs })
}

async function readPem(variable: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch(cause => {
    throw new ServiceError('ERR_SERVICE_CONFIG', `${variable}: cannot be read`, { cause })
  })
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof ServiceError ? error.message : String(error)}\n`)
  process.exitCode = 1
}
