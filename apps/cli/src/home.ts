import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The folder in which the command line keeps its state. */
export interface Home {
  readonly folder: string
  /** The local network's folder. */
  readonly networkFolder: string
  /** Public description of the network that commands talk to. */
  readonly networkFile: string
  readonly identitiesFolder: string
  readonly outboxFile: string
  /** Journals of what each identity issued. */
  readonly issuersFolder: string
  /** Status lists as published, one folder per identity; the institution server gives them out. */
  readonly publishedFolder: string
  /** Residents' wallets, for trying out. */
  readonly walletsFolder: string
  /** What each verifier has seen, so that nothing counts twice. */
  readonly replayFolder: string
}

/** Names the places below a folder, and makes the folder, readable by its owner alone. */
export function openHome(folder: string, networkFile?: string): Home {
  const root = resolve(folder)
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const networkFolder = join(root, 'network')
  return {
    folder: root,
    networkFolder,
    networkFile: networkFile === undefined ? join(networkFolder, 'network.json') : resolve(networkFile),
    identitiesFolder: join(root, 'identities'),
    outboxFile: join(root, 'outbox.journal'),
    issuersFolder: join(root, 'issuers'),
    publishedFolder: join(root, 'published'),
    walletsFolder: join(root, 'wallets'),
    replayFolder: join(root, 'replay'),
  }
}
