import type { Language, Texts } from './language.ts'

/** What a command says: results on stdout (text, or one JSON value), everything else on stderr, so that a pipe gets only results. */
export class Output {
  readonly #json: boolean
  readonly #language: Language
  readonly #isTerminal: boolean
  #progressShown = false

  constructor(options: { json: boolean; language: Language }) {
    this.#json = options.json
    this.#language = options.language
    this.#isTerminal = process.stderr.isTTY === true
  }

  get language(): Language {
    return this.#language
  }

  /** The text in the chosen language. */
  text(texts: Texts): string {
    return texts[this.#language]
  }

  /** A step that is done or begins, for people. */
  note(texts: Texts): void {
    this.#clearProgress()
    process.stderr.write(`${this.text(texts)}\n`)
  }

  /** A line that the next progress line overwrites; on a log file, nothing. */
  progress(texts: Texts): void {
    if (!this.#isTerminal) return
    process.stderr.write(`\r\u001b[2K${this.text(texts)}`)
    this.#progressShown = true
  }

  /** The command's result: `value` as JSON, or the lines for people. */
  result(value: unknown, lines: readonly string[]): void {
    this.#clearProgress()
    process.stdout.write(this.#json ? `${JSON.stringify(value, null, 2)}\n` : `${lines.join('\n')}\n`)
  }

  /** Something for programs to go on with while the command still runs: one line, with `--json` only. */
  line(value: unknown): void {
    this.#clearProgress()
    if (this.#json) process.stdout.write(`${JSON.stringify(value)}\n`)
  }

  /** What failed, its code, and what to do. */
  failure(code: string, message: string, fix?: Texts): void {
    this.#clearProgress()
    if (this.#json)
      process.stdout.write(
        `${JSON.stringify({ error: { code, message, ...(fix === undefined ? {} : { fix: this.text(fix) }) } }, null, 2)}\n`,
      )
    const label = this.text({ en: 'failed', 'zh-CN': '失败' })
    process.stderr.write(`hufu: ${label} [${code}]: ${message}\n${fix === undefined ? '' : `  → ${this.text(fix)}\n`}`)
  }

  #clearProgress(): void {
    if (this.#progressShown) process.stderr.write('\r\u001b[2K')
    this.#progressShown = false
  }
}
