import { Link, useNavigate } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

/** A link to a screen of the settings: `objects/visit`. */
export function PlaceLink({ to, ...props }: { to: string } & Omit<ComponentProps<'a'>, 'href' | 'ref'>) {
  return <Link {...props} to="/settings/$" params={{ _splat: to }} />;
}

/** Goes to a screen of the settings: `objects/visit`. */
export function useGoTo(): (place: string) => Promise<void> {
  const navigate = useNavigate();
  return (place) => navigate({ to: '/settings/$', params: { _splat: place } });
}
