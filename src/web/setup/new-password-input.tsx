import { PasswordInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { faultOf, MIN_PASSWORD } from '#app/identity/password-rules.ts';
import style from './gate.module.css';

/**
 * Where a password is chosen: says while somebody types what is still wrong with it, by the rules that the server decides by.
 * @param own name, address and company, of which it may not be made
 */
export function NewPasswordInput({
  own,
  label,
  error,
  size,
  onChange,
}: {
  own: readonly string[];
  label: string;
  error?: ReactNode;
  size?: string;
  onChange?(password: string): void;
}) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const { data: common } = useQuery({
    queryKey: ['common-passwords'],
    staleTime: Number.POSITIVE_INFINITY,
    enabled: password.length >= MIN_PASSWORD,
    queryFn: async () => {
      const { words } = (await import('#app/identity/common-passwords.json')).default;
      return new Set(words.split(' '));
    },
  });
  const fault = faultOf(password, own, common);
  return (
    <PasswordInput
      name="password"
      label={label}
      description={
        <span className={style.rule} data-good={!fault} aria-live="polite">
          {password === '' ? t('setup.passwordHint') : t(fault ? `password.fault.${fault}` : 'password.good')}
        </span>
      }
      descriptionProps={{ component: 'div' }}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      autoComplete="new-password"
      required
      withAsterisk={false}
      minLength={MIN_PASSWORD}
      size={size}
      error={error}
      value={password}
      onChange={(event) => {
        setPassword(event.currentTarget.value);
        onChange?.(event.currentTarget.value);
      }}
      visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
    />
  );
}
