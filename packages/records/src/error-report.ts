import type { Problem } from './problem.ts'
import { rules } from './rules.ts'

/**
 * Writes problems as a CSV file for a spreadsheet, piece by piece: line, column, rule, and what to do in both languages. It repeats no cell of
 * the file that was checked, so it may be passed on.
 */
export async function* csvReport(problems: AsyncIterable<Problem> | Iterable<Problem>): AsyncGenerator<string> {
  // The byte order mark tells spreadsheets that this is UTF-8.
  yield '\ufeffline,column,column_name,rule,message_zh_cn,message_en,fix_zh_cn,fix_en\n'
  for await (const problem of problems) {
    const { line, column, rule } = problem
    const { message, fix } = rules[rule]
    const texts = [message['zh-CN'], message.en, fix['zh-CN'], fix.en].map(text => `"${text.replaceAll('"', '""')}"`)
    yield `${[line, column.number, column.name, rule, ...texts].join(',')}\n`
  }
}

/** The same as a JSON array of `{ line, column: { number, name }, rule, message, fix }`. */
export async function* jsonReport(problems: AsyncIterable<Problem> | Iterable<Problem>): AsyncGenerator<string> {
  let separator = '['
  for await (const problem of problems) {
    yield `${separator}\n${JSON.stringify({ ...problem, ...rules[problem.rule] })}`
    separator = ','
  }
  yield separator === '[' ? '[]\n' : '\n]\n'
}
