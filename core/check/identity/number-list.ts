/** Numbers one after the other, in an array that grows. */
export class NumberList {
  #numbers = new Float64Array(1024);
  length = 0;

  push(number: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length++] = number;
  }

  /** Hands over the numbers so far and begins anew. */
  take(): Float64Array {
    const taken = this.#numbers.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}
