import { msToDateTime } from '@hufu/primitives'
import type { GatewayStatus, ShownCounterpart, ShownNetwork, ShownTransfer } from '../api/gateway-schemas.ts'
import type { QuarantineEntry } from '../quarantine/quarantine.ts'
import { escapeHtml } from './escape-html.ts'
import { pageOf, type Say, sayIn } from './page-of.ts'
import { assetWords, type Language } from './page-words.ts'

/** What the page shows. */
export interface GatewayPageContent {
  readonly status: GatewayStatus
  readonly transfers: readonly ShownTransfer[]
  readonly quarantine: readonly QuarantineEntry[]
  readonly atMs: number
}

/** Networks, counterparts, transfers and quarantine of a gateway, in one page. */
export function gatewayPage({ status, transfers, quarantine, atMs }: GatewayPageContent, language: Language): string {
  const say = sayIn(language)
  const names = new Map(status.counterparts.map(({ did, name }) => [did, name[language]]))
  return pageOf({
    language,
    title: `${status.name[language]} · ${say('gateway')}`,
    otherLanguageHref: `?lang=${language === 'en' ? 'zh-CN' : 'en'}`,
    body: `<h1>${escapeHtml(status.name[language])}</h1>
<p><code>${escapeHtml(status.did)}</code></p>
<div class="actions"><a href="?lang=${language}">${say('refresh')}</a> <span class="soft">${say('asOf')} ${time(atMs)}</span>
<form method="post" action="/sign-out"><button>${say('signOut')}</button></form></div>
${section('networks', say, `${networksTable(status.networks, say, language)}<p class="soft">${escapeHtml(say('switchHint'))}</p>`)}
${section('counterparts', say, counterpartsTable(status.counterparts, say, language))}
${section('transfers', say, `${countsLine(status, say)}${transfersTable(transfers, { say, language, names })}`)}
${section('quarantine', say, quarantineTable(quarantine, { say, names }))}`,
  })
}

function section(word: 'networks' | 'counterparts' | 'transfers' | 'quarantine', say: Say, content: string): string {
  return `<section aria-labelledby="${word}"><h2 id="${word}">${say(word)}</h2>${content}</section>`
}

/** A table that may be wider than the screen: then it scrolls, by keyboard too. */
function table(label: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map(each => `<th scope="col">${each}</th>`).join('')
  const body = rows.map(([first, ...others]) => `<tr><th scope="row">${first}</th>${others.map(cell => `<td>${cell}</td>`).join('')}</tr>`)
  return `<div class="wide" role="group" tabindex="0" aria-labelledby="${label}"><table aria-labelledby="${label}"><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

function networksTable(networks: readonly ShownNetwork[], say: Say, language: Language): string {
  const rows = networks.map(({ id, name, hasChain, isOn, isOnHere, isOnLedger }) => [
    escapeHtml(name[language]),
    `<code>${escapeHtml(id)}</code>`,
    say(hasChain ? 'us' : 'them'),
    mark(isOn, say(isOn ? 'on' : 'off')),
    mark(isOnHere, say(isOnHere ? 'on' : 'off')),
    isOnLedger === null ? mark(false, say('unknown')) : mark(isOnLedger, say(isOnLedger ? 'on' : 'off')),
  ])
  const heads = (['name', 'identifier', 'ownChain', 'state', 'here', 'ledger'] as const).map(say)
  return table('networks', heads, rows)
}

function counterpartsTable(counterparts: readonly ShownCounterpart[], say: Say, language: Language): string {
  if (counterparts.length === 0) return `<p>${say('none')}</p>`
  const rows = counterparts.map(({ did, name, networks, isAllowed }) => [
    escapeHtml(name[language]),
    `<code>${escapeHtml(did)}</code>`,
    networks.map(id => `<code>${escapeHtml(id)}</code>`).join('<br>'),
    isAllowed === null ? mark(false, say('unknown')) : mark(isAllowed, say(isAllowed ? 'allowed' : 'notAllowed')),
  ])
  return table('counterparts', [say('name'), say('identifier'), say('networks'), say('state')], rows)
}

function countsLine({ transfers: { underWay, completed, aborted } }: GatewayStatus, say: Say): string {
  return `<p>${say('underWay')}: ${underWay} · ${say('completed')}: ${completed} · ${say('aborted')}: ${aborted}</p>`
}

interface Words {
  readonly say: Say
  readonly language: Language
  /** Of counterparts, by DID. */
  readonly names: ReadonlyMap<string, string>
}

function transfersTable(transfers: readonly ShownTransfer[], { say, language, names }: Words): string {
  if (transfers.length === 0) return `<p>${say('none')}</p>`
  const rows = transfers.map(transfer => [
    `${escapeHtml(transfer.assetId)}<br><code title="${transfer.transferId}">${transfer.transferId.slice(0, 12)}…</code>`,
    `${say(transfer.role)} · ${escapeHtml(names.get(transfer.counterpart) ?? transfer.counterpart)}<br>${say('from')} <code>${escapeHtml(transfer.fromNetwork)}</code><br>${say('to')} <code>${escapeHtml(transfer.toNetwork)}</code>`,
    progressCell(transfer, say, language),
    tryCell(transfer, say),
    time(transfer.createdAtMs),
  ])
  return table('transfers', [say('title'), say('way'), say('progress'), say('lastTry'), say('begun')], rows)
}

function progressCell({ state, step, steps, asset }: ShownTransfer, say: Say, language: Language): string {
  const words = `${say(state)} · ${assetWords[asset]?.[language] ?? asset}`
  return `<progress max="${steps}" value="${step}" aria-label="${escapeHtml(words)}">${step}/${steps}</progress><br>${escapeHtml(words)}`
}

function tryCell({ problem, attempts, againAtMs }: ShownTransfer, say: Say): string {
  if (problem === null) return '–'
  const again = againAtMs === null ? '' : `<br>${say('nextTry')} ${time(againAtMs)}`
  return `<span class="bad"><code>${escapeHtml(problem)}</code></span><br>${attempts} ${say('tries')}${again}`
}

function quarantineTable(entries: readonly QuarantineEntry[], { say, names }: Pick<Words, 'say' | 'names'>): string {
  if (entries.length === 0) return `<p class="good">${say('nothingQuarantined')}</p>`
  const rows = entries.map(({ reason, hash, counterpart, times, lastAtMs }) => [
    `<code>${escapeHtml(reason)}</code>`,
    counterpart === null ? say('unproven') : escapeHtml(names.get(counterpart) ?? counterpart),
    `<code>${hash}</code>`,
    String(times),
    time(lastAtMs),
  ])
  return table('quarantine', [say('reason'), say('counterparts'), say('hash'), say('times'), say('lastSeen')], rows)
}

/** Said in words, too: colour and sign alone tell not everybody. */
function mark(isGood: boolean, text: string): string {
  return `<span class="${isGood ? 'good' : 'bad'}">${text}</span>`
}

function time(ms: number): string {
  const text = msToDateTime(ms)
  return `<time datetime="${text}">${text.replace('T', ' ').replace('Z', ' UTC')}</time>`
}
