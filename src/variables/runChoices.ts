import { type DataFrame, dateTimeFormat, type MetricFindValue } from '@grafana/data';

import { columns } from '../query/columns';

/** A choice for each row of flow-runs frames: the value is the run's id, the text says which run that is. */
export function runChoices(frames: DataFrame[], timeZone: string): MetricFindValue[] {
  return frames.flatMap((frame) => {
    const [ids, flows, starts, outcomes] = columns(frame, 'run_id', 'flow', 'start', 'outcome');
    return ids.flatMap((id, row) => {
      if (typeof id !== 'string' || id === '') {
        return [];
      }
      const start = starts[row];
      const time = typeof start === 'number' ? dateTimeFormat(start, { timeZone }) : undefined;
      const text = [flows[row], time, outcomes[row]].filter((part) => typeof part === 'string' && part !== '');
      return [{ text: text.length > 0 ? text.join(', ') : id, value: id }];
    });
  });
}
