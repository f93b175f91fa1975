import type { Chart } from 'cdk8s';

/** A chart's objects as plain data, in the order in which they can be applied. */
export function objectsOf(chart: Chart): readonly ManifestObject[] {
  return chart.toJson() as ManifestObject[];
}

export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
