import { readFile } from 'node:fs/promises'
import { createLog, exampleEnvironment, runServer, ServiceError } from '@hufu/service'
import { configSchema, readShopConfig } from './config.ts'
import { createShop } from './create-shop.ts'

async function main([option]: readonly string[]): Promise<void> {
  if (option === '--example-env') return void process.stdout.write(exampleEnvironment(configSchema))
  const config = readShopConfig(process.env)
  if (option === '--check-config') return void process.stdout.write('configuration is in order\n')
  if (option !== undefined) throw new ServiceError('ERR_SERVICE_CONFIG', 'Usage: main.ts [--check-config | --example-env]')
  const log = createLog({ level: config.logLevel })
  const server = await createShop({ config, secret: await readSecret(config.clientSecretFile), log })
  await runServer(server, config)
}

async function readSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (cause) {
    throw new ServiceError('ERR_SERVICE_CONFIG', 'CLIENT_SECRET_FILE: expected a file that can be read', { cause })
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof ServiceError ? error.message : String(error)}\n`)
  process.exitCode = 1
}
