import type { ColumnForm } from './columns.ts'
import type { RuleId } from './rules.ts'

/**
 * Checks what holds for a cell of any column: no character that a person cannot see, no formula, half-width codes, neither empty nor too long.
 *
 * @returns the first rule that the cell breaks
 */
export function checkCellForm(cell: string, { maxLength, mayBeEmpty = false }: ColumnForm): RuleId | undefined {
  if (cell.includes('\ufeff')) return 'cell-byte-order-mark'
  // Cc: control characters; Cf: invisible ones, among them those that turn the direction of writing; Zl, Zp: line and paragraph separators.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(cell)) return 'cell-control-character'
  if (/^\s*[=+\-@]/u.test(cell)) return 'cell-formula'
  // Full-width forms of ASCII, and the ideographic space.
  if (maxLength === undefined && /[\uff01-\uff5e\u3000]/.test(cell)) return 'cell-full-width'
  if (cell.trim() === '') return mayBeEmpty && cell === '' ? undefined : 'cell-empty'
  return maxLength !== undefined && [...cell].length > maxLength ? 'cell-too-long' : undefined
}
