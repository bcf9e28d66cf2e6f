// Puts one write after another into an outbox, `outbox-writer.ts FILE`, and says of each that it is kept, or with which code it was refused.
import { FileOutbox } from '@hufu/files'
import { errorCode } from '@hufu/primitives'

const [file = ''] = process.argv.slice(2)
const outbox = await FileOutbox.open(file)
for (let n = 0; ; n++) {
  const record = { requestDigest: 'ab', transactionHash: 'cd', transaction: 'AA==', validUntilBlock: 7 }
  const said = await outbox.put({ state: 'pending', idempotencyKey: `write ${n}`, ...record }).then(
    () => `kept ${n}`,
    (error: unknown) => `refused ${n} ${errorCode(error)}`,
  )
  process.stdout.write(`${said}\n`)
  await new Promise(resolve => setTimeout(resolve, 5))
}
