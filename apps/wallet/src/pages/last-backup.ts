const key = 'hufu.last-backup-ms'

/** When a backup was last saved from this device, in milliseconds; undefined if never. It says nothing about the person, so it stands in plain local storage. */
export function lastBackupMs(): number | undefined {
  const value = Number(localStorage.getItem(key) ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

export function rememberBackup(timeMs: number): void {
  localStorage.setItem(key, String(timeMs))
}

export function forgetBackups(): void {
  localStorage.removeItem(key)
}
