import { Button, Collapse } from '@mantine/core'
import { IconAlertTriangle, IconBuildingBank, IconChevronDown, IconRosetteDiscountCheck } from '@tabler/icons-react'
import { useId, useState } from 'react'
import type { Check, Party } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import classes from './party-head.module.css'

interface PartyHeadProps {
  readonly party: Party
  /** What it does, after its name, such as "asks you to show". */
  readonly does: string
  /** What the wallet looked at; none where nothing could be. */
  readonly checks: readonly Check[]
}

/** Who stands on the other side, whether that has been checked, and how. */
export function PartyHead({ party, does, checks }: PartyHeadProps) {
  const { texts, say, number } = useSpeech()
  const [open, setOpen] = useState(false)
  const id = useId()
  const words = texts.checked
  return (
    <div className={classes.head}>
      <div className={classes.who}>
        <span className={classes.seal}>
          <IconBuildingBank size={28} stroke={1.6} aria-hidden />
        </span>
        <div>
          <p className={classes.name}>{say(party.name)}</p>
          <p className={classes.does}>{does}</p>
        </div>
      </div>
      <div className={classes.badges}>
        {checks.length > 0 ? (
          <span className={classes.badge} data-good="true">
            <IconRosetteDiscountCheck size={18} aria-hidden />
            {words.institution}
          </span>
        ) : (
          <span className={classes.badge} data-good="false">
            <IconAlertTriangle size={18} aria-hidden />
            {words.notRegistered}
          </span>
        )}
        {!party.nameVerified && (
          <span className={classes.badge} data-good="false">
            <IconAlertTriangle size={18} aria-hidden />
            {words.unverifiedName}
          </span>
        )}
        {checks.length > 0 && (
          <Button
            variant="subtle"
            color="gray"
            h={44}
            px="sm"
            aria-expanded={open}
            aria-controls={id}
            rightSection={<IconChevronDown size={18} aria-hidden className={classes.chevron} data-open={open} />}
            onClick={() => setOpen(!open)}
          >
            {words.how}
          </Button>
        )}
      </div>
      {checks.length > 0 && (
        <div id={id}>
          <Collapse expanded={open}>
            <ul className={classes.checks}>
              {checks.map(check => (
                <li key={check.id}>
                  <IconRosetteDiscountCheck size={18} aria-hidden />
                  <span>
                    {say(check.text)}
                    {check.blockIndex !== undefined && <small> {words.block(number(check.blockIndex))}</small>}
                  </span>
                </li>
              ))}
            </ul>
            <p className={classes.did}>{party.did}</p>
          </Collapse>
        </div>
      )}
      {party.origin !== undefined && <p className={classes.origin}>{party.origin}</p>}
    </div>
  )
}
