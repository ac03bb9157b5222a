import { css } from '@emotion/css';
import { type DataFrame, type DataQueryError } from '@grafana/data';
import { Alert, useStyles2 } from '@grafana/ui';
import React from 'react';

import { inspectedNotices } from './notices';

interface Props {
  data: DataFrame[];
  errors?: DataQueryError[];
}

/** The tab of Grafana's inspector (13 and later) with everything that is to be known of an answer. */
export function NoticeInspector({ data, errors }: Props) {
  const styles = useStyles2(getStyles);
  const notices = inspectedNotices(data, errors);
  if (notices.length === 0) {
    return <p>There are no errors and no notices.</p>;
  }
  const severalQueries = new Set(notices.map(({ refId }) => refId)).size > 1;
  return (
    <>
      {notices.map(({ refId, severity, text }) => (
        <Alert
          key={`${refId} ${severity} ${text}`}
          severity={severity}
          title={severalQueries && refId ? `Query ${refId}` : ''}
        >
          <div className={styles.text}>{text}</div>
        </Alert>
      ))}
    </>
  );
}

// Notices of one severity come as a list with a line each.
const getStyles = () => ({ text: css({ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }) });
