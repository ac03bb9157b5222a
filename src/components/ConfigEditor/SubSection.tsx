import { Stack, Text } from '@grafana/ui';
import React from 'react';

interface Props {
  title: string;
  description?: string;
  children: React.ReactNode;
}

/** A part of a section. (The one of @grafana/plugin-ui skips heading levels, which screen readers stumble over.) */
export function SubSection({ title, description, children }: Props) {
  return (
    <Stack direction="column" gap={2}>
      <div>
        <Text element="h4" variant="h5">
          {title}
        </Text>
        {description && (
          <Text element="p" variant="bodySmall" color="secondary">
            {description}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}
