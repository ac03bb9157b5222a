import { type DataTransformerConfig, type PanelData, transformDataFrame } from '@grafana/data';
import { useEffect, useState } from 'react';

import { templateSrv } from '../grafana/setup';

const NONE: DataTransformerConfig[] = [];

/** The data as the panel's transformations leave it; as it is while they are at work for the first time. */
export function useTransformed(data: PanelData, transformations: DataTransformerConfig[] = NONE): PanelData {
  const [transformed, setTransformed] = useState<PanelData>();
  useEffect(() => {
    if (transformations.length === 0) {
      return undefined;
    }
    const context = { interpolate: (text: string) => templateSrv.replace(text) };
    const subscription = transformDataFrame(transformations, data.series, context).subscribe((series) =>
      setTransformed({ ...data, series })
    );
    return () => subscription.unsubscribe();
  }, [data, transformations]);
  return transformations.length > 0 && transformed ? transformed : data;
}
