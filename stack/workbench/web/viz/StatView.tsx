import { css } from '@emotion/css';
import { type DataFrame, FieldType, getFieldDisplayName, type GrafanaTheme2, reduceField } from '@grafana/data';
import { BigValue, BigValueColorMode, BigValueGraphMode, Text, useStyles2, useTheme2 } from '@grafana/ui';
import React from 'react';

interface Props {
  /** With display processors. */
  frames: DataFrame[];
  width: number;
  height: number;
  /** A reducer of @grafana/data, as in a stat panel's options. */
  calculation: string;
}

/** One big number for every numeric field. */
export function StatView({ frames, width, height, calculation }: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const values = frames.flatMap((frame) =>
    frame.fields
      .filter((field) => field.type === FieldType.number && field.display)
      .map((field) => {
        const reduced: unknown = reduceField({ field, reducers: [calculation] })[calculation];
        return { title: getFieldDisplayName(field, frame, frames), shown: field.display?.(reduced) };
      })
  );
  if (values.length === 0) {
    return <Text color="secondary">No number in this time range.</Text>;
  }
  return (
    <div className={styles.row}>
      {values.map(({ title, shown }) =>
        shown ? (
          <BigValue
            key={title}
            theme={theme}
            width={width / values.length}
            height={height}
            value={{ ...shown, title }}
            colorMode={BigValueColorMode.Value}
            graphMode={BigValueGraphMode.None}
          />
        ) : null
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({ row: css({ display: 'flex', gap: theme.spacing(1) }) });
