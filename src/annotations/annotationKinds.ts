import { type QueryType, type WindmillQuery } from '../types';

export interface AnnotationKind {
  queryType: QueryType;
  label: string;
  description: string;
  /** What a query gets when the kind is chosen. */
  query: Omit<WindmillQuery, 'refId'>;
}

/** What can be marked on a dashboard, the default first. */
export const ANNOTATION_KINDS: AnnotationKind[] = [
  {
    queryType: 'flow-runs',
    label: 'Runs',
    description: 'From start to end; those that failed, unless another outcome is chosen',
    query: { queryType: 'flow-runs', filters: { outcome: ['error'] } },
  },
  {
    queryType: 'deployments',
    label: 'Deployments',
    description: 'When a new version of a script or flow was first seen to run',
    query: { queryType: 'deployments', filters: {} },
  },
  {
    queryType: 'step-regressions',
    label: 'Regressions',
    description: 'Steps that became slower, at the end of the time range that they were found in',
    query: { queryType: 'step-regressions', filters: {} },
  },
];

/** The kind of a query; undefined for one that cannot be drawn as annotations. */
export function annotationKind(query: Pick<WindmillQuery, 'queryType'> | undefined): AnnotationKind | undefined {
  const type = query?.queryType ?? ANNOTATION_KINDS[0].queryType;
  return ANNOTATION_KINDS.find(({ queryType }) => queryType === type);
}
