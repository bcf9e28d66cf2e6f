/** Hands a text to the browser as a file to keep. */
export function saveFile(fileName: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // Safari still reads it after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
