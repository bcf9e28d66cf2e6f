import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const files = {
  bench: '../package.json',
  network: '../../network/package.json',
  institution: '../../apps/institution/package.json',
} as const

/** A package that stands on the other side, with the exact version that is declared. @throws Error: none is */
export function npmPeer(name: string, of: keyof typeof files = 'bench'): string {
  const declared = JSON.parse(readFileSync(new URL(files[of], import.meta.url), 'utf8')) as Readonly<
    Partial<Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>>
  >
  const version = declared.devDependencies?.[name] ?? declared.dependencies?.[name]
  if (version === undefined) throw new Error(`expected ${name} to be declared`)
  return `${name} ${version}`
}

/** A Go module that stands on the other side, with the version that a `go.mod` pins. @throws Error: none is */
export function goPeer(module: string, goMod: URL): string {
  const version = readFileSync(goMod, 'utf8').match(new RegExp(`^(?:require)?\\s*${module.replaceAll('.', '\\.')} (\\S+)`, 'm'))?.[1]
  if (version === undefined) throw new Error(`expected ${module} to be pinned`)
  return `${module.split('/').at(-1)} ${version}`
}

/** The Neo node of our networks. */
export function neoPeer(): string {
  return goPeer('github.com/nspcc-dev/neo-go', new URL('../../network/go.mod', import.meta.url))
}

export function fabricPeer(): string {
  return goPeer('github.com/hyperledger/fabric', new URL('../../network/fabric/go.mod', import.meta.url))
}

export function anvilPeer(): string {
  return npmPeer('@foundry-rs/anvil', 'network')
}

/** What Node itself offers, such as its cryptography, TLS and zlib. */
export function nodePeer(part: 'node:crypto' | 'node:https' | 'node:zlib' | 'fetch'): string {
  const within =
    part === 'node:zlib' ? `zlib ${process.versions.zlib}` : part === 'node:crypto' ? `OpenSSL ${process.versions.openssl}` : part
  return `${within} of Node ${process.version}`
}

/** The server that `startPostgres` finds. */
export function postgresPeer(): string {
  const root = '/usr/lib/postgresql'
  const latest = readdirSync(root)
    .sort((left, right) => Number(left) - Number(right))
    .at(-1)!
  const program = join(root, latest, 'bin', 'postgres')
  return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().replace('postgres (PostgreSQL)', 'PostgreSQL')
}
