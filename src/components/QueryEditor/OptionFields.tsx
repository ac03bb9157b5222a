import { EditorRow } from '@grafana/plugin-ui';
import React from 'react';

import { type QueryTypeInfo } from '../../query/queryTypes';
import { durationError, limitError } from '../../query/validation';
import { canFollow } from '../../streaming/eligible';
import { DEFAULT_LIMIT, MAX_LIMIT, type WindmillQuery } from '../../types';
import { FollowField } from './FollowField';
import { QuantilesField } from './QuantilesField';
import { TextOption } from './TextOption';

interface Props {
  info: QueryTypeInfo;
  query: WindmillQuery;
  onChange: (changes: Partial<WindmillQuery>) => void;
}

const MIN_DURATION_OF_A_RUN =
  'With a run id: only steps that took at least this long. Without one: the latest run that did.';

/** What is neither a filter nor the run: limits, quantiles, the baseline's window. */
export function OptionFields({ info, query, onChange }: Props) {
  if (!info.minDuration && !info.limit && !info.quantiles && !info.baselineWindow) {
    return null;
  }
  return (
    <EditorRow>
      {info.minDuration && (
        <TextOption
          label="Minimum duration"
          tooltip={info.runId ? MIN_DURATION_OF_A_RUN : 'Only runs that took at least this long'}
          value={query.minDuration ?? ''}
          placeholder="None, or 1.5s"
          validate={durationError}
          onCommit={(minDuration) => onChange({ minDuration: minDuration || undefined })}
        />
      )}
      {info.limit && (
        <TextOption
          label="Limit"
          tooltip={`How many runs at most, the latest first; up to ${MAX_LIMIT}`}
          value={query.limit === undefined ? '' : String(query.limit)}
          placeholder={String(DEFAULT_LIMIT)}
          validate={limitError}
          onCommit={(limit) => onChange({ limit: limit === '' ? undefined : Number(limit) })}
        />
      )}
      {info.quantiles && <QuantilesField value={query.quantiles} onChange={(quantiles) => onChange({ quantiles })} />}
      {info.baselineWindow && (
        <TextOption
          label="Baseline window"
          tooltip="What is usual is taken from this long before the run"
          value={query.baselineWindow ?? ''}
          placeholder="As in the settings"
          width={20}
          validate={durationError}
          onCommit={(baselineWindow) => onChange({ baselineWindow: baselineWindow || undefined })}
        />
      )}
      {canFollow(info.value) && <FollowField value={query.follow} onChange={(follow) => onChange({ follow })} />}
    </EditorRow>
  );
}
