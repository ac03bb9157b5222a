import { type DataFrameJSON, dataFrameFromJSON, type DataQueryResponse, LoadingState } from '@grafana/data';

/** One message of the backend's stream; pkg/plugin/stream_outlet.go writes it. */
export interface Packet {
  state?: 'Streaming' | 'Done' | 'Error';
  /** Replace the frames of the packets before. Without them those stay. */
  frames?: DataFrameJSON[];
  error?: { status: number; message: string };
}

/** A packet that only says that the stream lives. */
export function isKeepAlive(packet: Packet): boolean {
  return !packet.error && !packet.frames && packet.state !== 'Done';
}

/** Nothing comes after it. */
export function isLast({ state }: DataQueryResponse): boolean {
  return state === LoadingState.Done || state === LoadingState.Error;
}

/** What a panel is to show after a packet. */
export function fold(shown: DataQueryResponse, packet: Packet, refId: string): DataQueryResponse {
  if (packet.error) {
    const { message, status } = packet.error;
    return { data: shown.data, state: LoadingState.Error, errors: [{ refId, message, status, data: { message } }] };
  }
  return {
    data: packet.frames ? packet.frames.map((frame) => dataFrameFromJSON(frame)) : shown.data,
    state: packet.state === 'Done' ? LoadingState.Done : LoadingState.Streaming,
  };
}
