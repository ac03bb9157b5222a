import {
  type Condition,
  FILTER_KEYS,
  FILTER_OPERATORS,
  type FilterKey,
  type FilterOperator,
  type Filters,
  type SavedFilters,
} from '../types';
import { allOf, conditionsOf, isNothing, writeConditions } from './conditions';

export interface FilterInfo {
  label: string;
  tooltip: string;
}

export const FILTERS: Record<FilterKey, FilterInfo> = {
  workspace: { label: 'Workspace', tooltip: 'Windmill workspace (workspace_id)' },
  flow: { label: 'Flow', tooltip: 'Path of the flow, such as f/team/etl, or all of a folder: f/team/*' },
  step: { label: 'Step', tooltip: 'Id of the step in its flow (flow_step_id), such as a' },
  scriptPath: { label: 'Script path', tooltip: 'Path of the script or inline script that a step ran (script_path)' },
  worker: { label: 'Worker', tooltip: 'Name of the worker that ran the step (worker or worker_id)' },
  tag: { label: 'Worker tag', tooltip: 'Worker tag of the job (tag), which decides the worker group' },
  language: { label: 'Language', tooltip: 'Language of the script (language)' },
  outcome: { label: 'Outcome', tooltip: 'How it ended; handled is an error whose failure module ran' },
  jobId: { label: 'Job id', tooltip: 'Id of one job (job_id)' },
  rootJob: { label: 'Root job', tooltip: 'Id of the flow job that the step belongs to (root_job)' },
  parentJob: { label: 'Parent job', tooltip: 'Id of the job that started it (parent_job)' },
  triggerKind: { label: 'Trigger kind', tooltip: 'What started the run (trigger_kind), such as schedule or webhook' },
  trigger: { label: 'Trigger', tooltip: 'Path of what started the run (trigger), such as that of a schedule' },
  createdBy: { label: 'Created by', tooltip: 'User that started the run (created_by)' },
};

/** Filters with few known values, of which no regular expression makes sense. */
const LISTED: FilterKey[] = ['outcome', 'jobId', 'rootJob', 'parentJob'];

/** The operators that a filter can have, the usual one first. */
export function operatorsOf(key: FilterKey): readonly FilterOperator[] {
  return LISTED.includes(key) ? ['=', '!='] : FILTER_OPERATORS;
}

/** Filters in their shortest form, without blanks, duplicates and filters that match everything. */
export function normaliseFilters(filters: SavedFilters | undefined): Filters {
  return filtersOf(conditionList(filters));
}

/** A condition and the filter that it belongs to. */
export interface KeyedCondition {
  key: FilterKey;
  condition: Condition;
}

/** Every condition of the filters, in the order in which filters are listed. */
export function conditionList(filters: SavedFilters | undefined): KeyedCondition[] {
  return FILTER_KEYS.flatMap((key) => conditionsOf(filters?.[key]).map((condition) => ({ key, condition })));
}

/** The filters that such a list makes. */
export function filtersOf(list: KeyedCondition[]): Filters {
  const result: Filters = {};
  for (const key of FILTER_KEYS) {
    const written = writeConditions(list.filter((item) => item.key === key).map(({ condition }) => condition));
    if (written !== undefined) {
      result[key] = written;
    }
  }
  return result;
}

/** Filters that hold only where all of the lists' conditions do. */
export function allFilters(...lists: KeyedCondition[][]): Filters {
  const together = lists.flat();
  return filtersOf(
    FILTER_KEYS.flatMap((key) =>
      allOf(together.filter((item) => item.key === key).map(({ condition }) => condition)).map((condition) => ({
        key,
        condition,
      }))
    )
  );
}

/** Reports whether no job can match. */
export function matchNothing(filters: Filters): boolean {
  return conditionList(filters).some(({ condition }) => isNothing(condition));
}

/** A condition as a person would say it, such as "flow != f/a or f/b". */
export function conditionText({ key, condition: { op, values } }: KeyedCondition): string {
  const label = FILTERS[key].label.toLowerCase();
  const text = values.length === 0 ? 'nothing' : values.join(' or ');
  return op === '=' ? `${label} ${text}` : `${label} ${op} ${text}`;
}
