import { fileURLToPath } from 'node:url'
import { choice, integer, logLevels, text } from '@hufu/service'

/** Everything that can be set, with a sentence for each. */
export const configSchema = {
  host: text('HOST', { help: 'Address to listen on.', fallback: '127.0.0.1' }),
  port: integer('PORT', { help: 'Port to listen on; 0 lets the system choose.', fallback: '8090', min: 0, max: 65_535 }),
  logLevel: choice('LOG_LEVEL', logLevels, { help: `How much is logged: ${logLevels.join(', ')}.`, fallback: 'info' }),
  stopAfterMs: integer('STOP_AFTER_MS', {
    help: 'How long requests under way may take to finish once the server is told to stop, in milliseconds.',
    fallback: '5000',
    min: 0,
    max: 600_000,
  }),
  programFolder: text('PROGRAM_FOLDER', {
    help: 'Folder of the built wallet.',
    fallback: fileURLToPath(new URL('../dist', import.meta.url)),
  }),
  networkFolder: text('NETWORK_FOLDER', { help: 'Folder with network.json and circuits/, which are put beside the wallet.' }),
} as const
