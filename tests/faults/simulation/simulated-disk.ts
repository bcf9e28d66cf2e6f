import { dirname } from 'node:path'
import type { Random } from '@hufu/satp/fixture'
import { type Life, never } from './life.ts'

/** A file as programs see it, and as much of it as a power cut leaves for sure. */
interface Inode {
  content: Uint8Array
  durable: Uint8Array
  /** Where a failed fsync left what will never be on the disk, though reading shows it: as ext4 does, which takes it for written from then on. */
  lost: { readonly from: number; readonly to: number } | undefined
}

/** What a disk needs of its world. */
export interface DiskWorld {
  readonly random: Random
  readonly life: Life | undefined
  note(line: string): void
  pause(ms: number): Promise<void>
}

/** What a disk does to programs. */
export interface DiskTroubles {
  /** Nothing more fits. */
  isFull: boolean
  /** How often an fsync fails, from 0 to 1: what it was to keep is then lost at the next power cut, though reading shows it until then. */
  syncFailures: number
  /** A disk that says it has written what it only will. */
  lies: boolean
  /** Nothing is written over: what a failed fsync lost stays so. */
  keepsLost: boolean
}

const slowestMs = 8

/** A machine's disk: what was not fsynced may be lost when the power goes, the last write in part, a new name or the old one. */
export class SimulatedDisk {
  readonly troubles: DiskTroubles = { isFull: false, syncFailures: 0, lies: false, keepsLost: false }
  readonly #world: DiskWorld
  readonly #machine: string
  readonly #names = new Map<string, Inode>()
  readonly #durableNames = new Map<string, Inode>()

  constructor(world: DiskWorld, machine: string) {
    this.#world = world
    this.#machine = machine
  }

  /** Lets a little time pass, in which the program may die. */
  async turn(name: string): Promise<void> {
    const { life } = this.#world
    if (life?.isAlive !== true) return never()
    // Process numbers are the platform's, and names of temporary files have one.
    this.#world.note(`${this.#machine} ${name.replaceAll(/\d+(-[0-9a-f]+){1,2}/g, 'temporary')}`)
    await this.#world.pause(this.#world.random.below(slowestMs))
    if (!life.isAlive) return never()
  }

  /** The life of whoever asks, by which a lock knows its holder. */
  get life(): Life | undefined {
    return this.#world.life
  }

  has(path: string): boolean {
    return this.#names.has(path)
  }

  /** @returns undefined if there is none */
  file(path: string): Inode | undefined {
    return this.#names.get(path)
  }

  /** Names of the files in a folder. */
  namesIn(folder: string): readonly string[] {
    return [...this.#names.keys()].filter(path => dirname(path) === folder).map(path => path.slice(folder.length + 1))
  }

  create(path: string): Inode {
    const inode: Inode = { content: new Uint8Array(), durable: new Uint8Array(), lost: undefined }
    this.#names.set(path, inode)
    return inode
  }

  link(from: string, to: string): void {
    this.#names.set(to, this.#names.get(from)!)
  }

  unlink(path: string): boolean {
    return this.#names.delete(path)
  }

  /** Appends; on a full disk a part of it, and throws. */
  append(inode: Inode, bytes: Uint8Array): void {
    const fits = this.troubles.isFull ? this.#world.random.below(bytes.length) : bytes.length
    const content = new Uint8Array(inode.content.length + fits)
    content.set(inode.content)
    content.set(bytes.subarray(0, fits), inode.content.length)
    inode.content = content
    if (fits < bytes.length) throw failure('ENOSPC')
  }

  /** Writes over the beginning of a file. */
  overwrite(inode: Inode, bytes: Uint8Array): void {
    if (this.troubles.keepsLost) return
    const rest = inode.content.subarray(bytes.length)
    const content = new Uint8Array(bytes.length + rest.length)
    content.set(bytes)
    content.set(rest, bytes.length)
    inode.content = content
    if (inode.lost !== undefined && inode.lost.from < bytes.length)
      inode.lost = inode.lost.to > bytes.length ? { from: bytes.length, to: inode.lost.to } : undefined
  }

  sync(inode: Inode): void {
    if (this.troubles.lies) return
    if (this.#world.random.chance(this.troubles.syncFailures)) {
      inode.lost = { from: Math.min(inode.lost?.from ?? inode.durable.length, inode.durable.length), to: inode.content.length }
      throw failure('EIO')
    }
    inode.durable = inode.content
    if (inode.lost === undefined) return
    inode.durable = inode.content.slice()
    inode.durable.fill(0, inode.lost.from, inode.lost.to)
  }

  syncNames(folder: string): void {
    if (this.troubles.lies) return
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      if (dirname(path) !== folder) continue
      const inode = this.#names.get(path)
      if (inode === undefined) this.#durableNames.delete(path)
      else this.#durableNames.set(path, inode)
    }
  }

  /** The power goes: of what was not fsynced, each name stays or does not, and of each file a beginning. */
  losePower(): void {
    const { random } = this.#world
    const paths = [...new Set([...this.#names.keys(), ...this.#durableNames.keys()])].sort()
    for (const path of paths) {
      const inode = random.chance(0.5) ? this.#names.get(path) : this.#durableNames.get(path)
      if (inode === undefined) this.#names.delete(path)
      else this.#names.set(path, inode)
    }
    this.#durableNames.clear()
    for (const [path, inode] of this.#names) this.#durableNames.set(path, inode)
    for (const inode of new Set(this.#names.values())) {
      const { content, durable } = inode
      const isLonger = content.length >= durable.length
      const kept = isLonger ? durable.length + random.below(content.length - durable.length + 1) : durable.length
      // A cut that was not fsynced may or may not have happened.
      inode.content = isLonger || random.chance(0.5) ? (isLonger ? content.slice(0, kept) : durable) : content
      if (isLonger && durable.length > 0) inode.content.set(durable)
      inode.durable = inode.content
      inode.lost = undefined
    }
  }
}

export function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}
