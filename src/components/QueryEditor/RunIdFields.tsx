import React from 'react';

import { hasOption, type QueryTypeInfo } from '../../query/queryTypes';
import { type QueryType, type WindmillQuery } from '../../types';
import { RunIdField } from './RunIdField';

interface Props {
  info: QueryTypeInfo;
  query: WindmillQuery;
  onChange: (changes: Partial<WindmillQuery>) => void;
}

const FOUND_ANYWHERE =
  'Job id of the run, as in the address of its Windmill page. It is found whatever the time range.';
const WITHOUT_ONE = 'Without one, the latest finished run in the time range that matches the filters is taken.';

const TOOLTIPS: Partial<Record<QueryType, string>> = {
  'flow-steps': `${FOUND_ANYWHERE} With one, the filters narrow its steps. ${WITHOUT_ONE}`,
  'step-logs': `${FOUND_ANYWHERE} Without one, the lines of every job in the time range that matches the filters are shown.`,
};
const PLACEHOLDERS: Partial<Record<QueryType, string>> = { 'step-logs': 'Every run that matches' };

/** Which run is meant, and for a comparison the other one. */
export function RunIdFields({ info, query, onChange }: Props) {
  return (
    <>
      {hasOption(info, 'runId', query) && (
        <RunIdField
          label="Run id"
          tooltip={TOOLTIPS[info.value] ?? `${FOUND_ANYWHERE} ${WITHOUT_ONE}`}
          placeholder={PLACEHOLDERS[info.value] ?? 'Latest run that matches'}
          value={query.runId ?? ''}
          onChange={(runId) => onChange({ runId })}
        />
      )}
      {hasOption(info, 'compareRunId', query) && (
        <RunIdField
          label="Compare with run"
          tooltip="Job id of the run to compare with. Without one, each step is compared with its baseline."
          placeholder="The baseline"
          value={query.compareRunId ?? ''}
          onChange={(compareRunId) => onChange({ compareRunId: compareRunId || undefined })}
        />
      )}
    </>
  );
}
