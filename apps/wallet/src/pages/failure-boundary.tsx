import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { WalletError } from '../core/errors.ts'
import { useSpeech } from '../texts/language.tsx'
import { ResultView } from './result-view.tsx'

interface FailureBoundaryProps {
  readonly children: ReactNode
}

/** Catches what no page should throw, so that the person sees words and not an empty window. */
export class FailureBoundary extends Component<FailureBoundaryProps, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : <Failure error={this.state.error} />
  }
}

/** An empty wallet's window, in words. */
export function Failure({ error }: { readonly error: unknown }) {
  const { texts, say } = useSpeech()
  const known = error instanceof WalletError
  return (
    <main>
      <ResultView
        good={false}
        title={texts.error.title}
        actions={<Button onClick={() => window.location.reload()}>{texts.error.reload}</Button>}
      >
        <p>{known ? say(error.reason) : texts.error.unknown}</p>
        <p>{known ? say(error.fix) : texts.error.unknownFix}</p>
      </ResultView>
    </main>
  )
}
