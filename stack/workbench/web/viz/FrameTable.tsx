import { css, cx } from '@emotion/css';
import {
  colorManipulator,
  type DataFrame,
  type Field,
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  type GrafanaTheme2,
  type LinkModel,
  textUtil,
} from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import { CutNote, ScrollBox } from './ScrollBox';
import { tableStyle } from './tableStyle';

/** More rows are counted, but not drawn. */
const MAX_ROWS = 500;

interface Props {
  /** With display processors and links. */
  frame: DataFrame;
  label: string;
}

/** A frame as a plain table: every field, formatted by its unit, with its links. */
export function FrameTable({ frame, label }: Props) {
  const styles = useStyles2(getStyles);
  const rows = Math.min(frame.length, MAX_ROWS);
  const fields = frame.fields.filter((field) => !field.config.custom?.hidden);
  return (
    <ScrollBox label={`Rows of ${label}`}>
      <table className={styles.table}>
        <thead>
          <tr>
            {fields.map((field, column) => (
              <th
                key={column}
                scope="col"
                className={cx(isNumeric(field) && styles.number)}
                title={field.config.description}
              >
                {getFieldDisplayName(field, frame)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr key={row}>
              {fields.map((field, column) => (
                <td key={column} className={cx(isNumeric(field) && styles.number)} style={background(field, row)}>
                  <FieldValue field={field} row={row} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <CutNote shown={rows} all={frame.length} what="rows" />
    </ScrollBox>
  );
}

/** A value as text by its unit, with its links: the first on the text, the others to be opened. */
export function FieldValue({ field, row }: { field: Field; row: number }) {
  const styles = useStyles2(getStyles);
  const text = cellText(field, row);
  const links = text === '' ? [] : usableLinks(field, row);
  const [first, ...others] = links;
  return (
    <span className={styles.cell}>
      {first ? (
        <a
          href={first.href}
          target={first.target}
          rel="noopener noreferrer"
          title={first.title}
          className={isColored(field) ? styles.plainLink : styles.link}
        >
          {text}
        </a>
      ) : (
        text
      )}
      {others.length > 0 && (
        <details className={styles.others}>
          <summary>{`+${others.length}`}</summary>
          {others.map((link) => (
            <a key={link.title} href={link.href} target={link.target} rel="noopener noreferrer" className={styles.link}>
              {link.title}
            </a>
          ))}
        </details>
      )}
    </span>
  );
}

function cellText(field: Field, row: number): string {
  const value: unknown = field.values[row];
  if (value === null || value === undefined) {
    return '';
  }
  if (field.type === FieldType.other) {
    return JSON.stringify(value);
  }
  return field.display ? formattedValueToString(field.display(value)) : String(value);
}

function isColored(field: Field): boolean {
  return field.config.custom?.cellOptions?.type === 'color-background';
}

/** The colour of a value whose column asks for coloured cells. */
function background(field: Field, row: number): React.CSSProperties | undefined {
  const value: unknown = field.values[row];
  if (!isColored(field) || value === null || value === undefined) {
    return undefined;
  }
  const color = field.display?.(value).color;
  return color ? { background: colorManipulator.alpha(color, 0.3) } : undefined;
}

function usableLinks(field: Field, row: number): Array<LinkModel<Field>> {
  const links = field.getLinks?.({ valueRowIndex: row }) ?? [];
  return links.filter(({ href }) => href && textUtil.sanitizeUrl(href) !== 'about:blank');
}

function isNumeric(field: Field): boolean {
  return field.type === FieldType.number;
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css(tableStyle(theme, 0.75), {
    'th, td': { verticalAlign: 'top' },
    td: { borderBottom: `1px solid ${theme.colors.border.weak}` },
  }),
  number: css({ '&&': { textAlign: 'right' } }),
  cell: css({ display: 'inline-flex', gap: theme.spacing(1) }),
  others: css({
    summary: { cursor: 'pointer', color: theme.colors.text.secondary },
    'a, summary': { display: 'block' },
  }),
  // On a coloured cell the colour of links could not be read.
  plainLink: css({ color: theme.colors.text.primary, textDecoration: 'underline', textUnderlineOffset: 2 }),
  link: css({ color: theme.colors.text.link, textDecoration: 'underline', textUnderlineOffset: 2 }),
});
