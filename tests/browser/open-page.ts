import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'

export interface OpenPage {
  readonly page: Page
  /** The built page's scripts. */
  readonly scripts: readonly Buffer[]
  /** Ends Chromium and removes what was built. */
  close(): Promise<void>
}

const chromiumFlags = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]
const contentTypes: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }

/**
 * Builds a page as a wallet or a verifier would ship it, and opens it in Chromium.
 *
 * @param folder - of the page's `index.html`
 * @param ready - what the page puts on `window` once it runs
 * @param files - what is served beside it, by path
 */
export async function openPage(folder: URL, ready: string, files: Readonly<Record<string, URL>> = {}): Promise<OpenPage> {
  const site = mkdtempSync(join(tmpdir(), 'hufu-page-'))
  let server: Server | undefined
  let browser: Browser | undefined
  const close = async (): Promise<void> => {
    await browser?.close()
    server?.close()
    rmSync(site, { recursive: true, force: true })
  }
  try {
    const output = { outDir: site, emptyOutDir: true }
    await build({ root: fileURLToPath(folder), logLevel: 'warn', build: output, worker: { format: 'es' } })
    const assets = readdirSync(join(site, 'assets'))
    const built = assets.map(name => [`/assets/${name}`, join(site, 'assets', name)] as const)
    server = await serve({ ...files, ...Object.fromEntries(built), '/': join(site, 'index.html') })
    browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags })
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', error => errors.push(error.message))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page.waitForFunction(name => name in window, ready)
    if (errors.length > 0) throw new Error(`the page failed: ${errors.join('; ')}`)
    return { page, scripts: built.map(([, file]) => readFileSync(file)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function serve(files: Readonly<Record<string, URL | string>>): Promise<Server> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? '']
    if (file === undefined) return response.writeHead(404).end()
    const type = contentTypes[extname(String(file))] ?? 'application/octet-stream'
    return response.writeHead(200, { 'content-type': type }).end(readFileSync(file))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** Where Debian has Chromium. */
export function chromiumPath(): string {
  const path = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(candidate => existsSync(candidate))
  if (path === undefined) throw new Error('Chromium is missing: npm test installs it, or: apt-get install chromium')
  return path
}
