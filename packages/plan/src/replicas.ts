/** How many control planes an active tenant's values ask for. */
export function replicasOf(values: unknown): number {
  const { controlPlane } = (values ?? {}) as {
    controlPlane?: { statefulSet?: { highAvailability?: { replicas?: number } } };
  };
  return controlPlane?.statefulSet?.highAvailability?.replicas ?? 1;
}
