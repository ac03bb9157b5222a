import React from 'react';

import { type IconName } from '@grafana/data';
import { ClipboardButton } from '@grafana/ui';

interface Props {
  label: string;
  icon?: IconName;
  getText: () => string;
}

/** Copies a text. It has its name as a label too, because Grafana's button hides its words while it says that it is done. */
export function CopyButton({ label, icon = 'copy', getText }: Props) {
  return (
    <ClipboardButton size="sm" variant="secondary" fill="outline" icon={icon} aria-label={label} getText={getText}>
      {label}
    </ClipboardButton>
  );
}
