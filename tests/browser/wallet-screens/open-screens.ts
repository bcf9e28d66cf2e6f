import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { build } from 'vite'
import walletConfig from '../../../apps/wallet/vite.config.ts'
import { chromiumPath } from '../open-page.ts'
import { qrVideo } from './qr-video.ts'

export interface OpenScreens {
  readonly browser: Browser
  /** Where the pages are, with a slash at its end. */
  readonly address: string
  close(): Promise<void>
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

/**
 * Builds the wallet as it is shipped, policy and service worker included, and opens a browser whose camera looks at a QR code.
 *
 * @param core - `demo`: the pages before a core that stands for every state; `real`: the program itself
 * @param networkFile - what is served as `network.json`, when it is asked for; undefined: nothing
 */
export async function openScreens(core: 'demo' | 'real', networkFile: () => string | undefined = () => undefined): Promise<OpenScreens> {
  const site = mkdtempSync(join(tmpdir(), 'hufu-wallet-screens-'))
  const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
  await build({
    ...walletConfig,
    configFile: false,
    root: path(core === 'demo' ? '.' : '../../../apps/wallet'),
    publicDir: path('../../../apps/wallet/public'),
    logLevel: 'error',
    build: { ...walletConfig.build, outDir: site, emptyOutDir: true, chunkSizeWarningLimit: 2000 },
  })
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').split('?')[0]!
    const file = join(site, name === '/' ? 'index.html' : name)
    const network = name === '/network.json' ? networkFile() : undefined
    if (network !== undefined) return response.writeHead(200, { 'content-type': 'application/json' }).end(network)
    if (!file.startsWith(site) || !existsSync(file)) return response.writeHead(404).end()
    return response.writeHead(200, { 'content-type': contentTypes[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const video = join(site, 'camera.y4m')
  writeFileSync(video, qrVideo())
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
      ...['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${video}`],
    ],
  })
  return {
    browser,
    address: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      await browser.close()
      server.close()
      rmSync(site, { recursive: true, force: true })
    },
  }
}
