import { EditorRow } from '@grafana/plugin-ui';
import { Button, Stack, Text } from '@grafana/ui';
import React from 'react';

interface Props {
  onRunQuery: () => void;
}

/** Says that the result is of an earlier query, and asks the one in the editor. */
export function RunOnDemand({ onRunQuery }: Props) {
  return (
    <EditorRow>
      <Stack direction="row" gap={1} alignItems="center" wrap="wrap">
        <Button icon="play" size="sm" onClick={onRunQuery}>
          Run query
        </Button>
        <span role="status">
          <Text color="warning">
            The result below is of the query before your changes: this type reads a lot, so it runs when you say so.
          </Text>
        </span>
      </Stack>
    </EditorRow>
  );
}
