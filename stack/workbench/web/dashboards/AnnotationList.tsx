import { type AnnotationQuery, dateTimeFormat, type TimeRange } from '@grafana/data';
import { Collapse } from '@grafana/ui';
import React, { useEffect, useState } from 'react';

import { type LoadedAnnotation, loadAnnotations } from './annotations';

interface Props {
  queries: AnnotationQuery[];
  range: TimeRange;
  /** Changes when they are to be asked for again. */
  revision: string;
}

/** What Grafana would draw across its graphs, as a list. */
export function AnnotationList({ queries, range, revision }: Props) {
  const [open, setOpen] = useState(false);
  const loaded = useAnnotations(queries, range, revision);
  if (!loaded || loaded.length === 0) {
    return null;
  }
  const label = loaded.map(({ name, events, error }) => `${name}: ${error ? 'failed' : events.length}`).join(', ');
  return (
    <section aria-label="Annotations">
      <Collapse label={label} isOpen={open} onToggle={setOpen}>
        <ul style={{ listStyle: 'none', maxHeight: 240, overflow: 'auto' }}>
          {loaded.map(({ name, error }) => error && <li key={name}>{`${name}: ${error}`}</li>)}
          {loaded.flatMap(({ name, events }) =>
            events.map(({ time, title, text, tags }, index) => (
              <li key={`${name} ${index}`}>
                {[time === undefined ? '' : dateTimeFormat(time), title, text, tags?.join(' ')]
                  .filter(Boolean)
                  .join(' | ')}
              </li>
            ))
          )}
        </ul>
      </Collapse>
    </section>
  );
}

function useAnnotations(queries: AnnotationQuery[], range: TimeRange, revision: string) {
  const [loaded, setLoaded] = useState<LoadedAnnotation[]>();
  useEffect(() => {
    let current = true;
    loadAnnotations(queries, range).then((next) => current && setLoaded(next));
    return () => {
      current = false;
    };
    // The range belongs to the revision.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [queries, revision]);
  return loaded;
}
