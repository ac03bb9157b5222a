import { css } from '@emotion/css';
import { type DataFrame, dateTimeFormat, type Field, FieldType, type GrafanaTheme2 } from '@grafana/data';
import { Text, useStyles2 } from '@grafana/ui';
import React from 'react';

import { useTimeZone } from '../query/timeZone';
import { FieldValue } from './FrameTable';
import { CutNote, ScrollBox } from './ScrollBox';

/** More lines are counted, but not shown. */
const MAX_LINES = 500;
/** Level, and Grafana's colour for it. */
const COLORS: Record<string, string> = {
  error: 'red',
  warn: 'orange',
  warning: 'orange',
  info: 'green',
  debug: 'blue',
};

interface Props {
  /** With display processors and links. */
  frame: DataFrame;
  height: number;
  label: string;
}

/** Log lines with their time and level; each opens to all that is known of it. */
export function LogsView({ frame, height, label }: Props) {
  const styles = useStyles2(getStyles);
  const field = (name: string) => frame.fields.find((candidate) => candidate.name === name);
  const [time, body, severity] = ['timestamp', 'body', 'severity'].map(field);
  if (!time || !body) {
    return <Text color="secondary">No log lines in this time range.</Text>;
  }
  const lines = Math.min(frame.length, MAX_LINES);
  const others = frame.fields.filter((candidate) => candidate !== body && candidate !== time && candidate !== severity);
  return (
    <ScrollBox label={`${label}: ${frame.length} lines`} height={height}>
      <ol className={styles.list}>
        {Array.from({ length: lines }, (_, row) => (
          <li key={row}>
            <Line time={time.values[row]} level={String(severity?.values[row] ?? '')} body={String(body.values[row])}>
              <Details fields={others} row={row} />
            </Line>
          </li>
        ))}
      </ol>
      <CutNote shown={lines} all={frame.length} what="lines" />
    </ScrollBox>
  );
}

interface LineProps {
  /** Milliseconds. */
  time: number;
  level: string;
  body: string;
  children: React.ReactNode;
}

function Line({ time, level, body, children }: LineProps) {
  const styles = useStyles2(getStyles);
  const timeZone = useTimeZone();
  return (
    <details>
      <summary className={styles.line} data-level={level}>
        <span className={styles.time}>{dateTimeFormat(time, { timeZone, format: 'YYYY-MM-DD HH:mm:ss.SSS' })}</span>
        <span className={styles.level}>{level}</span>
        <span className={styles.body}>{body}</span>
      </summary>
      {children}
    </details>
  );
}

/** The other fields and the labels of a line. */
function Details({ fields, row }: { fields: Field[]; row: number }) {
  const styles = useStyles2(getStyles);
  const labels = fields.find(({ type }) => type === FieldType.other)?.values[row] as
    Record<string, unknown> | undefined;
  const own = fields.filter((field) => field.type !== FieldType.other && (field.values[row] ?? '') !== '');
  return (
    <dl className={styles.details}>
      {own.map((field) => (
        <React.Fragment key={field.name}>
          <dt>{field.name}</dt>
          <dd>
            <FieldValue field={field} row={row} />
          </dd>
        </React.Fragment>
      ))}
      {Object.entries(labels ?? {})
        .filter(([name]) => !own.some((field) => field.name === name))
        .map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{String(value)}</dd>
          </React.Fragment>
        ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    listStyle: 'none',
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.size.sm,
  }),
  line: css({
    display: 'flex',
    gap: theme.spacing(1.5),
    padding: theme.spacing(0.25, 1),
    cursor: 'pointer',
    borderLeft: `3px solid ${theme.colors.border.strong}`,
    '&:hover': { background: theme.colors.action.hover },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
    ...Object.fromEntries(
      Object.entries(COLORS).map(([level, color]) => [
        `&[data-level="${level}"]`,
        { borderLeftColor: theme.visualization.getColorByName(color) },
      ])
    ),
  }),
  time: css({ flex: 'none', color: theme.colors.text.secondary }),
  level: css({ flex: 'none', width: '5ch', color: theme.colors.text.secondary }),
  body: css({ minWidth: 0, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }),
  details: css({
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    columnGap: theme.spacing(2),
    margin: theme.spacing(0.5, 2, 1),
    dt: { color: theme.colors.text.secondary },
    dd: { overflowWrap: 'anywhere' },
  }),
});
