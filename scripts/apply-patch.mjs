/**
 * Applies a unified diff of one file. Strict: every line must stand where the diff says, so that a patch made for one version never lands in another.
 *
 * @param {string} text the file
 * @param {string} patch the diff; what stands before its first `--- ` is a comment
 * @returns {{ file: string, text: string }} path of the file below the root of its sources, and what it becomes
 * @throws {Error} the diff does not fit
 */
export function applyPatch(text, patch) {
  const lines = patch.split('\n')
  const { file, start } = target(lines)
  const before = text.split('\n')
  const after = []
  let taken = 0
  for (let at = start; at < lines.length; ) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@/.exec(lines[at])
    if (hunk === null) {
      if (lines[at] !== '') throw new Error(`the patch of ${file} has a line that belongs to no hunk`)
      at++
      continue
    }
    const from = Number(hunk[1]) - 1
    after.push(...before.slice(taken, from))
    taken = from
    for (at++; at < lines.length && /^[ +-]/.test(lines[at]); at++) {
      const content = lines[at].slice(1)
      if (lines[at].startsWith('+')) {
        after.push(content)
        continue
      }
      if (before[taken] !== content) throw new Error(`the patch of ${file} does not fit at line ${taken + 1}`)
      if (lines[at].startsWith(' ')) after.push(content)
      taken++
    }
  }
  after.push(...before.slice(taken))
  return { file, text: after.join('\n') }
}

/** @returns {string} path of the file that a diff changes, below the root of its sources */
export function patchedFile(patch) {
  return target(patch.split('\n')).file
}

function target(lines) {
  const first = lines.findIndex(line => line.startsWith('--- '))
  const name = /^\+\+\+ b\/(\S+)/.exec(lines[first + 1] ?? '')
  if (first < 0 || name === null) throw new Error('the patch names no file')
  return { file: name[1], start: first + 2 }
}
