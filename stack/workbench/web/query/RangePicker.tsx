import type { TimeRange } from '@grafana/data';
import { TimeRangePicker } from '@grafana/ui';
import React from 'react';

import { shifted, zoomedOut } from './timeRange';
import { setTimeZone, useTimeZone } from './timeZone';

interface Props {
  value: TimeRange;
  onChange: (range: TimeRange) => void;
}

/** Grafana's time range picker with its arrows, zoom and time zone. */
export function RangePicker({ value, onChange }: Props) {
  return (
    <TimeRangePicker
      value={value}
      timeZone={useTimeZone()}
      onChange={onChange}
      onChangeTimeZone={setTimeZone}
      onMoveBackward={() => onChange(shifted(value, -1))}
      onMoveForward={() => onChange(shifted(value, 1))}
      onZoom={() => onChange(zoomedOut(value))}
      isOnCanvas
    />
  );
}
