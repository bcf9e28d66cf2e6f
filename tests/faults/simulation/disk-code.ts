/** What the disk itself says, to a program that opens its files. */
export function diskCode(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EIO' ? code : undefined
}
