import { Anchor, Badge, Button } from '@mantine/core'
import { IconChevronRight, IconFingerprint, IconLock, IconLockSquareRounded, IconShieldCheck } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { useSpeech } from '../texts/language.tsx'
import { Entrance } from './entrance.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { useNewPin } from './new-pin.tsx'
import { useCanUsePasskey } from './use-can-use-passkey.ts'
import { useTask } from './use-task.ts'
import { useWallet } from './wallet-context.tsx'
import classes from './welcome-page.module.css'

/** Makes a wallet: what it does in two sentences, and how it is to be opened. */
export function WelcomePage() {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const canUsePasskey = useCanUsePasskey()
  const [choosingPin, setChoosingPin] = useState(false)
  const task = useTask()
  if (choosingPin) return <PinStep onBack={() => setChoosingPin(false)} />
  return (
    <Entrance title={texts.welcome.title}>
      <ul className={classes.promises}>
        <Promised icon={<IconLock size={22} aria-hidden />}>{texts.welcome.first}</Promised>
        <Promised icon={<IconShieldCheck size={22} aria-hidden />}>{texts.welcome.second}</Promised>
      </ul>
      <h2 className={classes.choose}>{texts.welcome.choose}</h2>
      <div className={classes.choices}>
        <Choice
          icon={<IconFingerprint size={28} stroke={1.6} aria-hidden />}
          title={texts.welcome.passkey}
          hint={canUsePasskey === false ? texts.welcome.passkeyMissing : texts.welcome.passkeyHint}
          recommended={canUsePasskey === true}
          disabled={canUsePasskey !== true || task.busy}
          onClick={() => void task.run(() => wallet.create({ passkey: true }))}
        />
        <Choice
          icon={<IconLockSquareRounded size={28} stroke={1.6} aria-hidden />}
          title={texts.welcome.pin}
          hint={texts.welcome.pinHint}
          recommended={false}
          disabled={task.busy}
          onClick={() => setChoosingPin(true)}
        />
      </div>
      <ErrorNotice error={task.error} />
      <p className={classes.restore}>
        <Anchor component={Link} href="/restore">
          {texts.welcome.restore}
        </Anchor>
      </p>
      <p className={classes.small}>{texts.welcome.noPhone}</p>
    </Entrance>
  )
}

function Promised({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <li>
      {icon}
      <span>{children}</span>
    </li>
  )
}

interface ChoiceProps {
  readonly icon: ReactNode
  readonly title: string
  readonly hint: string
  readonly recommended: boolean
  readonly disabled: boolean
  readonly onClick: () => void
}

function Choice({ icon, title, hint, recommended, disabled, onClick }: ChoiceProps) {
  const { texts } = useSpeech()
  return (
    <button type="button" className={classes.choice} disabled={disabled} onClick={onClick}>
      <span className={classes.choiceIcon}>{icon}</span>
      <span className={classes.choiceText}>
        <span className={classes.choiceTitle}>
          {title}
          {recommended && (
            <Badge color="patina" variant="light" size="md">
              {texts.welcome.recommended}
            </Badge>
          )}
        </span>
        <span className={classes.choiceHint}>{hint}</span>
      </span>
      <IconChevronRight size={20} aria-hidden />
    </button>
  )
}

function PinStep({ onBack }: { readonly onBack: () => void }) {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const task = useTask()
  const pin = useNewPin()
  const create = (): void => {
    const chosen = pin.take()
    if (chosen !== undefined) void task.run(() => wallet.create({ pin: chosen }))
  }
  return (
    <Entrance title={texts.welcome.pinTitle}>
      <p className={classes.explain}>{texts.welcome.pinExplain}</p>
      <form
        noValidate
        onSubmit={event => {
          event.preventDefault()
          create()
        }}
      >
        {pin.fields}
        <ErrorNotice error={task.error} />
        <Button type="submit" fullWidth size="lg" mt="lg" loading={task.busy}>
          {texts.welcome.create}
        </Button>
        <Button variant="subtle" color="gray" fullWidth mt="xs" onClick={onBack}>
          {texts.app.back}
        </Button>
      </form>
    </Entrance>
  )
}
