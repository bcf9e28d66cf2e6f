import { dirname } from 'node:path'
import { failure, type SimulatedDisk } from './simulated-disk.ts'
import { World } from './world.ts'

/** Every path in a simulated world begins with this, and then the name of its machine. */
export const simulatedRoot = '/simulated/'

/** The little of a `FileHandle` that the code in the simulation uses. */
class SimulatedHandle {
  readonly #disk: SimulatedDisk
  readonly #path: string
  readonly #inode: NonNullable<ReturnType<SimulatedDisk['file']>> | undefined
  readonly #isInPlace: boolean

  constructor(disk: SimulatedDisk, path: string, flags: string) {
    this.#disk = disk
    this.#isInPlace = flags === 'r+'
    this.#path = path
    this.#inode = disk.file(path)
  }

  async appendFile(bytes: Uint8Array): Promise<void> {
    await this.#disk.turn(`writes ${bytes.length} bytes to ${this.#path}`)
    this.#disk.append(this.#inode!, bytes)
  }

  async writeFile(content: string | Uint8Array): Promise<void> {
    if (!this.#isInPlace) return this.appendFile(bytesOf(content))
    await this.#disk.turn(`writes over ${this.#path}`)
    this.#disk.overwrite(this.#inode!, bytesOf(content))
  }

  async readFile(): Promise<Uint8Array> {
    await this.#disk.turn(`reads ${this.#path}`)
    return this.#inode!.content
  }

  async read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    await this.#disk.turn(`reads ${this.#path}`)
    const bytes = this.#inode!.content.subarray(position, position + length)
    into.set(bytes, offset)
    return { bytesRead: bytes.length }
  }

  async truncate(length: number): Promise<void> {
    await this.#disk.turn(`cuts ${this.#path} to ${length}`)
    this.#inode!.content = this.#inode!.content.slice(0, length)
  }

  async sync(): Promise<void> {
    await this.#disk.turn(`syncs ${this.#path}`)
    if (this.#inode === undefined) this.#disk.syncNames(this.#path)
    else this.#disk.sync(this.#inode)
  }

  datasync(): Promise<void> {
    return this.sync()
  }

  async close(): Promise<void> {
    await this.#disk.turn(`closes ${this.#path}`)
  }
}

function diskOf(path: string): SimulatedDisk {
  const machine = path.slice(simulatedRoot.length).split('/', 1)[0]!
  return World.running!.disk(machine)
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}

/** In place of `node:fs/promises`, for the paths of a simulated world. */
export const simulatedFiles = {
  async mkdir(): Promise<void> {},

  async open(path: string, flags: string): Promise<SimulatedHandle> {
    const disk = diskOf(path)
    await disk.turn(`opens ${path}`)
    if (flags === 'w' || (flags === 'a+' && !disk.has(path))) disk.create(path)
    return new SimulatedHandle(disk, path, flags)
  },

  async readFile(source: string | SimulatedHandle): Promise<Uint8Array> {
    if (typeof source !== 'string') return source.readFile()
    const disk = diskOf(source)
    await disk.turn(`reads ${source}`)
    const inode = disk.file(source)
    if (inode === undefined) throw failure('ENOENT')
    return inode.content
  },

  async writeFile(path: string, content: string | Uint8Array): Promise<void> {
    const disk = diskOf(path)
    await disk.turn(`writes ${path}`)
    disk.append(disk.create(path), bytesOf(content))
  },

  async rename(from: string, to: string): Promise<void> {
    const disk = diskOf(from)
    await disk.turn(`renames ${from}`)
    // A folder takes the place of none, or of an empty one.
    const isFile = disk.has(from)
    if (!isFile && disk.namesIn(from).length === 0) throw failure('ENOENT')
    if (!isFile && disk.namesIn(to).length > 0) throw failure('ENOTEMPTY')
    for (const rest of isFile ? [''] : disk.namesIn(from).map(name => `/${name}`)) {
      disk.link(`${from}${rest}`, `${to}${rest}`)
      disk.unlink(`${from}${rest}`)
    }
  },

  async rm(path: string): Promise<void> {
    const disk = diskOf(path)
    await disk.turn(`removes ${path}`)
    for (const name of disk.namesIn(path)) disk.unlink(`${path}/${name}`)
    disk.unlink(path)
  },

  async rmdir(path: string): Promise<void> {
    const disk = diskOf(path)
    await disk.turn(`removes ${path}`)
    if (disk.namesIn(path).length > 0) throw failure('ENOTEMPTY')
  },
}

/** In place of `readFileSync`: the start time of the process that asks, which is its life's number. */
export function simulatedReadFileSync(path: string): string {
  if (!path.startsWith('/proc/')) throw failure('ENOENT')
  const life = World.running?.life?.number ?? 0
  return `1 (simulated) S ${'0 '.repeat(18)}${life} 0`
}

/** In place of `readdirSync`: what is in a lock. Folders are there as long as something is in them. */
export function simulatedReaddirSync(path: string): readonly string[] {
  return diskOf(path).namesIn(path)
}

/** @returns the folder of a machine's files */
export function folderOf(machine: string): string {
  return dirname(`${simulatedRoot}${machine}/x`)
}
