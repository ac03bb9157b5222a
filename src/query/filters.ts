import { FILTER_KEYS, type FilterKey, type Filters, type WindmillQuery } from '../types';

export interface FilterInfo {
  label: string;
  tooltip: string;
}

export const FILTERS: Record<FilterKey, FilterInfo> = {
  workspace: { label: 'Workspace', tooltip: 'Windmill workspace (workspace_id)' },
  flow: { label: 'Flow', tooltip: 'Path of the flow, such as f/team/etl' },
  step: { label: 'Step', tooltip: 'Id of the step in its flow (flow_step_id), such as a' },
  scriptPath: { label: 'Script path', tooltip: 'Path of the script or inline script that a step ran (script_path)' },
  worker: { label: 'Worker', tooltip: 'Name of the worker that ran the step (worker or worker_id)' },
  tag: { label: 'Worker tag', tooltip: 'Worker tag of the job (tag), which decides the worker group' },
  language: { label: 'Language', tooltip: 'Language of the script (language)' },
  outcome: { label: 'Outcome', tooltip: 'How it ended; recovered: a failure module caught the error' },
  jobId: { label: 'Job id', tooltip: 'Id of one job (job_id)' },
  rootJob: { label: 'Root job', tooltip: 'Id of the flow job that the step belongs to (root_job)' },
  parentJob: { label: 'Parent job', tooltip: 'Id of the job that started it (parent_job)' },
};

/** Filters with every value in a list, without blanks, duplicates and empty filters. */
export function normaliseFilters(filters: WindmillQuery['filters']): Filters {
  const result: Filters = {};
  for (const key of FILTER_KEYS) {
    const values = cleanValues(filters?.[key]);
    if (values.length > 0) {
      result[key] = values;
    }
  }
  return result;
}

/** The filters with one of them replaced; an empty list removes it. */
export function withFilter(filters: WindmillQuery['filters'], key: FilterKey, values: string[]): Filters {
  return normaliseFilters({ ...filters, [key]: values });
}

function cleanValues(value: string[] | string | undefined): string[] {
  const list = Array.isArray(value) ? value : [value ?? ''];
  const trimmed = list.map((item) => String(item).trim()).filter((item) => item !== '');
  return [...new Set(trimmed)];
}
