import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How a command ended, and what it said. */
export interface Run {
  /** null if it was killed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const cli = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))

/** The command line with a home folder. */
export class Hufu {
  readonly #home: string

  constructor(home: string) {
    this.#home = home
  }

  /** Runs a command to its end. */
  run(...args: readonly string[]): Promise<Run> {
    return this.#start(args)
  }

  /** Runs a command that must succeed. @returns its result */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#start(args)
    if (code !== 0) throw new Error(`hufu ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`)
    return stdout
  }

  /** Runs a command with `--json`, however it ends. */
  async json(...args: readonly string[]): Promise<{ readonly code: number | null; readonly value: ReturnType<typeof JSON.parse> }> {
    const { code, stdout, stderr } = await this.#start([...args, '--json'])
    if (stdout === '') throw new Error(`hufu ${args.join(' ')} said nothing\n${stderr}`)
    return { code, value: JSON.parse(stdout) }
  }

  /** Kills a command after so many milliseconds, if it has not ended by then, with no chance to clean up. */
  killed(afterMs: number, ...args: readonly string[]): Promise<Run> {
    return this.#start(args, afterMs)
  }

  #start(args: readonly string[], killAfterMs?: number): Promise<Run> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [cli, '--home', this.#home, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LANG: 'C', LC_ALL: 'C' },
      })
      const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      let stdout = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', text => {
        stdout += text
      })
      child.stderr.setEncoding('utf8').on('data', text => {
        stderr += text
      })
      child.once('error', reject)
      child.once('close', code => {
        clearTimeout(timer)
        resolve({ code, stdout, stderr })
      })
    })
  }
}
