/**
 * Gives the memory of a buffer back at once, where Node can (22 on); nobody may look at it again. Left to the garbage
 * collector, tens of megabytes of used buffers lie about.
 *
 * @param bytes a view of a buffer of its own; one that shares its buffer with others is left alone
 * @param size bytes of a buffer that is nobody else's
 */
export function release({ buffer }: Uint8Array, size: number): void {
  if (buffer.byteLength !== size) return;
  const { transfer } = buffer as { transfer?: (bytes: number) => unknown };
  transfer?.call(buffer, 0);
}
