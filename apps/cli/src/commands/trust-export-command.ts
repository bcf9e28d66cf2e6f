import { writeFileWhole } from '@hufu/files'
import { LightClient, parseHeader } from '@hufu/ledger'
import { base64ToBytes, msToDateTime } from '@hufu/primitives'
import { exportTrustEvidence } from '@hufu/trust'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { positiveInteger } from '../option-values.ts'
import { readNetwork } from '../session.ts'

interface ExportOptions {
  readonly out: string
  readonly block?: number
}

/** Adds `hufu trust export`. */
export function addTrustExportCommand(trust: Command): void {
  trust
    .command('export')
    .description(
      help({
        en: 'the whole registry with its history and proofs, for answers at any time without a node (docs/trust-evidence.md)',
        'zh-CN': '导出整个登记册及其历史与证明，可离线查询任意时刻（docs/trust-evidence.md）',
      }),
    )
    .requiredOption('--out <file>', help({ en: 'where to write it', 'zh-CN': '输出文件' }))
    .option('--block <index>', help({ en: 'as of this block (default: the newest)', 'zh-CN': '截至此区块（默认：最新）' }), positiveInteger)
    .action(action(exportTrust))
}

async function exportTrust({ home, output }: Context, { out, block }: ExportOptions): Promise<void> {
  const network = readNetwork(home)
  const evidence = await exportTrustEvidence(new LightClient({ network }), network, {
    ...(block === undefined ? {} : { atBlockIndex: block }),
    onProgress: (done, all) => output.progress({ en: `  ${done} of ${all} entries proven`, 'zh-CN': `  已证明 ${done}/${all} 条` }),
  })
  await writeFileWhole(out, `${JSON.stringify(evidence)}\n`)
  const { blockIndex, entries, headers } = evidence
  const untilMs = parseHeader(base64ToBytes(headers.at(-1)!)).timeMs
  output.result({ file: out, blockIndex, until: msToDateTime(untilMs), entries: entries.length }, [
    output.text({
      en: `${entries.length} entries as of block ${blockIndex}, good for any time until ${msToDateTime(untilMs)}`,
      'zh-CN': `${entries.length} 条记录，截至区块 ${blockIndex}，可查询 ${msToDateTime(untilMs)} 之前的任意时刻`,
    }),
  ])
}
