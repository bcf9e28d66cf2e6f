import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useSpeech } from '../texts/language.tsx'
import { ResultView } from './result-view.tsx'

interface FailureBoundaryProps {
  readonly children: ReactNode
}

/** Catches what no page should throw, so that the person sees words and not an empty window. */
export class FailureBoundary extends Component<FailureBoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true }
  }

  override render(): ReactNode {
    return this.state.failed ? <Failure /> : this.props.children
  }
}

function Failure() {
  const { texts } = useSpeech()
  return (
    <main>
      <ResultView good={false} title={texts.error.title} actions={<Button onClick={() => window.location.reload()}>{texts.error.reload}</Button>}>
        <p>{texts.error.unknown}</p>
        <p>{texts.error.unknownFix}</p>
      </ResultView>
    </main>
  )
}
