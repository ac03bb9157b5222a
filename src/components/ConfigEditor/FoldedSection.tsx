import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, Stack, Text, useStyles2 } from '@grafana/ui';
import React, { useId, useState } from 'react';

interface Props {
  title: string;
  /** The server that it is of: several sections have the same title. */
  of: string;
  description?: string;
  /** Something in it is set, so it is open at first. */
  isUsed: boolean;
  children: React.ReactNode;
}

/** A part of a section that is out of the way until it is used. */
export function FoldedSection({ title, of, description, isUsed, children }: Props) {
  const id = useId();
  const styles = useStyles2(getStyles);
  const [isOpen, setIsOpen] = useState(isUsed);
  return (
    <Stack direction="column" gap={2}>
      <div>
        <Text element="h4" variant="h5">
          <button
            type="button"
            className={styles.toggle}
            aria-expanded={isOpen}
            aria-controls={id}
            aria-label={`${title} of ${of}`}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Icon name={isOpen ? 'angle-down' : 'angle-right'} />
            {title}
          </button>
        </Text>
        {isOpen && description && (
          <Text element="p" variant="bodySmall" color="secondary">
            {description}
          </Text>
        )}
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && children}
      </div>
    </Stack>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  toggle: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    padding: 0,
    border: 'none',
    background: 'none',
    font: 'inherit',
    color: 'inherit',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 2 },
  }),
});
