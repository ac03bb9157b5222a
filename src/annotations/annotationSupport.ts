import { type AnnotationSupport } from '@grafana/data';
import { of } from 'rxjs';

import { AnnotationQueryEditor } from '../components/AnnotationQueryEditor/AnnotationQueryEditor';
import { type WindmillQuery } from '../types';
import { ANNOTATION_KINDS, annotationKind } from './annotationKinds';
import { eventsOf } from './events';

/**
 * Annotations of dashboards: runs, deployments and regressions, with an editor of their own. `rangeEnd` is the end of
 * the dashboard's time range in milliseconds.
 */
export function annotationSupport(rangeEnd: () => number): AnnotationSupport<WindmillQuery> {
  return {
    QueryEditor: AnnotationQueryEditor,
    getDefaultQuery: () => ANNOTATION_KINDS[0].query,
    // Grafana asks for the query before anything was chosen too; a type that is none of ours is not asked for.
    prepareQuery: ({ target, name }) => {
      const kind = annotationKind(target);
      return kind && { ...kind.query, ...target, refId: target?.refId || name || 'Anno', whole: true };
    },
    processEvents: (_annotation, frames) => of(frames.flatMap((frame) => eventsOf(frame, rangeEnd()))),
  };
}
