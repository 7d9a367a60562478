import { Skeleton } from '@mantine/core';
import { Component, type ReactNode, Suspense } from 'react';
import { UnknownObject } from '../api/definitions.ts';
import { ErrorState } from '../ui/state.tsx';
import { NotFound } from './not-found.tsx';

/** A screen that fails or waits leaves the menu around it alone. */
export function RouteBoundary({ children }: { children: ReactNode }) {
  return (
    <Catch>
      <Suspense fallback={<ScreenSkeleton />}>{children}</Suspense>
    </Catch>
  );
}

/** Rows of the length that lines usually have, so that nothing jumps when they come. */
export function ScreenSkeleton() {
  return (
    <div style={{ padding: 20, display: 'grid', gap: 14 }} aria-hidden aria-busy>
      <Skeleton height={18} width={180} />
      {[62, 80, 55, 71, 66, 78, 49].map((width) => (
        <Skeleton key={width} height={12} width={`${width}%`} />
      ))}
    </div>
  );
}

class Catch extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error instanceof UnknownObject) return <NotFound />;
    if (error) return <ErrorState error={error} onRetry={() => this.setState({ error: null })} />;
    return this.props.children;
  }
}
