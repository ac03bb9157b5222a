import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Switch, useStyles2 } from '@grafana/ui';
import React, { useId } from 'react';

import { OptionField } from './OptionField';

interface Props {
  value: boolean | undefined;
  onChange: (follow: boolean | undefined) => void;
}

/** Whether results are updated while runs go on. */
export function FollowField({ value, onChange }: Props) {
  const id = useId();
  return (
    <OptionField
      id={id}
      label="Follow"
      tooltip="Update the results while the run goes on, or as new runs come in. Needs Grafana Live."
    >
      <CenteredSwitch id={id} value={value} onChange={onChange} />
    </OptionField>
  );
}

/** A switch in the middle of a line as high as the fields beside it. */
function CenteredSwitch({ id, value, onChange }: Props & { id: string }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.line}>
      <Switch id={id} value={Boolean(value)} onChange={(event) => onChange(event.currentTarget.checked || undefined)} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({ display: 'flex', alignItems: 'center', height: theme.spacing(theme.components.height.md) }),
});
