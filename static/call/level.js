/** Measures how loud a microphone is, for a meter that moves. */

export class Level {
  /** @type {AnalyserNode | undefined} */
  #analyser;
  /** @type {MediaStreamAudioSourceNode | undefined} */
  #source;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #samples = new Float32Array(512);

  /**
   * @param {MediaStreamTrack | null} track
   * @returns {number} 0 is silent, 1 is as loud as can be
   */
  read(track) {
    if (track !== this.#track) this.#listen(track);
    if (!this.#source || !this.#analyser) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0);
    // Speech reaches a tenth of the full amplitude; one more root makes it visible.
    return Math.min(1, Math.sqrt(Math.sqrt(power / this.#samples.length)));
  }

  /** @param {MediaStreamTrack | null} track */
  #listen(track) {
    this.#track = track;
    this.#source?.disconnect();
    this.#source = undefined;
    if (!track) return;
    this.#analyser ??= new AudioContext().createAnalyser();
    const context = /** @type {AudioContext} */ (this.#analyser.context);
    // A context that was made before the first click waits for leave to run.
    if (context.state === "suspended") context.resume().catch(() => {});
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(this.#analyser);
  }
}
