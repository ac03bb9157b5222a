import { Field, SecretInput, SecretTextArea } from '@grafana/ui';
import React, { useId } from 'react';

import { type SecretKey } from '../../types';
import { isConfigured, typedSecret, withoutSecret, withSecret } from './settings';
import { type FormProps } from './form';

interface Props extends FormProps {
  secret: SecretKey;
  label: string;
  description?: string;
  placeholder?: string;
  /** For PEM text. */
  multiline?: boolean;
}

/** A secret can be set or reset, never read back. */
export function SecretField({ settings, onChange, secret, label, description, placeholder, multiline }: Props) {
  const id = useId();
  const common = {
    id,
    placeholder,
    isConfigured: isConfigured(settings, secret),
    value: typedSecret(settings, secret),
    onReset: () => onChange(withoutSecret(settings, secret)),
    onChange: (event: React.SyntheticEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      onChange(withSecret(settings, secret, event.currentTarget.value)),
  };
  return (
    <Field noMargin label={label} description={description} htmlFor={id}>
      {multiline ? (
        <SecretTextArea {...common} cols={60} rows={5} />
      ) : (
        <SecretInput {...common} width={40} autoComplete="new-password" />
      )}
    </Field>
  );
}
