import type { DataSourceApi, DataSourceRef } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { useEffect, useState } from 'react';

export interface LoadedDataSource {
  datasource?: DataSourceApi;
  error?: string;
}

/**
 * Loads the plugin of a data source. Both fields are missing while it loads. Give the component that calls this the
 * reference as its key: what was loaded for another one stays until the new one is there.
 */
export function useDataSource(ref: DataSourceRef | string | null): LoadedDataSource {
  const [loaded, setLoaded] = useState<LoadedDataSource>({});
  const key = typeof ref === 'object' ? ref?.uid : ref;
  useEffect(() => {
    let current = true;
    getDataSourceSrv()
      .get(key)
      .then(
        (datasource) => current && setLoaded({ datasource }),
        (reason: unknown) => current && setLoaded({ error: reason instanceof Error ? reason.message : String(reason) })
      );
    return () => {
      current = false;
    };
  }, [key]);
  return loaded;
}
