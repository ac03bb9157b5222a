import { getDataSourceSrv } from '@grafana/runtime';
import { useCallback, useEffect, useState } from 'react';

import { type WindmillApi } from '../../datasourceApi';
import { type HealthAnswer, healthAnswers } from '../../health/healthFeed';

interface Health {
  /** Undefined: not checked yet. */
  answer: HealthAnswer | undefined;
  isChecking: boolean;
  check: () => void;
}

/** The latest health check of a saved data source, and a way to check again. The first is asked for at once. */
export function useHealth(uid: string, isConfigured: boolean): Health {
  const [answer, setAnswer] = useState<HealthAnswer>();
  const [isChecking, setChecking] = useState(isConfigured);

  useEffect(() => {
    const subscription = healthAnswers.subscribe((next) => next.uid === uid && setAnswer(next));
    return () => subscription.unsubscribe();
  }, [uid]);

  const ask = useCallback(
    () =>
      checkHealth(uid)
        .catch((cause: unknown) => setAnswer({ uid, ok: false, message: failure(cause) }))
        .finally(() => setChecking(false)),
    [uid]
  );
  const check = () => {
    setChecking(true);
    void ask();
  };

  const [wasConfigured] = useState(isConfigured);
  useEffect(() => {
    if (wasConfigured) {
      void ask();
    }
  }, [wasConfigured, ask]);

  return { answer, isChecking, check };
}

/** The answer comes by way of healthAnswers. */
async function checkHealth(uid: string): Promise<void> {
  const datasource = (await getDataSourceSrv().get({ uid })) as unknown as WindmillApi;
  await datasource.callHealthCheck();
}

function failure(cause: unknown): string {
  return `The data source could not be checked: ${cause instanceof Error ? cause.message : 'Grafana did not answer'}.`;
}
