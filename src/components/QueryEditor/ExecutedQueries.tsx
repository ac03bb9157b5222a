import { css } from '@emotion/css';
import { type DataFrame, type GrafanaTheme2 } from '@grafana/data';
import { ClipboardButton, Collapse, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';

interface Props {
  refId: string;
  frames: DataFrame[] | undefined;
}

/** The TraceQL, PromQL and LogQL that an answer was made of, to be copied and tried elsewhere. */
export function ExecutedQueries({ refId, frames = [] }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const styles = useStyles2(getStyles);
  const queries = executedQueries(refId, frames);
  if (queries.length === 0) {
    return null;
  }
  return (
    <Collapse label={`Executed queries (${queries.length})`} isOpen={isOpen} onToggle={setIsOpen}>
      <ul className={styles.list}>
        {queries.map((query, index) => (
          <li key={query} className={styles.item}>
            <code className={styles.query}>{query}</code>
            <ClipboardButton
              variant="secondary"
              fill="text"
              size="sm"
              icon="copy"
              aria-label={`Copy executed query ${index + 1}`}
              // Without the note of how long it took.
              getText={() => query.replace(/\s+# [^#"]*$/, '')}
            />
          </li>
        ))}
      </ul>
    </Collapse>
  );
}

/** Each once, in the order in which they were asked. */
function executedQueries(refId: string, frames: DataFrame[]): string[] {
  const lines = frames
    .filter((frame) => frame.refId === refId)
    .flatMap((frame) => frame.meta?.executedQueryString?.split('\n') ?? [])
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [...new Set(lines)];
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5) }),
  item: css({ display: 'flex', alignItems: 'flex-start', gap: theme.spacing(1) }),
  query: css({ flex: '1 1 auto', minWidth: 0, margin: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }),
});
