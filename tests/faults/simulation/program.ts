import { errorCode } from '@hufu/primitives'
import { diskCode } from './disk-code.ts'
import type { Life } from './life.ts'
import type { World } from './world.ts'

/** A program on a machine, which dies and is started again. */
export abstract class Program {
  protected readonly world: World
  protected readonly machine: string
  #life: Life | undefined

  constructor(world: World, machine: string) {
    this.world = world
    this.machine = machine
  }

  get life(): Life | undefined {
    return this.#life?.isAlive === true ? this.#life : undefined
  }

  start(): void {
    if (this.life !== undefined) return
    this.#life = this.world.start(this.machine)
    this.begin(this.#life)
  }

  kill(withMachine: boolean): void {
    if (this.#life !== undefined) this.world.kill(this.#life, withMachine)
  }

  /** What it does from its start on. */
  protected abstract begin(life: Life): void

  /** It gives up, and is started again by whoever looks after it. What no disk explains is a fault. */
  protected endOf(life: Life, error: unknown): void {
    const code = errorCode(error) ?? diskCode(error)
    if (code === undefined || code === 'ERR_FILE_DAMAGED' || code === 'ERR_FILE_LOCKED') this.world.fail(error)
    this.world.note(`${this.machine} gives up: ${code}`)
    this.world.kill(life, false)
  }
}
