import { type WindmillQuery } from '../types';

/** A query to start from, with what it answers. */
export interface Example {
  title: string;
  text: string;
  query: Omit<WindmillQuery, 'refId'>;
}

/** At least one for each query type, in the order of the questions that people have. */
export const EXAMPLES: Example[] = [
  {
    title: 'The latest runs',
    text: 'One row per run: when it started, how long it took, how it ended and which step was the slowest. The run id leads to its steps.',
    query: { queryType: 'flow-runs', filters: {} },
  },
  {
    title: 'Runs that failed',
    text: 'With the step that failed and its error.',
    query: { queryType: 'flow-runs', filters: { outcome: ['error'] } },
  },
  {
    title: 'Runs that took longer than a minute',
    text: 'Runs shorter than the minimum duration are left out.',
    query: { queryType: 'flow-runs', filters: {}, minDuration: '1m' },
  },
  {
    title: 'The steps of the latest run',
    text: 'Every step in the order of the flow: execution apart from waiting, next to the baseline of the step. Give a run id to see another run.',
    query: { queryType: 'flow-steps', filters: {} },
  },
  {
    title: 'The latest run, while it runs',
    text: 'Steps appear as they end. With Loki, steps under way are shown too.',
    query: { queryType: 'flow-steps', filters: {}, follow: true },
  },
  {
    title: 'Where the time goes',
    text: 'Calls, errors and latency of every step over the time range, and how much of the total time each one has.',
    query: { queryType: 'step-stats', filters: {} },
  },
  {
    title: 'Where the time goes, over time',
    text: 'The seconds that each step takes per second of the clock. Stack the series to see the whole.',
    query: { queryType: 'step-contribution', filters: {} },
  },
  {
    title: 'Is a step getting slower?',
    text: 'The median and the 95th percentile of each step over time. Filter by flow and step to see one; use it in an alert rule.',
    query: { queryType: 'step-latency', filters: {}, quantiles: [0.5, 0.95] },
  },
  {
    title: 'Is a step failing?',
    text: 'The share of the executions of each step that failed, over time.',
    query: { queryType: 'step-latency', filters: {}, measure: 'errors' },
  },
  {
    title: 'What became slower than a week ago?',
    text: 'Steps whose 95th percentile grew by half or more against the same hours a week earlier, those that matter most first.',
    query: { queryType: 'step-regressions', filters: {}, compareWith: 'week', threshold: 0.5 },
  },
  {
    title: 'How the latency is spread',
    text: 'A heatmap shows what quantiles hide, such as a step that is either fast or very slow. Filter by flow and step.',
    query: { queryType: 'step-heatmap', filters: {} },
  },
  {
    title: 'Runs side by side',
    text: 'One cell for each step of each run, by how its duration compares with its baseline.',
    query: { queryType: 'run-grid', filters: {}, measure: 'ratio', limit: 20 },
  },
  {
    title: 'Why was this run slower?',
    text: 'The latest run step by step against the baseline. Give two run ids to compare two runs.',
    query: { queryType: 'run-compare', filters: {} },
  },
  {
    title: 'What a flow looks like',
    text: 'Its steps as a graph in the order in which they follow each other, with calls, latency and errors. Filter by flow.',
    query: { queryType: 'step-map', filters: {} },
  },
  {
    title: 'The latest run as one trace',
    text: 'For those who like the trace view: all traces of the run in one, with its waits as spans.',
    query: { queryType: 'run-trace', filters: {} },
  },
  {
    title: 'What a run wrote',
    text: 'The log lines of jobs from Loki. Filter by flow, step or job, or search for a text.',
    query: { queryType: 'step-logs', filters: {}, search: 'error' },
  },
  {
    title: 'When something was deployed',
    text: 'The first time that a new version of a script or flow ran. Also good as an annotation on a dashboard.',
    query: { queryType: 'deployments', filters: {} },
  },
];
