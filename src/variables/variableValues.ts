import { conditionList, conditionText } from '../query/filters';
import { type FilterKey, type VariableValues, type WindmillVariableQuery } from '../types';

export interface VariableValuesInfo {
  value: VariableValues;
  label: string;
  description: string;
  /** Filters that narrow the values, as far as the same traces know of both. */
  filters: FilterKey[];
}

const JOB_FILTERS: FilterKey[] = ['workspace', 'flow', 'step', 'scriptPath', 'worker', 'tag', 'language'];

function ofJobs(value: Exclude<VariableValues, 'run'>, label: string, description: string): VariableValuesInfo {
  return { value, label, description, filters: JOB_FILTERS.filter((filter) => filter !== value) };
}

/** What a variable can list, in the order in which it is offered. */
export const VARIABLE_VALUES: VariableValuesInfo[] = [
  { ...ofJobs('workspace', 'Workspaces', 'Windmill workspaces'), filters: [] },
  { ...ofJobs('flow', 'Flows', 'Paths of flows'), filters: ['workspace'] },
  ofJobs('step', 'Steps', 'Ids of steps, such as a'),
  ofJobs('scriptPath', 'Scripts', 'Paths of scripts and inline scripts'),
  ofJobs('worker', 'Workers', 'Names of workers'),
  ofJobs('tag', 'Worker tags', 'Tags that decide the worker group'),
  ofJobs('language', 'Languages', 'Languages of scripts'),
  ofJobs('triggerKind', 'Trigger kinds', 'What started runs, such as schedule'),
  ofJobs('trigger', 'Triggers', 'Paths of schedules and other triggers'),
  ofJobs('createdBy', 'Users', 'Who started runs'),
  { ...ofJobs('outcome', 'Outcomes', 'How a run or step ended'), filters: [] },
  {
    value: 'run',
    label: 'Runs',
    description: 'The newest runs: the id, shown with flow, start and outcome',
    filters: [...JOB_FILTERS, 'outcome'],
  },
];

/** What a variable lists; flows when its query says nothing. */
export function valuesOf(query: Pick<WindmillVariableQuery, 'values'> | undefined): VariableValues {
  return query?.values ?? 'flow';
}

/** The same with its label and filters; undefined for values of a later version. */
export function variableValuesInfo(query: Pick<WindmillVariableQuery, 'values'>): VariableValuesInfo | undefined {
  return VARIABLE_VALUES.find(({ value }) => value === valuesOf(query));
}

/** One line that tells variables apart in Grafana's list of them. */
export function variableText(query: WindmillVariableQuery): string {
  const info = variableValuesInfo(query);
  const filters = conditionList(query.filters).map(conditionText);
  return [info?.label ?? valuesOf(query), ...filters].join(', ');
}
